"""The campaign page's cards: volumes, accounting, distributions, exclusions, waiting.

They show what the filters left; where that is nothing they say so.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import html

from reports_app import figures
from reports_app.campaign import Campaign, state_table
from reports_app.components import (
    HIDDEN,
    Cell,
    card,
    graph,
    named,
    nothing,
    sortable_table,
    table,
)
from reports_app.funnel import Step, funnel_bars
from reports_app.links import Address
from reports_app.palette import STATES as STATE_COLOURS
from reports_app.texts import NO_VALUE, Texts
from tasks.publish.accounting import STATES
from tasks.publish.proportions import exclusion, spread

GROUPINGS = ("site", "manufacturer", "age_band")


def campaign_cards(
    address: Address, campaign: Campaign, total_of_run: int | None
) -> list[html.Section]:
    """The cards in reading order.

    Args:
        address: Names the language and what to group by.
        campaign: The part that the filters left; not empty.
        total_of_run: Objects that the last night counted; None where filters are set.
    """
    t = address.texts
    return [
        *_volume_cards(t, campaign),
        *_accounting_cards(t, campaign, total_of_run),
        *_score_cards(t, campaign),
        _group_card(address, campaign),
        *_exclusion_cards(t, campaign),
        *_waiting_cards(t, campaign),
    ]


def funnel_cards(t: Texts, steps: Sequence[Step]) -> list[html.Section]:
    """The way from object to reading, as bars and with the reasons for what fell off."""
    words = t("alt.funnel", n_objects=t.number(steps[0].n), n_read=t.number(steps[-1].n))
    bars = graph("funnel", funnel_bars(list(steps), t), words, 260)
    rows = [
        html.Tr(
            [
                html.Th(t(f"funnel.{step.name}"), scope="row"),
                html.Td(t.number(step.n)),
                html.Td(_lost(t, step) or NO_VALUE, className="words"),
            ]
        )
        for step in steps
    ]
    head = [t("funnel.step"), t("table.n"), t("funnel.lost")]
    title = t("card.funnel")
    return [
        card(title, [bars]),
        card(t("card.funnel_reasons"), [table(head, rows, title)]),
    ]


def _lost(t: Texts, step: Step) -> str:
    return " · ".join(f"{t.code(kind, code)} {t.number(n)}" for kind, code, n in step.lost)


def _volume_cards(t: Texts, campaign: Campaign) -> list[html.Section]:
    exams = campaign.exams
    if exams.is_empty():
        return [card(t("card.volumes"), [nothing(t)], 12)]
    days = exams["day"]
    words = t("alt.volumes", n=t.number(exams.height), first=days.min(), last=days.max())
    return [
        card(t("card.volumes"), [graph("volumes", figures.volumes(exams, t), words, 300)], 7),
        card(t("card.sites"), [_site_table(t, exams)], 5),
    ]


def _site_table(t: Texts, exams: pl.DataFrame) -> html.Table:
    names = ("site", "exams", "scored", "excluded", "waiting")
    head = [t("filter.site"), *(t(f"table.{name}") for name in names[1:])]
    rows = [
        _site_row(t, label, exams.filter(site=value))
        for value, label in figures.group_labels(exams, "site", t)
    ]
    total = _site_row(t, t("table.total"), exams)
    return sortable_table(head, rows, t("card.sites"), total)


def _site_row(t: Texts, label: str, exams: pl.DataFrame) -> list[Cell]:
    waiting = spread(exams["waiting_days"])
    counts = [exams.filter(state=state).height for state in ("scored", "unscorable")]
    return [
        Cell(label, label),
        *(Cell(t.number(n), n) for n in (exams.height, *counts)),
        Cell(t.number(waiting.median), waiting.median) if waiting else Cell(NO_VALUE),
    ]


def _accounting_cards(
    t: Texts, campaign: Campaign, total_of_run: int | None
) -> list[html.Section]:
    total = campaign.n_objects
    rows = state_table(campaign.objects, STATES)
    n_unscored = sum(n for _, reason, n in rows if reason)
    figure = graph(
        "reasons",
        figures.reasons(rows, t),
        t("alt.reasons", n=t.number(n_unscored)),
        100 + 24 * len(rows),
    )
    return [
        card(
            t("card.accounting"),
            [
                _state_bar(t, rows, total),
                _accounting_table(t, rows, total),
                _agreement(t, total, total_of_run),
            ],
        ),
        card(t("card.reasons"), [figure if n_unscored else nothing(t)]),
    ]


def _state_bar(t: Texts, rows: list[tuple[str, str | None, int]], total: int) -> html.Div:
    parts = [
        html.Div(
            style={"width": f"{100 * n / total:.3f}%", "backgroundColor": STATE_COLOURS[state]},
            title=f"{t.code('state', state)}: {t.number(n)}",
        )
        for state, reason, n in rows
        if reason is None and n
    ]
    return html.Div(parts, className="state-bar", **HIDDEN)


def _accounting_table(
    t: Texts, rows: list[tuple[str, str | None, int]], total: int
) -> html.Table:
    body = [_accounting_row(t, row, total) for row in rows]
    share = html.Td(t.percent(1.0, 0))
    last = html.Tr(
        [html.Th(t("table.total"), scope="row"), html.Td(t.number(total)), share],
        className="total",
    )
    head = [t(f"table.{name}") for name in ("state", "n", "share")]
    return table(head, [*body, last], t("card.accounting"))


def _accounting_row(t: Texts, row: tuple[str, str | None, int], total: int) -> html.Tr:
    state, reason, n = row
    cells = [html.Td(t.number(n)), html.Td(t.percent(n / total))]
    if reason:
        return html.Tr(
            [html.Th(t.code("reason", reason), scope="row"), *cells], className="reason"
        )
    dot = html.Span(className="dot", style={"backgroundColor": STATE_COLOURS[state]})
    return html.Tr(
        [html.Th([dot, t.code("state", state)], scope="row"), *cells], className="state"
    )


def _agreement(t: Texts, total: int, total_of_run: int | None) -> html.P:
    if total_of_run is None:
        return html.P(t("accounting.filtered"), className="muted small")
    key = "accounting.agrees" if total == total_of_run else "accounting.differs"
    return html.P(t(key, total=t.number(total_of_run)), className="muted small")


def _score_cards(t: Texts, campaign: Campaign) -> list[html.Section]:
    scored = campaign.exams.filter(state="scored")
    if scored.is_empty():
        return [card(t("card.scores"), [nothing(t)]), card(t("card.bands"), [nothing(t)])]
    n = t.number(scored.height)
    histogram = graph("scores", figures.score_histogram(scored, t), t("alt.scores", n=n))
    bands = graph("bands", figures.band_bars(scored, t), t("alt.bands", n=n))
    return [card(t("card.scores"), [histogram]), card(t("card.bands"), [bands])]


def _group_card(address: Address, campaign: Campaign) -> html.Section:
    t = address.texts
    by = address.first("by")
    by = by if by in GROUPINGS else "site"
    scored = campaign.exams.filter(state="scored")
    tools = dmc.SegmentedControl(
        id="group-by",
        value=by,
        data=[{"value": name, "label": t(f"by.{name}")} for name in GROUPINGS],
        size="xs",
        **named(t("by.label")),
    )
    if scored.is_empty():
        return card(t("card.groups"), [nothing(t)], 12, tools)
    n = t.number(scored.height)
    height_px = 90 + 34 * len(figures.group_labels(scored, by, t))
    plots = [
        graph(
            "group-scores",
            figures.score_boxes(scored, by, t),
            t("alt.group_scores", n=n),
            height_px,
        ),
        graph(
            "group-bands",
            figures.band_heatmap(scored, by, t),
            t("alt.group_bands", n=n),
            height_px,
        ),
    ]
    return card(t("card.groups"), [html.Div(plots, className="halves")], 12, tools)


def _exclusion_cards(t: Texts, campaign: Campaign) -> list[html.Section]:
    return [
        card(t(f"card.exclusion_{column}"), [_exclusion_graph(t, campaign.exams, column)])
        for column in ("manufacturer", "site")
    ]


def _exclusion_graph(t: Texts, exams: pl.DataFrame, column: str) -> Any:
    share = exclusion(exams)
    if not share.n:
        return nothing(t)
    words = t("alt.exclusion", n=t.number(share.n))
    return graph(f"exclusion-{column}", figures.exclusion_dots(exams, column, t), words)


def _waiting_cards(t: Texts, campaign: Campaign) -> list[html.Section]:
    exams = campaign.exams
    n_waiting, n_timed = (exams[name].count() for name in ("waiting_days", "hours_to_score"))
    waiting = graph(
        "waiting", figures.waiting_histogram(exams, t), t("alt.waiting", n=t.number(n_waiting))
    )
    hours = graph(
        "to-score", figures.hours_boxes(exams, t), t("alt.to_score", n=t.number(n_timed))
    )
    return [
        card(t("card.waiting"), [waiting if n_waiting else nothing(t)]),
        card(t("card.to_score"), [hours if n_timed else nothing(t)]),
    ]
