"""The campaign's exams beside what readers and registers know: weeks, categories, coverage.

It reads no table. What a filter may show is decided here by what others would show beside it.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from reports_app.campaign import CampaignFilter
from tasks.publish.indicators import (
    Group,
    Indicator,
    by_group,
    count,
    count_groups,
    rounded_share,
    shown_choice,
    shown_part,
)
from tasks.publish.programme import with_durations
from tasks.publish.proportions import Proportion
from tasks.publish.suppression import hide_small, is_small, rounded

TOP_SHARE = 0.10

_UNREAD = Indicator(
    "backlog", pl.col("exam_key").is_not_null(), pl.col("read_date").is_null(), ()
)


def join_programme(
    exams: pl.DataFrame, facts: pl.DataFrame, as_of: date | None
) -> pl.DataFrame:
    """Join the exams of `Campaign` with `programme_facts`.

    Args:
        exams: The campaign's.
        facts: Of `tasks.publish.programme`; exams that the campaign does not hold are left out.
        as_of: The day of the data; the last exam's where there was no night.
    """
    last_day = exams["day"].max() if as_of is None else as_of
    joined = exams.join(facts.drop("comuna"), on="exam_key", how="left")
    place = pl.col("exam_score").rank("ordinal", descending=True)
    return with_durations(
        joined.with_columns(
            as_of=pl.lit(last_day, pl.Date()),
            week=pl.col("day").dt.truncate("1w").cast(pl.String),
            is_top_tenth=place <= TOP_SHARE * pl.col("exam_score").count(),
        )
    )


def shown_under(
    indicator: Indicator, whole: pl.DataFrame, chosen: CampaignFilter
) -> Proportion | None:
    """An indicator as far as a filter may show it beside all other filters' answers.

    Everything, and choices from one column, are exact, and hidden where two of them would tell
    of few women. A period, or several columns, give counts of fives.

    Args:
        indicator: Which share.
        whole: The programme's exams.
        chosen: The filter.
    """
    if chosen.is_everything:
        counted = count(indicator, whole)
        return shown_part(counted, counted)
    if chosen.only is not None:
        return shown_choice(indicator, whole, *chosen.only)
    return rounded_share(count(indicator, whole.filter(chosen.condition())))


def coverage_under(counted: Proportion, chosen: CampaignFilter) -> Proportion | None:
    """Women reached as far as a filter may show them; more than there are is no answer."""
    if counted.n_events > counted.n:
        return None
    return shown_part(counted, counted) if chosen.is_everything else rounded_share(counted)


def targets_under(targets: pl.DataFrame, chosen: CampaignFilter) -> pl.DataFrame:
    """The women to reach of the comunas and ages that a filter keeps."""
    kept = {"comuna": chosen.comunas, "age_band": chosen.age_bands}
    conditions = [pl.col(name).is_in(values) for name, values in kept.items() if values]
    return targets.filter(*conditions)


def groups_under(
    indicator: Indicator, part: pl.DataFrame, column: str, chosen: CampaignFilter
) -> list[Group]:
    """The indicator in each group of a part; of fives where a filter crosses the groups."""
    if chosen.is_everything:
        return by_group(indicator, part, column)
    return [
        Group(value, rounded_share(share) if share.n else share)
        for value, share in count_groups(indicator, part, column).items()
    ]


def counts_under(
    counts: Sequence[tuple[str, int]], chosen: CampaignFilter
) -> list[tuple[str, int | None]]:
    """Counts of categories beside their sum; None where hidden, of fives under a filter."""
    numbers = [n for _, n in counts]
    hidden = hide_small(numbers).cells if chosen.is_everything else map(is_small, numbers)
    told = numbers if chosen.is_everything else [rounded(n) for n in numbers]
    return [
        (name, None if is_hidden else n)
        for (name, _), n, is_hidden in zip(counts, told, hidden, strict=True)
    ]


def backlog_under(whole: pl.DataFrame, chosen: CampaignFilter) -> Proportion | None:
    """How many exams nobody has read, as far as a filter may show it."""
    return shown_under(_UNREAD, whole, chosen)


def oldest_unread_days(exams: pl.DataFrame) -> int | None:
    """The days that the oldest exam waits that nobody has read."""
    oldest = exams.filter(pl.col("read_date").is_null())["unread_days"].max()
    return None if oldest is None else int(str(oldest))


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
