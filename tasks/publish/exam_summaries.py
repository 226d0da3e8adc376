"""One row an exam of what the large tables say of it: kept by the night, exact at any time.

The night brings `exam_summaries` up to date for exams that something happened to. A reader does
the same in memory for what came since, so that it never shows another answer than the tables.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from tasks.ingest.eligibility import FOR_PRESENTATION
from tasks.lake.key_ranges import key_ranges
from tasks.lake.rows import absent_rows, changed_rows
from tasks.lake.schemas import EXAM_SUMMARIES, IMAGE_SCORES, INSTANCES, OBJECTS
from tasks.lake.store import Lake
from tasks.publish.completion import STANDARD_VIEWS
from tasks.run import Run
from tasks.score.calibration import SCOPE
from tasks.score.exams import Settled, last_completed, touched_exams

OBJECTS_PER_PART = 80_000
"""Objects that are summarised at once; their exams lie in one file: memory has a limit."""

OBJECT_COLUMNS = (
    "object_key", "etag", "exam_key", "state", "reason", "gone_at", "first_seen_at",
    "last_modified_at",
)  # fmt: skip
INSTANCE_COLUMNS = (
    "sop_instance_key", "exam_key", "patient_key", "object_key", "etag", "exam_date",
    "acquired_at", "patient_age_years", "image_laterality", "view_position",
    "presentation_intent_type", "has_implant", *SCOPE,
)  # fmt: skip
SCORE_COLUMNS = ("exam_key", "scored_at")

_PLACE = ["object_key", "etag"]
_IS_PRESENT = pl.col("gone_at").is_null()


def keep_summaries(lake: Lake, run: Run) -> int:
    """Bring the table up to date; in the first night of a month every row is made anew.

    Returns:
        How many rows came, changed or went.
    """
    settled = _settled(lake)
    if settled and settled.is_of_month(run.list_date):
        return _keep(lake, pl.col("exam_key").is_in(_touched(lake, settled).implode()))
    return rebuild_summaries(lake)


def rebuild_summaries(lake: Lake) -> int:
    """Make every row anew; nights may run meanwhile.

    Returns:
        How many rows came, changed or went.
    """
    if not lake.count(EXAM_SUMMARIES):
        return lake.upsert(EXAM_SUMMARIES, _all(lake))  # whole or not at all: see _settled
    return sum(_keep(lake, part) for part in _parts(lake))


def find_wrong_summaries(lake: Lake) -> pl.DataFrame:
    """Hold every row that readers take as it stands to what the large tables say.

    Rows of exams that something happened to since the last completed night are left out:
    readers make them anew. Without such a night no row is taken as it stands.

    Returns:
        exam_key and `fault`: missing, wrong, or stray where no table knows the exam.
    """
    settled = _settled(lake)
    found = pl.DataFrame(schema={"exam_key": pl.String, "fault": pl.String})
    if settled is None:
        return found
    found = pl.concat([found, *(_faults(lake, part) for part in _parts(lake))])
    touched = _touched(lake, settled)  # last: a night that runs meanwhile is no fault
    return found.filter(~pl.col("exam_key").is_in(touched.implode())).sort("exam_key")


def read_summaries(lake: Lake, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Some columns of every exam's row, as the tables stand now; exam_key is one of them."""
    columns = columns or EXAM_SUMMARIES.schema.names()
    settled = _settled(lake)
    if settled is None:
        return _all(lake).select(columns)
    is_touched = pl.col("exam_key").is_in(_touched(lake, settled).implode())
    kept = lake.read(EXAM_SUMMARIES, columns=columns, where=~is_touched)
    fresh = _summarised(lake, is_touched).select(columns)
    return pl.concat([kept, fresh]).sort("exam_key")


def _settled(lake: Lake) -> Settled | None:
    """The night up to which the table is known to be complete; None where there is none.

    A table with rows is as complete as its last night: its first rows are one commit. One
    without was made by a night that was killed before that commit.
    """
    return last_completed(lake) if lake.count(EXAM_SUMMARIES) else None


def _touched(lake: Lake, settled: Settled) -> pl.Series:
    return touched_exams(lake, settled.since)


def _parts(lake: Lake) -> Iterator[pl.Expr]:
    """Conditions that part all exams of the lake, also those that only the table names."""
    return key_ranges(lake.count(OBJECTS), OBJECTS_PER_PART)


def _keep(lake: Lake, in_question: pl.Expr) -> int:
    rows = _summarised(lake, in_question)
    known = lake.read(EXAM_SUMMARIES, columns=["exam_key"], where=in_question)
    gone = known.join(rows, on="exam_key", how="anti")["exam_key"]
    n_gone = lake.delete(EXAM_SUMMARIES, "exam_key", gone.to_list()) if gone.len() else 0
    return lake.upsert(EXAM_SUMMARIES, rows) + n_gone


def _faults(lake: Lake, in_question: pl.Expr) -> pl.DataFrame:
    made = _summarised(lake, in_question)
    kept = lake.read(EXAM_SUMMARIES, where=in_question)
    missing = absent_rows(EXAM_SUMMARIES, made, kept)
    stray = absent_rows(EXAM_SUMMARIES, kept, made)
    wrong = changed_rows(EXAM_SUMMARIES, made, kept).join(missing, on="exam_key", how="anti")
    named = {"missing": missing, "wrong": wrong, "stray": stray}
    return pl.concat(
        rows.select("exam_key", pl.lit(fault).alias("fault")) for fault, rows in named.items()
    )


def _all(lake: Lake) -> pl.DataFrame:
    """Every exam's row, from the large tables alone."""
    made = [_summarised(lake, part) for part in _parts(lake)]
    return pl.concat([EXAM_SUMMARIES.schema.to_frame(), *made])


def _summarised(lake: Lake, in_question: pl.Expr) -> pl.DataFrame:
    return summarise(
        lake.read(OBJECTS, columns=OBJECT_COLUMNS, where=in_question),
        lake.read(INSTANCES, columns=INSTANCE_COLUMNS, where=in_question),
        lake.read(IMAGE_SCORES, columns=SCORE_COLUMNS, where=in_question),
    )


def summarise(
    objects: pl.DataFrame, instances: pl.DataFrame, scores: pl.DataFrame
) -> pl.DataFrame:
    """Make the rows of the exams that objects or instances name.

    Args:
        objects: `OBJECT_COLUMNS` of `objects`, every one of the exams.
        instances: `INSTANCE_COLUMNS` of `instances`.
        scores: `SCORE_COLUMNS` of `image_scores`, of all models.

    Returns:
        Rows of `exam_summaries`, by exam_key.
    """
    of_exams = objects.filter(pl.col("exam_key").is_not_null())
    first_scores = scores.group_by("exam_key").agg(
        pl.col("scored_at").min().alias("first_scored_at")
    )
    exams = pl.concat([of_exams.select("exam_key"), instances.select("exam_key")]).unique()
    parts = (
        exam_facts(instances), _images(instances, objects), _present(of_exams),
        _reasons(of_exams), first_scores, _counts(of_exams),
    )  # fmt: skip
    for part in parts:
        exams = exams.join(part, on="exam_key", how="left")
    return (
        exams.with_columns(
            pl.col("n_images").fill_null(0),
            pl.col("has_standard_views").fill_null(value=False),
            pl.col("objects").fill_null([]),
        )
        .select(EXAM_SUMMARIES.schema.names())
        .cast(EXAM_SUMMARIES.schema)
        .sort("exam_key")
    )


def exam_facts(instances: pl.DataFrame) -> pl.DataFrame:
    """One row an exam from its instances; where they differ, the first by key speaks."""
    facts = ("patient_key", "exam_date", "patient_age_years", *SCOPE)
    return (
        instances.sort("exam_key", "sop_instance_key")
        .group_by("exam_key", maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().first() for name in facts), pl.col("has_implant").any()
        )
    )


def _images(instances: pl.DataFrame, objects: pl.DataFrame) -> pl.DataFrame:
    """How many there are, when they were seen, and whether the present ones are complete."""
    held = instances.join(
        objects.select(*_PLACE, "gone_at", "first_seen_at"), on=_PLACE, how="left"
    )
    view = pl.format("{}-{}", "image_laterality", "view_position")
    # An instance without an object was never seen, so that it is not there.
    is_shown = (
        _IS_PRESENT
        & pl.col("first_seen_at").is_not_null()
        & (pl.col("presentation_intent_type") == FOR_PRESENTATION)
        & view.is_in(STANDARD_VIEWS)
    )
    return held.group_by("exam_key").agg(
        pl.len().alias("n_images"),
        pl.col("acquired_at").max(),
        (view.filter(is_shown).n_unique() == len(STANDARD_VIEWS)).alias("has_standard_views"),
        pl.col("first_seen_at").min().alias("first_image_at"),
        pl.col("first_seen_at").max().alias("last_image_at"),
    )


def _present(objects: pl.DataFrame) -> pl.DataFrame:
    return (
        objects.filter(_IS_PRESENT)
        .group_by("exam_key")
        .agg(
            pl.col("first_seen_at").min().alias("first_present_at"),
            pl.col("last_modified_at").max(),
        )
    )


def _reasons(objects: pl.DataFrame) -> pl.DataFrame:
    """The commonest reason among the objects of each exam; ties by name."""
    return (
        objects.filter(_IS_PRESENT, pl.col("state") == "unscorable")
        .group_by("exam_key", "reason")
        .len()
        .sort("exam_key", "len", "reason", descending=[False, True, False])
        .unique("exam_key", keep="first", maintain_order=True)
        .select("exam_key", pl.col("reason").alias("set_aside_reason"))
    )


def _counts(objects: pl.DataFrame) -> pl.DataFrame:
    return (
        objects.filter(_IS_PRESENT)
        .group_by("exam_key", "state", "reason")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .sort("exam_key", "state", "reason")
        .group_by("exam_key", maintain_order=True)
        .agg(pl.struct("state", "reason", "n").alias("objects"))
    )
