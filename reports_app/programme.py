"""The campaign's exams beside what readers and registers know: weeks, categories, coverage.

It reads no table and hides no count: `tasks.publish.indicators` decides on that.
"""

from datetime import date

import polars as pl

from tasks.publish.programme import with_durations
from tasks.publish.proportions import Proportion

TOP_SHARE = 0.10


def join_programme(
    exams: pl.DataFrame, facts: pl.DataFrame, women: pl.DataFrame, as_of: date | None
) -> pl.DataFrame:
    """Join the exams of `Campaign` with `programme_facts`.

    Args:
        exams: The campaign's.
        facts: Of `tasks.publish.programme`; exams that the campaign does not hold are left out.
        women: exam_key and patient_key.
        as_of: The day of the data; the last exam's where there was no night.
    """
    last_day = exams["day"].max() if as_of is None else as_of
    joined = exams.join(facts.drop("comuna"), on="exam_key", how="left").join(
        women, on="exam_key", how="left"
    )
    place = pl.col("exam_score").rank("ordinal", descending=True)
    return with_durations(
        joined.with_columns(
            as_of=pl.lit(last_day, pl.Date()),
            week=pl.col("day").dt.truncate("1w").cast(pl.String),
            is_top_tenth=place <= TOP_SHARE * pl.col("exam_score").count(),
        )
    )


def backlog(exams: pl.DataFrame) -> tuple[int, int | None]:
    """How many exams nobody has read, and the days that the oldest of them waits."""
    unread = exams.filter(pl.col("read_date").is_null())
    oldest = unread["unread_days"].max()
    return unread.height, None if oldest is None else int(str(oldest))


def coverage(exams: pl.DataFrame, targets: pl.DataFrame, denominator: str) -> Proportion:
    """Women with an exam in their target's period, of the women whom the programme means.

    Args:
        exams: Of `join_programme`.
        targets: Rows of `targets`.
        denominator: n_women, or n_invited.
    """
    known = targets.drop_nulls(denominator)
    in_period = pl.col("day").is_between(pl.col("first_day"), pl.col("last_day"))
    reached = exams.join(known, on=["comuna", "age_band"]).filter(in_period)
    women = reached.select("patient_key", "comuna", "age_band", "first_day").unique()
    return Proportion(women.height, int(known[denominator].sum()))


def category_counts(exams: pl.DataFrame, column: str) -> list[tuple[str, int]]:
    """How many exams have each BI-RADS assessment or density, in order."""
    counts = exams.drop_nulls(column)[column].value_counts().sort(column)
    return [(str(value), int(n)) for value, n in counts.iter_rows()]
