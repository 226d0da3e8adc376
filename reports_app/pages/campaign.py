"""The campaign page: indicators, the accounting of all objects, distributions, exclusions, waiting.

Everything on it obeys the same filters, so its totals agree.
"""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import Dash, Input, Output, State, dcc, html, no_update

from reports_app import figures
from reports_app.campaign import Campaign, state_table
from reports_app.components import card, graph, message, nothing, proportion_tile, table, tile
from reports_app.data import Reports, age_hours
from reports_app.exam import Row
from reports_app.indicators import Proportion, exclusion, spread
from reports_app.links import CAMPAIGN_PATH, UNKNOWN_IN_ADDRESS, Address
from reports_app.palette import STATES as STATE_COLOURS
from reports_app.texts import Texts
from tasks.publish.accounting import STATES, count_objects

STALE_AFTER_HOURS = 36
GROUPINGS = ("site", "manufacturer", "age_band")


def content(address: Address, reports: Reports) -> list[Any]:
    """The page for what the address asks for."""
    t = address.texts
    everything = reports.campaign()
    if everything.objects.is_empty():
        return [message(t("empty.title"), t("empty.text"))]
    run = reports.last_run()
    head = html.Div([html.H1(t("campaign.title")), _freshness(t, run)], className="page-head")
    return [head, _filters(address, everything), *_body(address, everything, run)]


def _body(address: Address, everything: Campaign, run: Row | None) -> list[Any]:
    t, chosen = address.texts, address.campaign_filter
    campaign = everything.filtered(chosen)
    if chosen.first_day and chosen.last_day and chosen.first_day > chosen.last_day:
        return [html.P(t("filter.upside_down"), className="nothing")]
    if campaign.objects.is_empty():
        return [html.P(t("filter.nothing"), className="nothing")]
    total_of_run = run["n_objects"] if run and chosen.is_everything else None
    return [
        html.Div(_tiles(t, campaign), className="tiles"),
        html.Div(
            [
                *_volume_cards(t, campaign),
                *_accounting_cards(t, campaign, total_of_run),
                *_score_cards(t, campaign),
                _group_card(address, campaign),
                *_exclusion_cards(t, campaign),
                *_waiting_cards(t, campaign),
            ],
            className="cards",
        ),
    ]


def _freshness(t: Texts, run: Row | None) -> html.Div:
    if run is None:
        return html.Div(t("freshness.never"), className="freshness stale")
    words = [
        t(
            "freshness.last_run",
            outcome=t.code("outcome", run["outcome"]).lower(),
            moment=t.moment(run["finished_at"]),
            list_date=t.date(run["list_date"]),
        )
    ]
    if run["failure"]:
        words.append(t("freshness.failure", failure=run["failure"]))
    is_stale = age_hours(run, datetime.now(UTC)) > STALE_AFTER_HOURS
    if is_stale:
        words.append(t("freshness.stale", hours=STALE_AFTER_HOURS))
    is_alarming = is_stale or run["outcome"] != "completed"
    return html.Div(" ".join(words), className="freshness stale" if is_alarming else "freshness")


def _filters(address: Address, everything: Campaign) -> html.Form:
    t, chosen = address.texts, address.campaign_filter
    days = everything.objects["day"]
    bounds = {"min": str(days.min()), "max": str(days.max())}
    return html.Form(
        [
            _day_input(t, "from", str(chosen.first_day or ""), bounds),
            _day_input(t, "to", str(chosen.last_day or ""), bounds),
            _choice(t, "site", everything.choices("site"), chosen.sites, t("filter.all")),
            _choice(
                t, "manufacturer", everything.choices("manufacturer"), chosen.manufacturers,
                t("filter.all_manufacturers"),
            ),
            dcc.Link(t("filter.clear"), href=address.to(CAMPAIGN_PATH).href, className="button quiet"),
            html.Span(t("filter.day_note"), className="muted small filter-note"),
        ],
        className="filters",
        **{"aria-label": t("campaign.filters")},
    )  # fmt: skip


def _day_input(t: Texts, name: str, value: str, bounds: dict[str, str]) -> dmc.TextInput:
    return dmc.TextInput(
        id=f"filter-{name}",
        label=t(f"filter.{name}"),
        value=value,
        attributes={"input": {"type": "date", **bounds}},
        debounce=700,
        size="sm",
        w=150,
    )


def _choice(
    t: Texts, name: str, values: list[str], chosen: tuple[str, ...], placeholder: str
) -> dmc.MultiSelect:
    options = [{"value": value or UNKNOWN_IN_ADDRESS, "label": t.code(name, value or None)} for value in values]
    return dmc.MultiSelect(
        id=f"filter-{name}",
        label=t(f"filter.{name}"),
        data=options,
        value=[value or UNKNOWN_IN_ADDRESS for value in chosen],
        placeholder=None if chosen else placeholder,
        clearable=True,
        size="sm",
        className="choice",
    )


def _tiles(t: Texts, campaign: Campaign) -> list[html.Div]:
    exams, objects = campaign.exams, campaign.objects
    scored = exams.filter(state="scored")
    complete = Proportion(scored["has_four_views"].sum(), scored.height)
    rejected = Proportion(objects.filter(state="rejected").height, objects.height)
    n_pending = exams.filter(state="pending").height
    counts = [t("kpi.exams_detail", scored=t.number(scored.height))]
    if n_pending:
        counts.append(t("kpi.exams_pending", pending=t.number(n_pending)))
    return [
        tile(t, "exams", t.number(exams.height), counts),
        proportion_tile(t, "exclusion", exclusion(exams), "exams", t("kpi.exclusion_benchmark")),
        proportion_tile(t, "complete", complete, "exams"),
        proportion_tile(t, "rejected", rejected, "objects"),
        _waiting_tile(t, exams),
        _to_score_tile(t, exams),
    ]


def _waiting_tile(t: Texts, exams: pl.DataFrame) -> html.Div:
    days = spread(exams["waiting_days"])
    if days is None:
        missing = t("kpi.missing", what=t("kpi.waiting_missing"))
        return tile(t, "waiting", t("kpi.not_computable"), [missing])
    details = [
        t("kpi.waiting_detail", p90=t.number(days.p90), longest=t.number(days.longest)),
        t("kpi.waiting_n", n=t.number(days.n)),
    ]
    return tile(t, "waiting", t("kpi.waiting_value", days=t.number(days.median)), details)


def _to_score_tile(t: Texts, exams: pl.DataFrame) -> html.Div:
    hours = spread(exams["hours_to_score"])
    if hours is None:
        missing = t("kpi.missing", what=t("kpi.to_score_missing"))
        return tile(t, "to_score", t("kpi.not_computable"), [missing])
    details = [
        t("kpi.to_score_detail", p90=t.number(hours.p90)),
        t("kpi.to_score_n", n=t.number(hours.n)),
    ]
    return tile(t, "to_score", t("kpi.to_score_value", hours=t.number(hours.median)), details)


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
    rows.append(_site_row(t, t("table.total"), exams, "total"))
    return table(head, rows, t("card.sites"))


def _site_row(t: Texts, label: str, exams: pl.DataFrame, name: str = "") -> html.Tr:
    waiting = spread(exams["waiting_days"])
    numbers = [
        t.number(exams.height),
        *(t.number(exams.filter(state=state).height) for state in ("scored", "unscorable")),
        t.number(waiting.median) if waiting else "–",
    ]
    return html.Tr([html.Th(label, scope="row"), *(html.Td(n) for n in numbers)], className=name)


def _accounting_cards(
    t: Texts, campaign: Campaign, total_of_run: int | None
) -> list[html.Section]:
    total = count_objects(campaign.objects).total
    rows = state_table(campaign.objects, STATES)
    n_unscored = sum(n for _, reason, n in rows if reason)
    figure = graph("reasons", figures.reasons(rows, t), t("alt.reasons", n=t.number(n_unscored)), 100 + 24 * len(rows))
    return [
        card(
            t("card.accounting"),
            [_state_bar(t, rows, total), _accounting_table(t, rows, total), _agreement(t, total, total_of_run)],
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
    return html.Div(parts, className="state-bar", **{"aria-hidden": "true"})


def _accounting_table(
    t: Texts, rows: list[tuple[str, str | None, int]], total: int
) -> html.Table:
    body = [_accounting_row(t, row, total) for row in rows]
    share = html.Td(t.percent(1.0, 0))
    last = html.Tr([html.Th(t("table.total"), scope="row"), html.Td(t.number(total)), share], className="total")
    head = [t(f"table.{name}") for name in ("state", "n", "share")]
    return table(head, [*body, last], t("card.accounting"))


def _accounting_row(t: Texts, row: tuple[str, str | None, int], total: int) -> html.Tr:
    state, reason, n = row
    cells = [html.Td(t.number(n)), html.Td(t.percent(n / total))]
    if reason:
        return html.Tr([html.Th(t.code("reason", reason), scope="row"), *cells], className="reason")
    dot = html.Span(className="dot", style={"backgroundColor": STATE_COLOURS[state]})
    return html.Tr([html.Th([dot, t.code("state", state)], scope="row"), *cells], className="state")


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
        **{"aria-label": t("by.label")},
    )
    if scored.is_empty():
        return card(t("card.groups"), [nothing(t)], 12, tools)
    n = t.number(scored.height)
    height_px = 90 + 34 * len(figures.group_labels(scored, by, t))
    plots = [
        graph("group-scores", figures.score_boxes(scored, by, t), t("alt.group_scores", n=n), height_px),
        graph("group-bands", figures.band_heatmap(scored, by, t), t("alt.group_bands", n=n), height_px),
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
    hours = graph("to-score", figures.hours_boxes(exams, t), t("alt.to_score", n=t.number(n_timed)))
    return [
        card(t("card.waiting"), [waiting if n_waiting else nothing(t)]),
        card(t("card.to_score"), [hours if n_timed else nothing(t)]),
    ]


def register(app: Dash) -> None:
    """Let the filters move the address, and the address alone decide what the page shows."""

    @app.callback(
        Output("url", "search", allow_duplicate=True),
        Input("filter-from", "value"),
        Input("filter-to", "value"),
        Input("filter-site", "value"),
        Input("filter-manufacturer", "value"),
        Input("group-by", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def choose(*given: Any) -> Any:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        *values, search = given
        chosen = search_of_choice(values, search)
        return no_update if chosen == search else chosen


def search_of_choice(values: list[Any], search: str | None) -> str:
    """The address's search once the filters have these values.

    Args:
        values: First day, last day, sites, manufacturers and grouping, as the controls give them.
        search: The address's present search.
    """
    first_day, last_day, sites, manufacturers, by = values
    address = Address.parse(CAMPAIGN_PATH, search)
    return address.having(
        **{"from": first_day or None, "to": last_day or None},
        site=_chosen(sites),
        manufacturer=_chosen(manufacturers),
        by=None if by in (None, GROUPINGS[0]) else by,
    ).search


def _chosen(values: list[str] | None) -> tuple[str, ...]:
    return tuple(values or ())
