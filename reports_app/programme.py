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
from tasks.publish.suppression import hide_small, shown_count

TOP_SHARE = 0.10
_PLACED = ("patient_key", "day", "site", "manufacturer", "age_band", "comuna")

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
    of few women. A period, or several columns, give counts of fives, and nothing where one of
    the choices alone is hidden or would be left with few: else they would tell of it.

    Args:
        indicator: Which share.
        whole: The programme's exams.
        chosen: The filter.
    """
    outer = _choices_alone(indicator, whole, chosen)
    if not chosen.is_crossed:
        return outer[-1]
    return _crossed(count(indicator, whole, chosen.condition()), outer)


def _choices_alone(
    indicator: Indicator, whole: pl.DataFrame, chosen: CampaignFilter
) -> list[Proportion | None]:
    """What is told of everything, and of each column's choice without the others."""
    counted = count(indicator, whole)
    choices = [shown_choice(indicator, whole, *choice) for choice in chosen.choices.items()]
    return [shown_part(counted, counted), *choices]


def coverage_under(
    whole: pl.DataFrame, targets: pl.DataFrame, denominator: str, chosen: CampaignFilter
) -> Proportion | None:
    """Women reached as far as a filter may show them; more than there are is no answer."""
    everywhere = coverage(whole, targets, denominator)
    if chosen.is_everything:
        counted = everywhere
    else:
        part = whole.select(_PLACED).filter(chosen.condition())
        counted = coverage(part, targets_under(targets, chosen), denominator)
    return None if counted.n_events > counted.n else _part_under(everywhere, counted)


def comuna_coverage(
    whole: pl.DataFrame, targets: pl.DataFrame, chosen: CampaignFilter
) -> dict[str, Proportion | None]:
    """Coverage of each comuna that a filter keeps, as far as it may be shown: of fives."""
    everywhere = coverage(whole, targets, "n_women")
    known = targets_under(targets, chosen).drop_nulls("n_women")
    reached = _reached(whole.select(_PLACED).filter(chosen.condition()), known)
    n_reached = dict(reached.group_by("comuna").len().iter_rows())
    n_women = known.group_by("comuna").agg(pl.col("n_women").sum())
    counted = {name: Proportion(n_reached.get(name, 0), n) for name, n in n_women.iter_rows()}
    return {
        name: None if share.n_events > share.n else _part_under(everywhere, share)
        for name, share in counted.items()
    }


def _part_under(whole: Proportion, part: Proportion) -> Proportion | None:
    told = shown_part(whole, whole)
    return None if told is None else rounded_share(part, [told])


def targets_under(targets: pl.DataFrame, chosen: CampaignFilter) -> pl.DataFrame:
    """The women to reach of the comunas and ages that a filter keeps."""
    kept = {"comuna": chosen.comunas, "age_band": chosen.age_bands}
    conditions = [pl.col(name).is_in(values) for name, values in kept.items() if values]
    return targets.filter(*conditions)


def groups_under(
    indicator: Indicator, whole: pl.DataFrame, column: str, chosen: CampaignFilter
) -> list[Group]:
    """The indicator in each group of the part that a filter keeps.

    A filter crosses the groups: they are of fives then, and hidden as `shown_under` hides.
    """
    alone = by_group(indicator, whole, column)
    if chosen.is_everything:
        return alone
    outer, groups = _choices_alone(indicator, whole, chosen), dict(alone)
    part = count_groups(indicator, whole, column, chosen.condition())
    return [
        Group(value, _crossed(share, [*outer, groups[value]])) for value, share in part.items()
    ]


def _crossed(share: Proportion, outer: Sequence[Proportion | None]) -> Proportion | None:
    if not share.n:
        return share
    told = [one for one in outer if one is not None]
    return None if len(told) < len(outer) else rounded_share(share, told)


def counts_under(
    whole: pl.DataFrame, column: str, chosen: CampaignFilter
) -> list[tuple[str, int | None]]:
    """How many exams that a filter keeps are in each category, in order; None where hidden.

    Args:
        whole: The programme's exams.
        column: Such as birads_assessment or week.
        chosen: The filter; under it counts are of fives.
    """
    everywhere = _category_counts(whole, column)
    hidden = hide_small(list(everywhere.values())).cells
    told = {
        name: n
        for (name, n), is_hidden in zip(everywhere.items(), hidden, strict=True)
        if not is_hidden
    }
    if chosen.is_everything:
        return [(name, told.get(name)) for name in everywhere]
    part = _category_counts(whole.filter(chosen.condition()), column)
    return [
        (name, shown_count(told[name], n) if name in told else None) for name, n in part.items()
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
    return Proportion(_reached(exams, known).height, int(known[denominator].sum()))


def _reached(exams: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """One row a woman and target that she was screened for."""
    in_period = pl.col("day").is_between(pl.col("first_day"), pl.col("last_day"))
    placed = exams.select("patient_key", "day", "comuna", "age_band")
    reached = placed.join(known, on=["comuna", "age_band"]).filter(in_period)
    return reached.select("patient_key", "comuna", "age_band", "first_day").unique()


def _category_counts(exams: pl.DataFrame, column: str) -> dict[str, int]:
    counts = exams[column].drop_nulls().value_counts().sort(column)
    return {str(value): int(n) for value, n in counts.iter_rows()}
