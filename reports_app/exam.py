"""One exam as its page shows it: images with scores and regions, the exam's scores, its place.

It reads no table and draws nothing: rows in, frozen records out.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from tasks.publish.exam_image import ExamImage, Region, Row, exam_image

__all__ = ["Exam", "ExamImage", "Region", "Row", "exam_image", "neighbours"]


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
