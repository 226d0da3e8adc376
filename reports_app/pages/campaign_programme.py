"""The campaign page's programme indicators: a tile each, then equity, weeks and categories.

Each tile says what it rests on, or what is missing; what would tell of few women is hidden.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import html

from reports_app import programme_figures
from reports_app.components import card, graph, nothing, table, tile
from reports_app.links import Address
from reports_app.programme import (
    backlog_under,
    category_counts,
    counts_under,
    coverage,
    coverage_under,
    groups_under,
    oldest_unread_days,
    shown_under,
)
from reports_app.texts import NO_VALUE, TEXTS, Texts
from tasks.publish.indicators import (
    INDICATORS,
    SPREADS,
    Group,
    Indicator,
    count,
    equity_ratio,
    missing,
    missing_columns,
)
from tasks.publish.proportions import Proportion, spread
from tasks.publish.suppression import is_small, rounded

EQUITY_GROUPS = (
    "site", "manufacturer", "age_band", "comuna", "insurance_tier", "is_mobile",
)  # fmt: skip
_BY_NAME = {indicator.name: indicator for indicator in INDICATORS}


def programme_section(
    address: Address, whole: pl.DataFrame, part: pl.DataFrame, targets: pl.DataFrame
) -> list[Any]:
    """Heading, tiles and cards.

    Args:
        address: Names the language, the indicator to compare, and by what.
        whole: The programme's exams.
        part: Those that the filters left.
        targets: Rows of `targets`.
    """
    t, chosen = address.texts, address.campaign_filter
    is_exact = chosen.is_everything or chosen.only is not None
    tiles = [
        *(
            _coverage_tile(address, name, part, targets)
            for name in ("coverage", "participation")
        ),
        *(_indicator_tile(address, indicator, whole, part) for indicator in INDICATORS),
        _backlog_tile(address, whole, part),
        *(_spread_tile(address, name, part) for name in SPREADS),
    ]
    return [
        html.H2(t("programme.title")),
        html.P(t("programme.lead"), className="muted small"),
        *([] if is_exact else [html.P(t("programme.rounded"), className="warning small")]),
        html.Div(tiles, className="tiles"),
        html.Div(
            [*_comparison_cards(address, part), _category_card(address, part)],
            className="cards",
        ),
    ]


def shown_value(t: Texts, value: float | None, scale: int) -> str:
    """A share per hundred or per thousand."""
    if scale == 100 or value is None:
        return t.percent(value)
    return f"{t.number(1000 * value, 1)} {t('unit.per_1000')}"


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
    counted = count(indicator, part)
    shown = shown_under(indicator, whole, address.campaign_filter)
    return _share_tile(t, indicator.name, counted, shown, indicator.scale)


def _share_tile(
    t: Texts, name: str, counted: Proportion, shown: Proportion | None, scale: int
) -> html.Div:
    if not counted.n:
        return _without(t, name, ["events"])
    if shown is None:
        return tile(t, name, t("kpi.hidden"), [t("kpi.hidden_why")], _benchmark(t, name))
    lines = [
        t(
            "kpi.of",
            n_events=t.number(shown.n_events),
            n=t.number(shown.n),
            unit=t("unit.exams"),
        ),
        t("kpi.interval", **_bounds(t, shown, scale)),
    ]
    return tile(t, name, shown_value(t, shown.value, scale), lines, _benchmark(t, name))


def _bounds(t: Texts, share: Proportion, scale: int) -> dict[str, str]:
    low, high = share.interval or (None, None)
    return {"low": shown_value(t, low, scale), "high": shown_value(t, high, scale)}


def _coverage_tile(
    address: Address, name: str, part: pl.DataFrame, targets: pl.DataFrame
) -> html.Div:
    t = address.texts
    column = "n_women" if name == "coverage" else "n_invited"
    if targets[column].is_null().all():
        return _without(t, name, ["targets" if name == "coverage" else "n_invited"])
    if (part["comuna"] == "").all():
        return _without(t, name, ["comuna"])
    counted = coverage(part, targets, column)
    shown = coverage_under(counted, address.campaign_filter)
    return _share_tile(t, name, counted, shown, 100)


def _backlog_tile(address: Address, whole: pl.DataFrame, part: pl.DataFrame) -> html.Div:
    t = address.texts
    unread = backlog_under(whole, address.campaign_filter)
    if unread is None:
        return tile(t, "backlog", t("kpi.hidden"), [t("kpi.hidden_why")])
    oldest = oldest_unread_days(part)
    lines = [t("kpi.oldest", days=t.number(oldest))] if unread.n_events else []
    return tile(t, "backlog", t.number(unread.n_events), lines)


def _spread_tile(address: Address, name: str, part: pl.DataFrame) -> html.Div:
    t = address.texts
    column, need = SPREADS[name]
    if missing_columns([need], part):
        return _without(t, name, [need])
    days = spread(part[column])
    if days is None:
        return _without(t, name, ["events"])
    if is_small(days.n):
        return tile(t, name, t("kpi.hidden"), [t("kpi.hidden_why")], _benchmark(t, name))
    numbers = {
        "p90": t.number(days.p90),
        "longest": t.number(days.longest),
        "n": t.number(days.n if address.campaign_filter.is_everything else rounded(days.n)),
    }
    lines = [t("kpi.days_detail", **numbers)]
    value = t("kpi.days", days=t.number(days.median))
    return tile(t, name, value, lines, _benchmark(t, name))


def _comparison_cards(address: Address, part: pl.DataFrame) -> list[html.Section]:
    t, chosen = address.texts, address.campaign_filter
    indicator = _BY_NAME.get(address.first("indicator") or "", INDICATORS[0])
    column = address.first("compare")
    column = column if column in EQUITY_GROUPS else EQUITY_GROUPS[0]
    named = part.with_columns(pl.col(column).cast(pl.String).fill_null(""))
    groups = groups_under(indicator, named, column, chosen)
    weeks = [one for one in groups_under(indicator, part, "week", chosen) if one.share]
    name = t(f"kpi.{indicator.name}")
    figure = programme_figures.trend(weeks, indicator, t)
    drawn = graph("trend", figure, t("alt.trend", name=name), 300) if weeks else nothing(t)
    equity = [_choices(t, indicator, column), _equity_table(t, indicator, column, groups)]
    return [
        card(t("card.equity"), [*equity, _ratio(t, indicator, column, groups)]),
        card(t("card.trend"), [drawn]),
    ]


def _choices(t: Texts, indicator: Indicator, column: str) -> html.Div:
    by = [{"value": name, "label": t(f"by.{name}")} for name in EQUITY_GROUPS]
    names = [{"value": name, "label": t(f"kpi.{name}")} for name in _BY_NAME]
    return html.Div(
        [
            _select(t, "equity-indicator", "equity.indicator", names, indicator.name),
            _select(t, "equity-by", "equity.by", by, column),
        ],
        className="filters",
    )


def _select(
    t: Texts, name: str, label: str, data: list[dict[str, str]], value: str
) -> dmc.Select:
    return dmc.Select(
        id=name, label=t(label), data=data, value=value, allowDeselect=False, size="sm"
    )


def _equity_table(
    t: Texts, indicator: Indicator, column: str, groups: Sequence[Group]
) -> html.Table:
    head = [
        t(f"by.{column}"), t("table.n"), t("equity.value"), t("equity.interval"),
    ]  # fmt: skip
    rows = [_equity_row(t, indicator, column, group) for group in groups]
    return table(head, rows, t("card.equity"))


def _equity_row(t: Texts, indicator: Indicator, column: str, group: Group) -> html.Tr:
    label = html.Th(_label(t, column, group.value), scope="row")
    if group.share is None:
        return html.Tr([label, html.Td(t("kpi.hidden"), colSpan=3)])
    if not group.share.n:
        return html.Tr([label, html.Td("0"), html.Td(NO_VALUE), html.Td(NO_VALUE)])
    bounds = _bounds(t, group.share, indicator.scale)
    value = shown_value(t, group.share.value, indicator.scale)
    cells = [t.number(group.share.n), value, t("kpi.interval", **bounds)]
    return html.Tr([label, *map(html.Td, cells)])


def _ratio(t: Texts, indicator: Indicator, column: str, groups: Sequence[Group]) -> html.P:
    """Worst ÷ best: of a ceiling the highest is the worst, of anything else the lowest."""
    ratio = equity_ratio(groups)
    if ratio is None:
        return html.P(t("equity.no_ratio"), className="muted small")
    known = {
        one.value: one.share.value
        for one in groups
        if one.value and one.share is not None and one.share.value is not None
    }
    ordered = sorted(known, key=lambda name: known[name])
    ends = (ordered[-1], ordered[0]) if indicator.is_upper else (ordered[0], ordered[-1])
    worst, best = (_label(t, column, name) for name in ends)
    shown = t.number(1 / ratio if indicator.is_upper and ratio else ratio, 2)
    return html.P(
        t("equity.ratio", worst=worst, best=best, ratio=shown), className="muted small"
    )


def _label(t: Texts, column: str, value: str) -> str:
    kind = {"age_band": "age", "is_mobile": "mobile"}.get(column, column)
    return t.code(kind, value or None)


def _category_card(address: Address, part: pl.DataFrame) -> html.Section:
    t = address.texts
    tables = [
        _category_table(address, part, column)
        for column in ("birads_assessment", "breast_density")
    ]
    return card(t("card.categories"), [html.Div(tables, className="halves")], 12)


def _category_table(address: Address, part: pl.DataFrame, column: str) -> Any:
    t = address.texts
    counts = counts_under(category_counts(part, column), address.campaign_filter)
    if not counts:
        return nothing(t)
    total = part[column].count()
    rows = [
        html.Tr(
            [
                html.Th(value, scope="row"),
                html.Td(t("kpi.hidden") if n is None else t.number(n)),
                html.Td(NO_VALUE if n is None else t.percent(n / total)),
            ]
        )
        for value, n in counts
    ]
    name = t(f"category.{column}")
    return table([name, t("table.n"), t("table.share")], rows, name)
