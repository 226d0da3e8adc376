"""One row an exam of what readers, pathology and the programme's registers know of it.

It joins; `tasks.publish.indicators` counts. Null is "not known", never "no".
"""

import polars as pl

from tasks.lake.schemas import FOLLOW_UPS, OUTCOMES, REGISTRATIONS, TARGETS
from tasks.lake.store import Lake
from tasks.publish.decision import READER

FOLLOW_UP_MONTHS = 12
"""A screen without cancer for as long is a true negative."""

GES_DAYS = 45
"""Days that Chile's guarantee allows from suspicion to diagnosis, and from there to staging."""

_BY_SEVERITY = ("0", "1", "2", "3", "4", "4A", "4B", "4C", "5", "6")
RECALLING = ("0", "4", "4A", "4B", "4C", "5")
"""BI-RADS assessments that count as a recall where the reader did not say (ACR)."""

TABLES = (OUTCOMES, REGISTRATIONS, FOLLOW_UPS, TARGETS)
"""What the programme's indicators rest on, beside the campaign itself."""


def read_programme_facts(lake: Lake) -> pl.DataFrame:
    """What the lake knows of each exam's reading and follow-up; see `programme_facts`."""
    return programme_facts(lake.read(OUTCOMES), lake.read(REGISTRATIONS), lake.read(FOLLOW_UPS))


def programme_facts(
    outcomes: pl.DataFrame, registrations: pl.DataFrame, follow_ups: pl.DataFrame
) -> pl.DataFrame:
    """Join the tables by exam.

    Returns:
        One row an exam that any of them names: exam_key, is_recalled, is_cancer,
        birads_assessment (the worst breast's), breast_density, read_date, reader, and the
        columns of `registrations` and `follow_ups`.
    """
    facts = _read(outcomes).join(_truth(outcomes), on="exam_key", how="full", coalesce=True)
    for table in (registrations, follow_ups):
        facts = facts.join(table, on="exam_key", how="full", coalesce=True)
    is_followed = pl.col("follow_up_months") >= FOLLOW_UP_MONTHS
    without_cancer = pl.when(is_followed).then(pl.lit(value=False))
    return facts.with_columns(is_cancer=pl.coalesce("is_cancer", without_cancer))


def with_durations(exams: pl.DataFrame) -> pl.DataFrame:
    """Add days of the exam's way: turnaround, and each step of the GES clock.

    Args:
        exams: `programme_facts` with `day`, the exam's day, and `as_of`, the data's day.

    Returns:
        The same with turnaround_days, unread_days, diagnosis_days, staging_days,
        treatment_days and overdue_days: how long a suspicion has waited without diagnosis.
    """
    suspicion = pl.when(pl.col("is_recalled")).then(pl.col("read_date"))
    open_suspicion = pl.when(pl.col("diagnosis_date").is_null()).then(suspicion)
    unread = pl.when(pl.col("read_date").is_null()).then(pl.col("day"))
    steps = {
        "turnaround_days": pl.col("read_date") - pl.col("day"),
        "unread_days": pl.col("as_of") - unread,
        "diagnosis_days": pl.col("diagnosis_date") - suspicion,
        "staging_days": pl.col("staging_date") - pl.col("diagnosis_date"),
        "treatment_days": pl.col("treatment_date") - pl.col("day"),
        "overdue_days": pl.col("as_of") - open_suspicion,
    }
    return exams.with_columns(span.dt.total_days().alias(name) for name, span in steps.items())


def _read(outcomes: pl.DataFrame) -> pl.DataFrame:
    severity = pl.col("birads_assessment").replace_strict(
        {name: place for place, name in enumerate(_BY_SEVERITY)}, default=None
    )
    implied = pl.col("birads_assessment").is_in(RECALLING)
    return (
        outcomes.filter(source=READER)
        .with_columns(severity=severity, recalled=pl.col("recalled").fill_null(implied))
        .sort("exam_key", "severity", descending=[False, True], nulls_last=True)
        .group_by("exam_key", maintain_order=True)
        .agg(
            pl.col("recalled").any(ignore_nulls=False).alias("is_recalled"),
            pl.col("birads_assessment", "breast_density").drop_nulls().first(),
            pl.col("read_date").min(),
            pl.col("recorded_by").first().alias("reader"),
        )
    )


def _truth(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Cancer in either breast, by any source; none where a source says no and none says yes."""
    return (
        outcomes.drop_nulls("is_malignant")
        .group_by("exam_key")
        .agg(pl.col("is_malignant").any().alias("is_cancer"))
    )
