"""The exams of the lake and their scores under the pinned model version.

It joins what the shards wrote; the arithmetic is `tasks.score.aggregate`'s. A night looks only
at exams that something happened to since the last night that completed: what a night costs
does not grow with the years before it.
"""

from datetime import datetime, timedelta

import polars as pl

from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES, IMAGE_SCORES, INSTANCES, OBJECTS, RUNS
from tasks.lake.store import Lake
from tasks.run import Run
from tasks.score.aggregate import score_exams

CLOCK_MARGIN = timedelta(days=1)
"""Rows are dated by several machines' clocks."""

_IMAGE_KEY = ["sop_instance_key", "etag"]
_ANSWER = ["malignancy_score", "finding", "assessment", "model_version"]


def aggregate(lake: Lake, model_version: str, run: Run, since: datetime | None = None) -> int:
    """Bring `exam_scores` up to date with the image scores of a model version.

    Args:
        lake: Where.
        model_version: Whose scores.
        run: That asks.
        since: Only exams that something happened to since then; all if left out.

    Returns:
        How many exams' scores are new or changed.
    """
    is_current = pl.col("model_version") == model_version
    in_question = pl.lit(value=True)
    if since:
        in_question = pl.col("exam_key").is_in(_touched(lake, is_current, since).implode())
    answers = lake.read(
        IMAGE_SCORES, columns=[*_IMAGE_KEY, *_ANSWER], where=is_current & in_question
    )
    if answers.is_empty():
        return 0
    images = lake.read(INSTANCES, where=in_question).join(answers, on=_IMAGE_KEY, how="left")
    calibrations = lake.read(CALIBRATIONS, where=is_current)
    return lake.upsert(EXAM_SCORES, score_exams(images, calibrations, run.run_id))


def settled_since(lake: Lake, model_version: str, run: Run) -> datetime | None:
    """The moment before which every exam was aggregated as it stands; None where none was.

    It is the start of the last completed night of this model version, with a margin. All exams
    are in question again once calibrations changed after it, and in the first night of a
    month: what a new rule of aggregation makes of old exams appears then at the latest.
    """
    is_settled = (pl.col("outcome") == "completed") & (pl.col("model_version") == model_version)
    nights = lake.read(RUNS, columns=["started_at", "list_date"], where=is_settled)
    if nights.is_empty():
        return None
    last = nights.sort("started_at").row(-1, named=True)
    since = last["started_at"] - CLOCK_MARGIN
    calibrated_at = lake.history(CALIBRATIONS).get_column("committed_at").max()
    is_calibrated_since = isinstance(calibrated_at, datetime) and calibrated_at >= since
    is_new_month = (run.list_date.year, run.list_date.month) != (
        last["list_date"].year,
        last["list_date"].month,
    )
    return None if is_calibrated_since or is_new_month else since


def _touched(lake: Lake, is_current: pl.Expr, since: datetime) -> pl.Series:
    """Keys of the exams with an image scored, or an object changed, since then."""
    scored = lake.read(
        IMAGE_SCORES, columns=["exam_key"], where=is_current & (pl.col("scored_at") >= since)
    )
    is_changed = (pl.col("changed_at") >= since) | (pl.col("gone_at") >= since)
    changed = lake.read(OBJECTS, columns=["exam_key"], where=is_changed)
    return pl.concat([scored, changed]).get_column("exam_key").drop_nulls().unique()
