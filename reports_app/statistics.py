"""Every indicator of the programme as a record: what was counted, of how many, against what.

The campaign page's tiles and what is written to take away show the same; what would tell of
few women has no numbers here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from reports_app.campaign import EVERYTHING, CampaignFilter
from reports_app.programme import (
    backlog_under,
    coverage_under,
    groups_under,
    oldest_unread_days,
    shown_under,
)
from tasks.publish.indicators import (
    INDICATORS,
    SPREADS,
    Indicator,
    count,
    missing,
    missing_columns,
)
from tasks.publish.proportions import Proportion, spread
from tasks.publish.suppression import shown_count

State = Literal["shown", "hidden", "missing"]
_COVERAGES = {"coverage": ("n_women", "targets"), "participation": ("n_invited", "n_invited")}
"""Of each: its denominator in `targets`, and what is missing without it."""


@dataclass(frozen=True)
class Statistic:
    """One figure; numbers are None unless it is shown.

    Args:
        indicator: Its name.
        group: The value of what it is grouped by; None for the whole part.
        value: A share 0-1, or the median in days, or a count.
        low: Lower end of the share's 95 % interval.
        high: Upper end of it.
        p90: Of days.
        longest: Of days.
        unit: share, days or exams.
        scale: A share is shown per hundred or per thousand.
        benchmark: A share 0-1, where there is one.
        lacks: Columns that no exam knows.
    """

    indicator: str
    state: State
    group: str | None = None
    n_events: int | None = None
    n: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p90: float | None = None
    longest: float | None = None
    unit: Literal["share", "days", "exams"] = "share"
    scale: int = 100
    benchmark: float | None = None
    lacks: tuple[str, ...] = ()


def programme_statistics(
    whole: pl.DataFrame,
    part: pl.DataFrame,
    targets: pl.DataFrame,
    chosen: CampaignFilter = EVERYTHING,
) -> list[Statistic]:
    """Every indicator, in the page's order.

    Args:
        whole: The programme's exams (`reports_app.programme.join_programme`).
        part: Those that a filter left.
        targets: Rows of `targets`, all of them.
        chosen: That filter; it decides what may be told beside other filters' answers.
    """
    return [
        *(_coverage(name, whole, part, targets, chosen) for name in _COVERAGES),
        *(_indicator(indicator, whole, part, chosen) for indicator in INDICATORS),
        _backlog(whole, part, chosen),
        *(_spread(name, whole, part) for name in SPREADS),
    ]


def grouped_statistics(
    whole: pl.DataFrame, column: str, chosen: CampaignFilter = EVERYTHING
) -> list[Statistic]:
    """Every computable indicator in each group of a column, such as site.

    What is hidden follows from no other group, no total and no other filter's answer.
    """
    named = whole.with_columns(pl.col(column).cast(pl.String).fill_null(""))
    return [
        row for indicator in INDICATORS for row in _groups(indicator, named, column, chosen)
    ]


def _groups(
    indicator: Indicator, whole: pl.DataFrame, column: str, chosen: CampaignFilter
) -> Iterator[Statistic]:
    if missing(indicator, whole.filter(chosen.condition())):
        return
    for group in groups_under(indicator, whole, column, chosen):
        if group.share is None or group.share.n:
            yield _of_share(indicator, group.share, group.value)


def _indicator(
    indicator: Indicator, whole: pl.DataFrame, part: pl.DataFrame, chosen: CampaignFilter
) -> Statistic:
    if lacks := missing(indicator, part):
        return _missing(indicator.name, lacks)
    counted = count(indicator, part)
    if not counted.n:
        return _missing(indicator.name, ["events"])
    return _of_share(indicator, shown_under(indicator, whole, chosen))


def _of_share(
    indicator: Indicator, share: Proportion | None, group: str | None = None
) -> Statistic:
    facts = (indicator.scale, indicator.benchmark)
    if share is None:
        return _hidden(indicator.name, group)
    return _shown(indicator.name, share, *facts, group=group)


def _coverage(
    name: str,
    whole: pl.DataFrame,
    part: pl.DataFrame,
    targets: pl.DataFrame,
    chosen: CampaignFilter,
) -> Statistic:
    column, need = _COVERAGES[name]
    if targets[column].is_null().all():
        return _missing(name, [need])
    if (part["comuna"] == "").all():
        return _missing(name, ["comuna"])
    shown = coverage_under(whole, targets, column, chosen)
    return _hidden(name) if shown is None else _shown(name, shown, 100, 0.70)


def _backlog(whole: pl.DataFrame, part: pl.DataFrame, chosen: CampaignFilter) -> Statistic:
    unread = backlog_under(whole, chosen)
    if unread is None:
        return _hidden("backlog")
    oldest = oldest_unread_days(part)
    return Statistic(
        "backlog", "shown", n=unread.n, value=unread.n_events, longest=oldest, unit="exams"
    )


def _spread(name: str, whole: pl.DataFrame, part: pl.DataFrame) -> Statistic:
    column, need = SPREADS[name]
    days = spread(part[column])
    if missing_columns([need], part) or days is None:
        return _missing(name, [need])
    n = shown_count(whole[column].count(), days.n)
    if n is None:
        return _hidden(name)
    return Statistic(
        name,
        "shown",
        n=n,
        value=days.median,
        p90=days.p90,
        longest=days.longest,
        unit="days",
    )


def _shown(
    name: str, share: Proportion, scale: int, benchmark: float | None, group: str | None = None
) -> Statistic:
    low, high = share.interval or (None, None)
    return Statistic(
        name,
        "shown",
        group,
        n_events=share.n_events,
        n=share.n,
        value=share.value,
        low=low,
        high=high,
        scale=scale,
        benchmark=benchmark,
    )


def _hidden(name: str, group: str | None = None) -> Statistic:
    return Statistic(name, "hidden", group)


def _missing(name: str, lacks: Sequence[str]) -> Statistic:
    return Statistic(name, "missing", lacks=tuple(lacks))
