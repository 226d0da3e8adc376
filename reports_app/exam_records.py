"""What the exam page alone asks of the lake: where originals lie, prior exams, outcomes.

It reads only rows of one exam or one woman, afresh each time; it writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from reports_app.exam import Row
from tasks.lake.schemas import IMAGES, INSTANCES, OBJECTS, OUTCOMES
from tasks.lake.store import Lake
from tasks.preprocess.geometry import Geometry

_OBJECT_COLUMNS = ("object_key", "etag", "size_bytes", "sha256")
_GEOMETRY_COLUMNS = tuple(field.name for field in fields(Geometry))
_QUALITY_COLUMNS = (
    "sop_instance_key", "bits_stored", "imager_pixel_spacing_mm", "transfer_syntax_uid",
)  # fmt: skip


@dataclass(frozen=True)
class Original:
    """Where an image's original lies in the bucket, and where the breast lies in it."""

    object_key: str
    etag: str
    size_bytes: int
    sha256: str | None
    geometry: Geometry


@dataclass(frozen=True)
class Prior:
    """An earlier exam of the same woman."""

    exam_key: str
    exam_date: date | None


class ExamRecords:
    """What is known of one exam beside its images and scores."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def original(self, exam_key: str, sop_instance_key: str) -> Original | None:
        """The present object of an image that has a network input; None where there is none."""
        is_image = (pl.col("exam_key") == exam_key) & (
            pl.col("sop_instance_key") == sop_instance_key
        )
        held = self._lake.read(INSTANCES, columns=["object_key", "etag"], where=is_image)
        is_present = is_image & pl.col("gone_at").is_null()
        objects = self._lake.read(OBJECTS, columns=_OBJECT_COLUMNS, where=is_present)
        crops = self._lake.read(IMAGES, columns=["etag", *_GEOMETRY_COLUMNS], where=is_image)
        found = objects.join(held, on=["object_key", "etag"]).join(crops, on="etag")
        if found.is_empty():
            return None
        row = found.row(0, named=True)
        geometry = Geometry(**{name: row[name] for name in _GEOMETRY_COLUMNS})
        return Original(**{name: row[name] for name in _OBJECT_COLUMNS}, geometry=geometry)

    def priors(self, exam_key: str) -> list[Prior]:
        """The woman's earlier exams, the latest first."""
        own = self._lake.read(
            INSTANCES,
            columns=["patient_key", "exam_date"],
            where=pl.col("exam_key") == exam_key,
        )
        if own.is_empty():
            return []
        patient_key, exam_date = own.sort("exam_date", nulls_last=True).row(0)
        is_other = (pl.col("patient_key") == patient_key) & (pl.col("exam_key") != exam_key)
        is_earlier = pl.lit(value=True) if exam_date is None else _is_before(exam_date)
        others = self._lake.read(
            INSTANCES, columns=["exam_key", "exam_date"], where=is_other & is_earlier
        )
        rows = others.group_by("exam_key").agg(pl.col("exam_date").min())
        rows = rows.sort("exam_date", "exam_key", descending=True, nulls_last=True)
        return [Prior(**row) for row in rows.iter_rows(named=True)]

    def outcomes(self, exam_key: str) -> Sequence[Row]:
        """What readers, pathology and registries found in an exam."""
        rows = self._lake.read(OUTCOMES, where=pl.col("exam_key") == exam_key)
        return rows.sort("source", "breast").to_dicts()

    def quality(self, exam_key: str) -> Sequence[Row]:
        """What the headers of an exam's images say of their quality."""
        rows = self._lake.read(
            INSTANCES, columns=_QUALITY_COLUMNS, where=pl.col("exam_key") == exam_key
        )
        return rows.to_dicts()


def _is_before(day: date) -> pl.Expr:
    return pl.col("exam_date").is_null() | (pl.col("exam_date") < day)
