"""Publishes a day's list: the former list or the new one, whole, never a part.

A list equal to the one that stands is not written again.
"""

from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from tasks.lake.commits import translated
from tasks.lake.image_quality import complete_quality
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    EXAM_SUMMARIES,
    OUTCOMES,
    PRIORITY_LISTS,
)
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.publish.completion import IS_REOPENED, find_arriving
from tasks.publish.drift import COMPARED_DAYS, Drift, find_drift, with_ordering
from tasks.publish.exam_quality import exam_flags, with_quality_flags
from tasks.publish.exam_summaries import keep_summaries
from tasks.publish.priority_list import order_exams
from tasks.run import Run
from tasks.score.calibration import SCOPE, choose_calibrations

STILL_ARRIVING = "still_arriving"
LATE_VIEW = "late_view"

_COLUMNS = (
    "exam_key", "exam_date", "patient_age_years", "has_implant", *SCOPE, "n_images",
    "has_standard_views", "last_modified_at", "first_image_at", "last_image_at",
    "set_aside_reason",
)  # fmt: skip
"""What a list is made from."""

_IS_WAITING = pl.col("read_at").is_null() | IS_REOPENED


class Publication(NamedTuple):
    """What was published.

    Args:
        n_exams: On the list.
        is_new: Whether the list differs from the one that stood.
        drifts: Scores that moved, by which the list is ordered otherwise.
    """

    n_exams: int
    is_new: bool
    drifts: list[Drift]


def publish_list(
    lake: Lake, model_version: str, run: Run, quiet_minutes: float = 0
) -> Publication:
    """Publish the list of the run's date.

    Args:
        lake: The tables.
        model_version: Whose scores order it.
        run: Of the night.
        quiet_minutes: An exam that lacks views waits so long for them in the unscorable lane.
    """
    keep_summaries(lake, run)
    exams = _exams(lake, run.list_date - timedelta(days=COMPARED_DAYS))
    scores = _scores(lake, exams, model_version)
    scored = exams.select("exam_key", "exam_date", *SCOPE).join(scores, on="exam_key")
    drifts = find_drift(scored)
    arriving = find_arriving(exams, run.started_at, quiet_minutes)
    waiting = _waiting(exams, scores, arriving)
    rows = order_exams(with_ordering(waiting, scored, drifts), run.list_date).with_columns(
        published_at=pl.lit(run.started_at, PRIORITY_LISTS.schema["published_at"]),
        run_id=pl.lit(run.run_id),
    )
    complete_quality(lake)
    rows = with_quality_flags(rows, exam_flags(lake, PREPROCESSING_VERSION, rows["exam_key"]))
    late = exams.filter(IS_REOPENED).select("exam_key", quality_flags=pl.lit(LATE_VIEW))
    rows = with_quality_flags(rows, late)
    rows = rows.select(PRIORITY_LISTS.schema.names()).cast(PRIORITY_LISTS.schema)
    is_new = lake.replace_where(PRIORITY_LISTS, rows, {"list_date": run.list_date})
    return Publication(rows.height, is_new, drifts)


def _exams(lake: Lake, first_day: date) -> pl.DataFrame:
    """Every exam that waits for a reader, and those of the days that scores are compared over.

    The others pass through memory a part at a time: they are the years before. `read_at` is
    the last reading, null before there was one.
    """
    with translated(OUTCOMES):
        readings = (
            lake.scan(OUTCOMES)
            .filter(pl.col("source") == "reader")
            .group_by("exam_key")
            .agg(read_at=pl.col("recorded_at").max())
            .collect(engine="streaming")
        )
    with translated(EXAM_SUMMARIES):
        return (
            lake.scan(EXAM_SUMMARIES)
            .filter(pl.col("n_images") > 0)
            .select(_COLUMNS)
            .join(readings.lazy(), on="exam_key", how="left")
            .filter(_IS_WAITING | (pl.col("exam_date") >= first_day))
            .sort("exam_key")
            .collect(engine="streaming")
        )


def _waiting(exams: pl.DataFrame, scores: pl.DataFrame, arriving: pl.Series) -> pl.DataFrame:
    """Every exam that waits for a reader: facts, scores where it is whole, else the reason."""
    is_arriving = pl.col("exam_key").is_in(arriving.implode())
    return (
        exams.filter(_IS_WAITING)
        .join(scores.filter(~is_arriving), on="exam_key", how="left")
        .with_columns(
            pl.col("n_images_scored").fill_null(0),
            pl.col("n_images_unscorable").fill_null(pl.col("n_images")),
            reason=pl.when(is_arriving)
            .then(pl.lit(STILL_ARRIVING))
            .otherwise(pl.col("set_aside_reason").fill_null("pending")),
        )
        .sort("exam_key")
    )


def _scores(lake: Lake, exams: pl.DataFrame, model_version: str) -> pl.DataFrame:
    """The exams' scores under the calibration that holds for each now."""
    is_current = pl.col("model_version") == model_version
    is_asked = pl.col("exam_key").is_in(exams["exam_key"].implode())
    scores = lake.read(EXAM_SCORES, where=is_current & is_asked).drop("run_id")
    if scores.is_empty():
        return scores
    chosen = choose_calibrations(exams.select(SCOPE), lake.read(CALIBRATIONS, where=is_current))
    holding = exams.join(chosen, on=SCOPE, nulls_equal=True).select(
        "exam_key", "calibration_id"
    )
    return scores.join(holding, on=["exam_key", "calibration_id"], how="semi")
