"""Publishes a day's list: the former list or the new one, whole, never a part.

A list equal to the one that stands is not written again.
"""

from typing import NamedTuple

import polars as pl

from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    INSTANCES,
    OBJECTS,
    OUTCOMES,
    PRIORITY_LISTS,
)
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.publish.drift import Drift, find_drift, with_ordering
from tasks.publish.exam_quality import exam_flags, with_quality_flags
from tasks.publish.priority_list import order_exams
from tasks.run import Run
from tasks.score.calibration import SCOPE, choose_calibrations


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


def publish_list(lake: Lake, model_version: str, run: Run) -> Publication:
    """Publish the list of the run's date."""
    instances = lake.read(INSTANCES)
    facts = exam_facts(instances)
    scores = _scores(lake, facts, model_version)
    scored = facts.join(scores, on="exam_key")
    drifts = find_drift(scored)
    exams = with_ordering(_unread_exams(lake, instances, facts, scores), scored, drifts)
    rows = order_exams(exams, run.list_date).with_columns(
        published_at=pl.lit(run.started_at, PRIORITY_LISTS.schema["published_at"]),
        run_id=pl.lit(run.run_id),
    )
    rows = with_quality_flags(rows, exam_flags(lake, PREPROCESSING_VERSION))
    rows = rows.select(PRIORITY_LISTS.schema.names()).cast(PRIORITY_LISTS.schema)
    is_new = lake.replace_where(PRIORITY_LISTS, rows, {"list_date": run.list_date})
    return Publication(rows.height, is_new, drifts)


def _unread_exams(
    lake: Lake, instances: pl.DataFrame, facts: pl.DataFrame, scores: pl.DataFrame
) -> pl.DataFrame:
    """Every exam without a reader's outcome: facts, scores where there are, else the reason."""
    read = lake.read(OUTCOMES, columns=["exam_key"], where=pl.col("source") == "reader")
    exams = facts.join(read, on="exam_key", how="anti")
    images = instances.group_by("exam_key").agg(pl.len().cast(pl.Int64).alias("n_images"))
    return (
        exams.join(scores, on="exam_key", how="left")
        .join(images, on="exam_key")
        .join(_reasons(lake), on="exam_key", how="left")
        .with_columns(
            pl.col("n_images_scored").fill_null(0),
            pl.col("n_images_unscorable").fill_null(pl.col("n_images")),
            pl.col("reason").fill_null("pending"),
        )
        .sort("exam_key")
    )


def exam_facts(instances: pl.DataFrame) -> pl.DataFrame:
    """One row an exam from its instances; where they differ, the first by key speaks."""
    facts = ("exam_date", "patient_age_years", *SCOPE)
    return (
        instances.sort("exam_key", "sop_instance_key")
        .group_by("exam_key", maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().first() for name in facts), pl.col("has_implant").any()
        )
    )


def _scores(lake: Lake, exams: pl.DataFrame, model_version: str) -> pl.DataFrame:
    """The exams' scores under the calibration that holds for each now."""
    is_current = pl.col("model_version") == model_version
    scores = lake.read(EXAM_SCORES, where=is_current).drop("run_id")
    if scores.is_empty():
        return scores
    chosen = choose_calibrations(exams.select(SCOPE), lake.read(CALIBRATIONS, where=is_current))
    holding = exams.join(chosen, on=SCOPE, nulls_equal=True).select(
        "exam_key", "calibration_id"
    )
    return scores.join(holding, on=["exam_key", "calibration_id"], how="semi")


def _reasons(lake: Lake) -> pl.DataFrame:
    """The commonest reason among the objects of each exam; ties by name."""
    is_set_aside = (pl.col("state") == "unscorable") & pl.col("gone_at").is_null()
    objects = lake.read(OBJECTS, columns=["exam_key", "reason"], where=is_set_aside)
    return (
        objects.group_by("exam_key", "reason")
        .len()
        .sort("exam_key", "len", "reason", descending=[False, True, False])
        .unique("exam_key", keep="first", maintain_order=True)
        .select("exam_key", "reason")
    )
