"""Which exams are whole: expected views, a quiet time, and views that come after the reading.

An exam is never held back: while it arrives it stands in the unscorable lane, on top.
"""

from datetime import datetime, timedelta

import polars as pl

from models.contract import LATERALITIES, VIEWS
from tasks.ingest.eligibility import FOR_PRESENTATION

STANDARD_VIEWS = frozenset(
    f"{laterality}-{view}" for laterality in LATERALITIES for view in VIEWS
)
"""What a screening exam is expected to hold."""

_PLACE = ["object_key", "etag"]


def find_arriving(
    instances: pl.DataFrame, objects: pl.DataFrame, now: datetime, quiet_minutes: float
) -> pl.Series:
    """Find the exams that lack expected views and whose newest object is younger than that.

    The store's own time of arrival counts: a night first sees everything at its own start.

    Args:
        instances: The table.
        objects: The columns object_key, etag, gone_at, exam_key and last_modified_at.
        now: When the run began.
        quiet_minutes: After so long without an object of hers an exam counts as whole.

    Returns:
        Their exam_key.
    """
    young = (
        objects.filter(pl.col("gone_at").is_null(), pl.col("exam_key").is_not_null())
        .group_by("exam_key")
        .agg(pl.col("last_modified_at").max())
        .filter(pl.col("last_modified_at") > now - timedelta(minutes=quiet_minutes))
    )
    return young.join(_whole(instances, objects), on="exam_key", how="anti")["exam_key"]


def _whole(instances: pl.DataFrame, objects: pl.DataFrame) -> pl.DataFrame:
    """The exams whose present images for presentation show every standard view."""
    view = pl.format("{}-{}", "image_laterality", "view_position")
    present = objects.filter(pl.col("gone_at").is_null()).select(_PLACE)
    return (
        instances.join(present, on=_PLACE, how="semi")
        .filter(pl.col("presentation_intent_type") == FOR_PRESENTATION)
        .filter(view.is_in(STANDARD_VIEWS))
        .group_by("exam_key")
        .agg(view.n_unique().alias("n_views"))
        .filter(pl.col("n_views") == len(STANDARD_VIEWS))
    )


def find_reopened(
    instances: pl.DataFrame, objects: pl.DataFrame, readings: pl.DataFrame
) -> pl.Series:
    """Find the exams that were read before their last image was there.

    One whose every image came after its reading was not read here: its outcome was imported.

    Args:
        instances: The table.
        objects: The columns object_key, etag and first_seen_at.
        readings: The columns exam_key and recorded_at of readers' outcomes.

    Returns:
        Their exam_key.
    """
    seen = (
        instances.select("exam_key", *_PLACE)
        .join(objects.select(*_PLACE, "first_seen_at"), on=_PLACE)
        .group_by("exam_key")
        .agg(
            pl.col("first_seen_at").min().alias("first"),
            pl.col("first_seen_at").max().alias("last"),
        )
    )
    read = readings.group_by("exam_key").agg(pl.col("recorded_at").max())
    is_late = (pl.col("first") <= pl.col("recorded_at")) & (
        pl.col("last") > pl.col("recorded_at")
    )
    return seen.join(read, on="exam_key").filter(is_late)["exam_key"]
