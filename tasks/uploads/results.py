"""Answers on handed-in files to exams, in the order that somebody wants to read them.

Exams are scored as a night scores them, under the same calibrations. It reads and writes
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from models.contract import ASSESSMENTS
from tasks.errors import ContractViolation, RejectionReason
from tasks.lake.schemas import INSTANCES
from tasks.preprocess.geometry import Geometry
from tasks.score.aggregate import score_exams

NO_FINDING = "no_finding"
NOT_SCORED = "not_scored"
CATEGORIES = (*reversed(ASSESSMENTS), NO_FINDING, NOT_SCORED)
"""malignant, suspicious, benign, no_finding, not_scored: the order of results."""


@dataclass(frozen=True)
class UploadedImage:
    """A file's answer.

    Args:
        number: Its place among the files.
        name: As its owner calls it; shown to nobody else and used for nothing.
        instance: Its row of `instances`; None for a picture, or where it is no mammogram.
        geometry: From original to network pixels; None where there is no network input.
        answer: Its row of `image_scores`; None where it has none.
        reason: Why it has none.
    """

    number: int
    name: str
    instance: dict[str, Any] | None
    geometry: Geometry | None
    answer: dict[str, Any] | None
    reason: RejectionReason | None

    @property
    def category(self) -> str:
        """Its place among `CATEGORIES`."""
        return NOT_SCORED if self.answer is None else self.answer["assessment"]

    @property
    def score(self) -> float | None:
        """The image score, 0-1."""
        return None if self.answer is None else self.answer["malignancy_score"]

    @property
    def view(self) -> str | None:
        """Laterality and view, such as R-MLO; None where the file does not say."""
        found = self.instance or {}
        names = (found.get("image_laterality"), found.get("view_position"))
        return "-".join(name for name in names if name) or None


@dataclass(frozen=True)
class UploadedExam:
    """Images of one exam, the most suspicious first.

    Args:
        exam_key: Its pseudonym; None for a picture, whose exam nobody knows.
        scores: Its row of `exam_scores`; None where nothing is scored or no calibration holds.
    """

    exam_key: str | None
    images: tuple[UploadedImage, ...]
    scores: dict[str, Any] | None

    @property
    def category(self) -> str:
        """The worst of its images."""
        return min((image.category for image in self.images), key=CATEGORIES.index)

    @property
    def score(self) -> float | None:
        """The exam score; the image score where there is none."""
        if self.scores is not None:
            return self.scores["exam_score"]
        return max(
            (image.score for image in self.images if image.score is not None), default=None
        )


def group_exams(
    images: Sequence[UploadedImage], calibrations: pl.DataFrame
) -> list[UploadedExam]:
    """Group images by exam and sort: by category, then by score.

    Args:
        images: Of one batch.
        calibrations: Rows of `calibrations` of the model version that answered.
    """
    images = _without_copies(images)
    scores = _exam_scores(images, calibrations)
    groups: dict[object, list[UploadedImage]] = {}
    for image in images:
        key = (image.instance or {}).get("exam_key")
        groups.setdefault(key or image.number, []).append(image)
    exams = [
        UploadedExam(
            key if isinstance(key, str) else None,
            tuple(sorted(group, key=_rank)),
            scores.get(key),
        )
        for key, group in groups.items()
    ]
    return sorted(exams, key=_rank)


def _rank(item: UploadedImage | UploadedExam) -> tuple[int, float]:
    return CATEGORIES.index(item.category), -(item.score or 0.0)


def _without_copies(images: Sequence[UploadedImage]) -> list[UploadedImage]:
    """Of several scored files with one SOP Instance UID the first counts."""
    seen: set[object] = set()
    kept: list[UploadedImage] = []
    for image in images:
        key = (image.instance or {}).get("sop_instance_key") if image.answer else None
        if key in seen:
            copy = RejectionReason.DUPLICATE_INSTANCE
            kept.append(replace(image, instance=None, answer=None, reason=copy))
            continue
        kept.append(image)
        seen |= {key} - {None}
    return kept


def _exam_scores(
    images: Sequence[UploadedImage], calibrations: pl.DataFrame
) -> dict[object, dict[str, Any]]:
    known = [image for image in images if image.instance is not None]
    if not any(image.answer for image in known):
        return {}
    rows = INSTANCES.frame([image.instance or {} for image in known]).with_columns(
        _answers(known, "malignancy_score", pl.Float32()),
        *(_answers(known, name, pl.String()) for name in _WORDS),
    )
    try:
        scores = score_exams(rows, calibrations, run_id="upload")
    except ContractViolation:
        return {}  # no calibration holds for some device: image scores stand alone
    return {row["exam_key"]: row for row in scores.iter_rows(named=True)}


_WORDS = ("finding", "assessment", "model_version")


def _answers(images: Sequence[UploadedImage], name: str, dtype: pl.DataType) -> pl.Series:
    return pl.Series(name, [(image.answer or {}).get(name) for image in images], dtype)
