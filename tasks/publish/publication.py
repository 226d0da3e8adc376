"""Publishes a day's list: the former list or the new one, whole, never a part.

A list equal to the one that stands is not written again.
"""

from dataclasses import dataclass
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
from tasks.publish.completion import find_arriving, find_reopened
from tasks.publish.drift import Drift, find_drift, with_ordering
from tasks.publish.exam_quality import complete_quality, exam_flags, with_quality_flags
from tasks.publish.priority_list import order_exams
from tasks.run import Run
from tasks.score.calibration import SCOPE, choose_calibrations

STILL_ARRIVING = "still_arriving"
LATE_VIEW = "late_view"

_OBJECT_COLUMNS = [
    *("object_key", "etag", "gone_at", "exam_key", "last_modified_at", "first_seen_at")
]

_INSTANCE_COLUMNS = [
    *("sop_instance_key", "exam_key", "object_key", "etag", "exam_date", "patient_age_years"),
    *("image_laterality", "view_position", "presentation_intent_type", "has_implant"),
    *SCOPE,
]
"""What a list is made from; the table has three times as many, of every image of all years."""


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


@dataclass(frozen=True)
class _Completion:
    """Exams that stand on the list otherwise than their scores say.

    Args:
        arriving: Not whole yet, and their newest image is young.
        reopened: Read before an image that came late.
    """

    arriving: pl.Series
    reopened: pl.Series


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
    instances = lake.read(INSTANCES, columns=_INSTANCE_COLUMNS)
    facts = exam_facts(instances)
    scores = _scores(lake, facts, model_version)
    scored = facts.join(scores, on="exam_key")
    drifts = find_drift(scored)
    completion = _completion(lake, instances, run, quiet_minutes)
    unread = _unread_exams(lake, instances, facts, scores, completion)
    rows = order_exams(with_ordering(unread, scored, drifts), run.list_date).with_columns(
        published_at=pl.lit(run.started_at, PRIORITY_LISTS.schema["published_at"]),
        run_id=pl.lit(run.run_id),
    )
    complete_quality(lake)
    rows = with_quality_flags(rows, exam_flags(lake, PREPROCESSING_VERSION, rows["exam_key"]))
    late = pl.DataFrame({"exam_key": completion.reopened}).with_columns(
        quality_flags=pl.lit(LATE_VIEW)
    )
    rows = with_quality_flags(rows, late)
    rows = rows.select(PRIORITY_LISTS.schema.names()).cast(PRIORITY_LISTS.schema)
    is_new = lake.replace_where(PRIORITY_LISTS, rows, {"list_date": run.list_date})
    return Publication(rows.height, is_new, drifts)


def _completion(
    lake: Lake, instances: pl.DataFrame, run: Run, quiet_minutes: float
) -> _Completion:
    objects = lake.read(OBJECTS, columns=_OBJECT_COLUMNS)
    columns = ["exam_key", "recorded_at"]
    readings = lake.read(OUTCOMES, columns=columns, where=pl.col("source") == "reader")
    return _Completion(
        find_arriving(instances, objects, run.started_at, quiet_minutes),
        find_reopened(instances, objects, readings),
    )


def _unread_exams(
    lake: Lake,
    instances: pl.DataFrame,
    facts: pl.DataFrame,
    scores: pl.DataFrame,
    completion: _Completion,
) -> pl.DataFrame:
    """Every exam that waits for a reader: facts, scores where it is whole, else the reason."""
    read = lake.read(OUTCOMES, columns=["exam_key"], where=pl.col("source") == "reader")
    is_arriving = pl.col("exam_key").is_in(completion.arriving.implode())
    done = read.filter(~pl.col("exam_key").is_in(completion.reopened.implode()))
    exams = facts.join(done, on="exam_key", how="anti")
    scores = scores.filter(~is_arriving)
    images = instances.group_by("exam_key").agg(pl.len().cast(pl.Int64).alias("n_images"))
    return (
        exams.join(scores, on="exam_key", how="left")
        .join(images, on="exam_key")
        .join(_reasons(lake), on="exam_key", how="left")
        .with_columns(
            pl.col("n_images_scored").fill_null(0),
            pl.col("n_images_unscorable").fill_null(pl.col("n_images")),
            reason=pl.when(is_arriving)
            .then(pl.lit(STILL_ARRIVING))
            .otherwise(pl.col("reason").fill_null("pending")),
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
