"""The campaign page's cards that compare parts: equity, weeks, comunas, categories.

Each part is told as `shown_count` allows; the tables sort by a click on a heading.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import html

from reports_app import programme_figures
from reports_app.campaign import AGE_BANDS, CampaignFilter
from reports_app.components import Cell, card, graph, nothing, sortable_table
from reports_app.links import Address
from reports_app.programme import comuna_coverage, counts_under, groups_under
from reports_app.texts import NO_VALUE, Texts
from tasks.publish.indicators import (
    INDICATORS,
    Group,
    Indicator,
    equity_ratio,
    missing,
)
from tasks.publish.proportions import Proportion
from tasks.publish.suppression import shown_count

EQUITY_GROUPS = (
    "site", "manufacturer", "age_band", "comuna", "insurance_tier", "is_mobile",
)  # fmt: skip
_BY_NAME = {indicator.name: indicator for indicator in INDICATORS}
_OF_COMUNAS = ("recall_rate", "detection_rate")


def comparison_cards(address: Address, whole: pl.DataFrame) -> list[html.Section]:
    """An indicator in each group, and by week, as the address asks for."""
    t, chosen = address.texts, address.campaign_filter
    indicator = _BY_NAME.get(address.first("indicator") or "", INDICATORS[0])
    column = address.first("compare")
    column = column if column in EQUITY_GROUPS else EQUITY_GROUPS[0]
    named = whole.with_columns(pl.col(column).cast(pl.String).fill_null(""))
    groups = groups_under(indicator, named, column, chosen)
    weeks = [one for one in groups_under(indicator, whole, "week", chosen) if one.share]
    name = t(f"kpi.{indicator.name}")
    figure = programme_figures.trend(weeks, indicator, t)
    drawn = graph("trend", figure, t("alt.trend", name=name), 300) if weeks else nothing(t)
    equity = [_choices(t, indicator, column), _equity_table(t, indicator, column, groups)]
    return [
        card(f"{t('card.equity')}: {name}", [*equity, _ratio(t, indicator, column, groups)]),
        card(f"{t('card.trend')}: {name}", [drawn]),
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
        t(f"by.{column}"), t("equity.of"), t("equity.value"), t("equity.interval"),
    ]  # fmt: skip
    rows = [
        [_label_cell(t, column, group.value), *_share_cells(t, group.share, indicator.scale)]
        for group in groups
    ]
    return sortable_table(head, rows, t("card.equity"))


def _label_cell(t: Texts, column: str, value: str) -> Cell:
    """A group's name; age bands sort by age, not by their words, and the unknown comes last."""
    label = _label(t, column, value)
    if column == "age_band" and value:
        return Cell(label, AGE_BANDS.index(value))
    return Cell(label, label if value else None)


def _share_cells(t: Texts, share: Proportion | None, scale: int) -> list[Cell]:
    """How many of how many, the value and its interval; or that they are hidden."""
    if share is None:
        return [Cell(t("kpi.hidden")), Cell(NO_VALUE), Cell(NO_VALUE)]
    if share.interval is None:
        return [Cell("0", 0), Cell(NO_VALUE), Cell(NO_VALUE)]
    bounds = (t.number(scale * bound, 1) for bound in share.interval)
    return [
        Cell(f"{t.number(share.n_events)} / {t.number(share.n)}", share.n),
        Cell(t.rate(share.value, scale), share.value),
        Cell(html.Span(f" {NO_VALUE} ".join(bounds), className="interval"), share.interval[0]),
    ]


def comuna_card(address: Address, whole: pl.DataFrame, targets: pl.DataFrame) -> html.Section:
    """Coverage, recall and detection of each comuna in one table."""
    t, chosen = address.texts, address.campaign_filter
    title = t("card.comunas")
    if (whole["comuna"] == "").all():
        missing_words = t("kpi.missing", what=t("need.comuna"))
        return card(title, [html.P(missing_words, className="muted")], 12)
    columns = {"coverage": (100, comuna_coverage(whole, targets, chosen))} | {
        name: (_BY_NAME[name].scale, _by_comuna(_BY_NAME[name], whole, chosen))
        for name in _OF_COMUNAS
    }
    head = [
        t("by.comuna"),
        *(
            words
            for name in columns
            for words in (t(f"comuna.{name}"), t(f"kpi.{name}"), t("equity.interval"))
        ),
    ]
    named = {comuna for _, shares in columns.values() for comuna in shares}
    comunas = sorted(named, key=lambda one: (one == "", one))
    nobody = Proportion(0, 0)
    rows = [
        [
            _label_cell(t, "comuna", comuna),
            *(
                cell
                for scale, shares in columns.values()
                for cell in _share_cells(t, shares.get(comuna, nobody), scale)
            ),
        ]
        for comuna in comunas
    ]
    return card(title, [sortable_table(head, rows, title)], 12)


def _by_comuna(
    indicator: Indicator, whole: pl.DataFrame, chosen: CampaignFilter
) -> dict[str, Proportion | None]:
    if missing(indicator, whole):
        return {}
    return dict(groups_under(indicator, whole, "comuna", chosen))


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


def category_card(address: Address, whole: pl.DataFrame) -> html.Section:
    """How many exams have each BI-RADS assessment and density."""
    t = address.texts
    tables = [
        _category_table(address, whole, column)
        for column in ("birads_assessment", "breast_density")
    ]
    return card(t("card.categories"), [html.Div(tables, className="halves")], 12)


def _category_table(address: Address, whole: pl.DataFrame, column: str) -> Any:
    t, chosen = address.texts, address.campaign_filter
    counts = counts_under(whole, column, chosen)
    part = whole.filter(chosen.condition())
    total = shown_count(whole[column].count(), part[column].count())
    if not counts or not total:
        return nothing(t)
    rows = [
        [
            Cell(value, value),
            Cell(t("kpi.hidden") if n is None else t.number(n), n),
            Cell(NO_VALUE if n is None else t.percent(n / total), n),
        ]
        for value, n in counts
    ]
    name = t(f"category.{column}")
    return sortable_table([name, t("table.n"), t("table.share")], rows, name)
