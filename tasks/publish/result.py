"""One exam's result: exam, breasts, images, regions, with scores and what they rest on.

Every report and export is written from it. It holds pseudonyms only.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property

import polars as pl

from models.contract import LATERALITIES
from tasks.errors import SmartMammoError
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    PRIORITY_LISTS,
    RUNS,
)
from tasks.lake.store import Lake
from tasks.publish.exam_image import ExamImage, Row, exam_image
from tasks.publish.exam_summaries import exam_facts
from tasks.score.calibration import SCOPE, choose_calibrations

SOFTWARE = "Smart Mammo"
DISCLAIMER = {
    "es": "Demostración de un programa de investigación que ordena exámenes. No es un "
    "dispositivo médico y no es para uso clínico.",
    "en": "Demonstration of research software that puts exams in an order. It is not a medical "
    "device and not for clinical use.",
}
"""Stands on everything that leaves the system."""


class UnknownExamError(SmartMammoError):
    """The lake knows no such exam, or no night has scored anything yet."""


@dataclass(frozen=True)
class Calibration:
    """What mapped the exam's score to a probability and a band."""

    calibration_id: str
    data: str
    n_exams: int
    n_cancers: int
    fitted_at: datetime


@dataclass(frozen=True)
class ImageResult:
    """One image, with the flags of its quality."""

    image: ExamImage
    quality_flags: tuple[str, ...]


@dataclass(frozen=True)
class BreastResult:
    """One breast: its score, 0-1, None where none of its images has one."""

    laterality: str
    score: float | None
    images: tuple[ImageResult, ...]


@dataclass(frozen=True)
class ExamResult:
    """One exam under the model version and calibration that hold.

    Args:
        images: All of the exam's, those of unknown breast included.
        scores: The row of `exam_scores`; None where the exam has none.
        flags: Of the exam's place on the newest list that holds it.
        scored_at: When the last of its images was scored; None where none was.
    """

    exam_key: str
    patient_key: str
    exam_date: date | None
    patient_age_years: int | None
    site: str
    manufacturer: str
    manufacturer_model_name: str
    software_versions: str
    model_version: str
    images: tuple[ImageResult, ...]
    scores: Row | None
    calibration: Calibration | None
    flags: tuple[str, ...]
    scored_at: datetime | None

    @property
    def breasts(self) -> tuple[BreastResult, ...]:
        """Right and left, of which there are images."""
        names = {"R": "right", "L": "left"}
        found = [self._breast(side, f"{names[side]}_breast_score") for side in LATERALITIES]
        return tuple(breast for breast in found if breast.images)

    def _breast(self, laterality: str, column: str) -> BreastResult:
        images = tuple(item for item in self.images if item.image.laterality == laterality)
        return BreastResult(laterality, self.scores[column] if self.scores else None, images)

    @cached_property
    def digest(self) -> str:
        """Of all that the result says: what is written from equal results has equal UIDs."""
        return hashlib.sha256(repr(asdict(self)).encode()).hexdigest()


def current_model_version(lake: Lake) -> str:
    """The version that scored in the newest night.

    Raises:
        UnknownExamError: If there was no night.
    """
    runs = lake.read(RUNS, columns=["finished_at", "model_version"]).sort("finished_at")
    if runs.is_empty():
        raise UnknownExamError("No night has scored anything yet: run `mammo campaign` first.")
    return str(runs.item(-1, "model_version"))


def read_result(lake: Lake, exam_key: str, model_version: str) -> ExamResult:
    """Read one exam's result.

    Args:
        lake: With the tables.
        exam_key: Whole.
        model_version: Whose scores.

    Raises:
        UnknownExamError: If no present image of the exam is known.
        ContractViolation: If no calibration holds for a scored exam.
    """
    instances = lake.read(INSTANCES, where=pl.col("exam_key") == exam_key)
    images = _images(lake, instances, exam_key, model_version)
    if images.is_empty():
        raise UnknownExamError(f"The lake knows no present image of exam {exam_key!r}.")
    facts = exam_facts(instances)
    scores, calibration = _scores(lake, facts, model_version)
    newest = instances.sort("sop_instance_key").row(0, named=True)
    return ExamResult(
        **{name: newest[name] for name in ("exam_key", "patient_key", *_FACTS)},
        **{name: facts.item(0, name) for name in ("exam_date", "patient_age_years")},
        model_version=model_version,
        images=tuple(_image(row) for row in images.iter_rows(named=True)),
        scores=scores,
        calibration=calibration,
        flags=_flags(lake, exam_key),
        scored_at=_moment(images),
    )


_FACTS = ("site", "manufacturer", "manufacturer_model_name", "software_versions")
_CALIBRATION_FACTS = ("calibration_id", "data", "n_exams", "n_cancers", "fitted_at")


def _image(row: Row) -> ImageResult:
    return ImageResult(exam_image(row), _split(row["quality_flags"]))


def _split(flags: str | None) -> tuple[str, ...]:
    return tuple(flag for flag in (flags or "").split(",") if flag)


def _images(
    lake: Lake, instances: pl.DataFrame, exam_key: str, model_version: str
) -> pl.DataFrame:
    is_of_exam = pl.col("exam_key") == exam_key
    is_present = pl.col("gone_at").is_null() & (pl.col("state") != "rejected")
    objects = lake.read(
        OBJECTS,
        columns=["sop_instance_key", "etag", "state", "reason"],
        where=is_of_exam & is_present,
    )
    answers = lake.read(
        IMAGE_SCORES, where=is_of_exam & (pl.col("model_version") == model_version)
    ).drop("exam_key", "saliency", "run_id")
    crops = lake.read(
        IMAGES, columns=_without(IMAGES.schema.names(), _NOT_READ), where=is_of_exam
    )
    return (
        objects.join(instances.drop("etag"), on="sop_instance_key", how="left")
        .join(answers, on=["sop_instance_key", "etag"], how="left")
        .join(crops, on=["sop_instance_key", "preprocessing_version"], how="left")
        .sort("image_laterality", "view_position", "sop_instance_key", descending=_HANGING,
              nulls_last=True)
    )  # fmt: skip


_NOT_READ = {"pixels", "etag", "exam_key", "run_id"}
_HANGING = (True, False, False)
"""The right breast first, CC before MLO."""


def _without(names: Sequence[str], left_out: set[str]) -> list[str]:
    return [name for name in names if name not in left_out]


def _scores(
    lake: Lake, facts: pl.DataFrame, model_version: str
) -> tuple[Row | None, Calibration | None]:
    """The exam's scores under the calibration that holds for it now, and that calibration."""
    of_exam = (pl.col("exam_key") == facts.item(0, "exam_key")) & (
        pl.col("model_version") == model_version
    )
    rows = lake.read(EXAM_SCORES, where=of_exam)
    if rows.is_empty():
        return None, None
    calibrations = lake.read(CALIBRATIONS, where=pl.col("model_version") == model_version)
    chosen = choose_calibrations(facts.select(SCOPE), calibrations)
    holding = rows.join(chosen, on="calibration_id", how="semi")
    if holding.is_empty():
        return None, None
    row = holding.row(0, named=True)
    found = calibrations.filter(calibration_id=row["calibration_id"]).row(0, named=True)
    return row, Calibration(**{name: found[name] for name in _CALIBRATION_FACTS})


def _flags(lake: Lake, exam_key: str) -> tuple[str, ...]:
    places = lake.read(
        PRIORITY_LISTS,
        columns=["list_date", "flags"],
        where=pl.col("exam_key") == exam_key,
    ).sort("list_date")
    return () if places.is_empty() else _split(places.item(-1, "flags"))


def _moment(images: pl.DataFrame) -> datetime | None:
    moments = [row["scored_at"] for row in images.iter_rows(named=True) if row["scored_at"]]
    return max(moments, default=None)
