"""Which exams are whole: expected views, a quiet time, and views that come after the reading.

An exam is never held back: while it arrives it stands in the unscorable lane, on top.
"""

from datetime import datetime, timedelta

import polars as pl

from models.contract import LATERALITIES, VIEWS

STANDARD_VIEWS = frozenset(
    f"{laterality}-{view}" for laterality in LATERALITIES for view in VIEWS
)
"""What a screening exam is expected to hold."""

IS_REOPENED = (pl.col("first_image_at") <= pl.col("read_at")) & (
    pl.col("last_image_at") > pl.col("read_at")
)
"""Whether an exam of `exam_summaries` was read before its last image was there.

One whose every image came after its reading was not read here: its outcome was imported.
`read_at` is its last reading.
"""


def find_arriving(summaries: pl.DataFrame, now: datetime, quiet_minutes: float) -> pl.Series:
    """Find the exams that lack expected views and whose newest object is younger than that.

    The store's own time of arrival counts: a night first sees everything at its own start.

    Args:
        summaries: The columns exam_key, has_standard_views and last_modified_at of
            `exam_summaries`.
        now: When the run began.
        quiet_minutes: After so long without an object of hers an exam counts as whole.

    Returns:
        Their exam_key.
    """
    is_young = pl.col("last_modified_at") > now - timedelta(minutes=quiet_minutes)
    return summaries.filter(is_young, ~pl.col("has_standard_views"))["exam_key"]
