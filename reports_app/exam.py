"""One exam as its page shows it: images with scores and regions, the exam's scores, its place.

It reads no table and draws nothing: rows in, frozen records out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from models.contract import LATERALITIES, VIEWS
from tasks.preprocess.geometry import Geometry

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Region:
    """A box in original pixels, with what was found in it and its score, 0-1."""

    top_px: int
    left_px: int
    height_px: int
    width_px: int
    finding: str
    score: float


@dataclass(frozen=True)
class ExamImage:
    """One image of an exam, scored or not.

    Args:
        laterality: R or L; None where unknown.
        view: CC, MLO or another view's name; None where unknown.
        state: scored, unscorable or pending.
        geometry: From original to network pixels; None where no network input is stored.
        spacing_mm: Row spacing at the detector, in mm, where known.
    """

    sop_instance_key: str | None
    laterality: str | None
    view: str | None
    state: str
    reason: str | None
    malignancy_score: float | None
    finding: str | None
    assessment: str | None
    regions: tuple[Region, ...]
    geometry: Geometry | None
    spacing_mm: float | None

    @property
    def name(self) -> str | None:
        """Laterality and view, such as R-MLO; what is known of them; None where nothing is."""
        return "-".join(part for part in (self.laterality, self.view) if part) or None

    @property
    def is_standard(self) -> bool:
        """Whether it is one of the four views of a screening exam."""
        return self.laterality in LATERALITIES and self.view in VIEWS


@dataclass(frozen=True)
class Exam:
    """An exam: its facts, its images, its scores and its place on the latest list.

    Args:
        scores: The row of `exam_scores`; None where unscored.
        place: The row of the latest list; None where not on it.
        n_listed: Exams on that list; `previous_key` and `next_key` its neighbours there.
    """

    exam_key: str
    site: str | None
    manufacturer: str | None
    manufacturer_model_name: str | None
    software_versions: str | None
    exam_date: date | None
    patient_age_years: int | None
    images: tuple[ExamImage, ...]
    scores: Row | None
    place: Row | None
    n_listed: int
    previous_key: str | None
    next_key: str | None

    @property
    def state(self) -> str:
        """Scored, pending or unscorable."""
        if self.scores is not None:
            return "scored"
        is_pending = any(image.state != "unscorable" for image in self.images)
        return "pending" if is_pending else "unscorable"


def exam_image(row: Row) -> ExamImage:
    """Make an image from its joined row of objects, instances, image_scores and images."""
    is_scored = row["state"] == "scored" and row["malignancy_score"] is not None
    return ExamImage(
        sop_instance_key=row["sop_instance_key"],
        laterality=row["image_laterality"],
        view=row["view_position"],
        state=row["state"],
        reason=row["reason"],
        malignancy_score=row["malignancy_score"] if is_scored else None,
        finding=row["finding"] if is_scored else None,
        assessment=row["assessment"] if is_scored else None,
        regions=tuple(Region(**region) for region in (row["regions"] or ()) if is_scored),
        geometry=_geometry(row),
        spacing_mm=row["imager_pixel_spacing_mm"],
    )


def _geometry(row: Row) -> Geometry | None:
    if row["crop_width_px"] is None:
        return None
    return Geometry(**{field.name: row[field.name] for field in fields(Geometry)})


def neighbours(
    places: pl.DataFrame, exam_key: str
) -> tuple[Row | None, str | None, str | None]:
    """An exam's row on a list, and the keys before and after it.

    Args:
        places: The rows of one list, by rank.
        exam_key: The exam looked for.
    """
    keys = places["exam_key"].to_list()
    if exam_key not in keys:
        return None, None, None
    at = keys.index(exam_key)
    before = keys[at - 1] if at else None
    after = keys[at + 1] if at + 1 < len(keys) else None
    return places.row(at, named=True), before, after
