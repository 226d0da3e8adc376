"""The campaign page's programme indicators: a tile each, then the cards that compare parts.

Each tile says what it rests on, or what is missing; what would tell of few women is hidden.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl
from dash import html

from reports_app.components import tile
from reports_app.links import Address
from reports_app.pages.campaign_comparison import category_card, comparison_cards, comuna_card
from reports_app.programme import (
    backlog_under,
    coverage_under,
    oldest_unread_days,
    shown_under,
    targets_under,
)
from reports_app.texts import TEXTS, Texts
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

COVERAGES = ("coverage", "participation")
"""Shares of women; all others are of exams."""

PROGRAMME_ID = "programme"
"""Where the page's head links to: the indicators stand below what a night did."""


def programme_section(
    address: Address, whole: pl.DataFrame, part: pl.DataFrame, targets: pl.DataFrame
) -> list[Any]:
    """Heading, tiles and cards.

    Args:
        address: Names the language, the indicator to compare, and by what.
        whole: The programme's exams.
        part: Those that the filters left.
        targets: Rows of `targets`, all of them.
    """
    t, chosen = address.texts, address.campaign_filter
    tiles = [
        *(_coverage_tile(address, name, whole, part, targets) for name in COVERAGES),
        *(_indicator_tile(address, indicator, whole, part) for indicator in INDICATORS),
        _backlog_tile(address, whole, part),
        *(_spread_tile(t, name, whole, part) for name in SPREADS),
    ]
    of_fives = html.P(t("programme.rounded"), className="warning small")
    return [
        html.H2(t("programme.title"), id=PROGRAMME_ID),
        html.P(t("programme.lead"), className="muted small"),
        *([of_fives] if chosen.is_crossed else []),
        html.Div(tiles, className="tiles"),
        html.Div(
            [
                *comparison_cards(address, whole),
                comuna_card(address, whole, targets),
                category_card(address, whole),
            ],
            className="cards",
        ),
    ]


def _benchmark(t: Texts, name: str) -> str | None:
    key = f"kpi.{name}_benchmark"
    return t(key) if key in TEXTS else None


def _without(t: Texts, name: str, needs: Sequence[str]) -> html.Div:
    what = ", ".join(t(f"need.{need}") for need in needs)
    lines = [t("kpi.missing", what=what)]
    return tile(t, name, t("kpi.not_computable"), lines, _benchmark(t, name))


def _indicator_tile(
    address: Address, indicator: Indicator, whole: pl.DataFrame, part: pl.DataFrame
) -> html.Div:
    t = address.texts
    if lacks := missing(indicator, part):
        return _without(t, indicator.name, lacks)
    shown = shown_under(indicator, whole, address.campaign_filter)
    return _share_tile(t, indicator.name, count(indicator, part).n, shown, indicator.scale)


def _share_tile(t: Texts, name: str, n: int, shown: Proportion | None, scale: int) -> html.Div:
    if not n:
        return _without(t, name, ["events"])
    if shown is None:
        return tile(t, name, t("kpi.hidden"), [t("kpi.hidden_why")], _benchmark(t, name))
    lines = [
        t(
            "kpi.of",
            n_events=t.number(shown.n_events),
            n=t.number(shown.n),
            unit=t("unit.women" if name in COVERAGES else "unit.exams"),
        ),
        t("kpi.interval", **_bounds(t, shown, scale)),
    ]
    return tile(t, name, t.rate(shown.value, scale), lines, _benchmark(t, name))


def _bounds(t: Texts, share: Proportion, scale: int) -> dict[str, str]:
    low, high = share.interval or (None, None)
    return {"low": t.rate(low, scale), "high": t.rate(high, scale)}


def _coverage_tile(
    address: Address, name: str, whole: pl.DataFrame, part: pl.DataFrame, targets: pl.DataFrame
) -> html.Div:
    t, chosen = address.texts, address.campaign_filter
    column = "n_women" if name == "coverage" else "n_invited"
    if targets[column].is_null().all():
        return _without(t, name, ["targets" if name == "coverage" else "n_invited"])
    if (part["comuna"] == "").all():
        return _without(t, name, ["comuna"])
    n_women = int(targets_under(targets, chosen)[column].sum())
    return _share_tile(t, name, n_women, coverage_under(whole, targets, column, chosen), 100)


def _backlog_tile(address: Address, whole: pl.DataFrame, part: pl.DataFrame) -> html.Div:
    t = address.texts
    unread = backlog_under(whole, address.campaign_filter)
    if unread is None:
        return tile(t, "backlog", t("kpi.hidden"), [t("kpi.hidden_why")])
    oldest = oldest_unread_days(part)
    lines = [t("kpi.oldest", days=t.number(oldest))] if unread.n_events else []
    return tile(t, "backlog", t.number(unread.n_events), lines)


def _spread_tile(t: Texts, name: str, whole: pl.DataFrame, part: pl.DataFrame) -> html.Div:
    column, need = SPREADS[name]
    if missing_columns([need], part):
        return _without(t, name, [need])
    days = spread(part[column])
    if days is None:
        return _without(t, name, ["events"])
    n = shown_count(whole[column].count(), days.n)
    if n is None:
        return tile(t, name, t("kpi.hidden"), [t("kpi.hidden_why")], _benchmark(t, name))
    numbers = {
        "p90": t.number(days.p90),
        "longest": t.number(days.longest),
        "n": t.number(n),
    }
    lines = [t("kpi.days_detail", **numbers)]
    value = t("kpi.days", days=t.number(days.median))
    return tile(t, name, value, lines, _benchmark(t, name))
