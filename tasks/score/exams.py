"""The exams of the lake and their scores under the pinned model version.

It joins what the shards wrote; the arithmetic is `tasks.score.aggregate`'s. A night looks only
at exams that something happened to since the last night that completed: what a night costs
does not grow with the years before it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from tasks.lake.key_ranges import key_ranges
from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES, IMAGE_SCORES, INSTANCES, OBJECTS, RUNS
from tasks.lake.store import Lake
from tasks.run import Run
from tasks.score.aggregate import INSTANCE_COLUMNS, score_exams

CLOCK_MARGIN = timedelta(days=1)
"""Rows are dated by several machines' clocks."""

IMAGES_PER_PART = 200_000
"""Images that are aggregated at once where all exams are in question: memory has a limit."""

_IMAGE_KEY = ["sop_instance_key", "etag"]
_ANSWER = ["malignancy_score", "finding", "assessment", "model_version"]


@dataclass(frozen=True)
class Settled:
    """The last night that completed.

    Args:
        started_at: Its clock.
        list_date: The day that its list is read on.
    """

    started_at: datetime
    list_date: date

    @property
    def since(self) -> datetime:
        """What happened later was perhaps not seen by it."""
        return self.started_at - CLOCK_MARGIN

    def is_of_month(self, day: date) -> bool:
        """Whether its list is of a day's month."""
        return (self.list_date.year, self.list_date.month) == (day.year, day.month)


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
    if since:
        parts = [pl.col("exam_key").is_in(touched_exams(lake, since, is_current).implode())]
    else:
        parts = key_ranges(lake.count(INSTANCES), IMAGES_PER_PART)
    return sum(_aggregate(lake, is_current, part, run) for part in parts)


def _aggregate(lake: Lake, is_current: pl.Expr, in_question: pl.Expr, run: Run) -> int:
    answers = lake.read(
        IMAGE_SCORES, columns=[*_IMAGE_KEY, *_ANSWER], where=is_current & in_question
    )
    if answers.is_empty():
        return 0
    instances = lake.read(INSTANCES, columns=INSTANCE_COLUMNS, where=in_question)
    images = instances.join(answers, on=_IMAGE_KEY, how="left")
    calibrations = lake.read(CALIBRATIONS, where=is_current)
    return lake.upsert(EXAM_SCORES, score_exams(images, calibrations, run.run_id))


def settled_since(lake: Lake, model_version: str, run: Run) -> datetime | None:
    """The moment before which every exam was aggregated as it stands; None where none was.

    It is the start of the last completed night of this model version, with a margin. All exams
    are in question again once calibrations changed after it, and in the first night of a
    month: what a new rule of aggregation makes of old exams appears then at the latest.
    """
    last = last_completed(lake, pl.col("model_version") == model_version)
    if last is None:
        return None
    calibrated_at = lake.history(CALIBRATIONS).get_column("committed_at").max()
    is_calibrated_since = isinstance(calibrated_at, datetime) and calibrated_at >= last.since
    is_new_month = not last.is_of_month(run.list_date)
    return None if is_calibrated_since or is_new_month else last.since


def last_completed(lake: Lake, where: pl.Expr | None = None) -> Settled | None:
    """The completed night that began last, of those that fulfil a condition; None before."""
    is_completed = pl.col("outcome") == "completed"
    condition = is_completed if where is None else is_completed & where
    nights = lake.read(RUNS, columns=["started_at", "list_date"], where=condition)
    return None if nights.is_empty() else Settled(*nights.sort("started_at").row(-1))


def touched_exams(lake: Lake, since: datetime, is_scored: pl.Expr | None = None) -> pl.Series:
    """Keys of the exams with an image scored, or an object changed, since then.

    An exam whose image now belongs to another exam is one of them.

    Args:
        lake: Where.
        since: The moment.
        is_scored: The rows of `image_scores` that count; all if left out.
    """
    is_new = pl.col("scored_at") >= since
    is_counted = is_new if is_scored is None else is_new & is_scored
    scored = lake.read(IMAGE_SCORES, columns=["exam_key"], where=is_counted)
    is_changed = (pl.col("changed_at") >= since) | (pl.col("gone_at") >= since)
    names = ["exam_key", "sop_instance_key"]
    changed = lake.read(OBJECTS, columns=names, where=is_changed)
    images = changed["sop_instance_key"].drop_nulls().unique()
    is_same_image = pl.col("sop_instance_key").is_in(images.implode())
    holders = lake.read(OBJECTS, columns=["exam_key"], where=is_same_image)
    named = [scored, changed.select("exam_key"), holders]
    return pl.concat(named).get_column("exam_key").drop_nulls().unique()
