"""The priority list page: who is read first, and why, with the unscorable lane always on top.

The server holds the rows and the grid asks for those it shows. Who reads what is recorded; no
exam is moved or taken off.
"""

import logging
from collections.abc import Collection
from datetime import date
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html

from reports_app.components import message
from reports_app.data import Reports
from reports_app.links import LIST_PATH, Address
from reports_app.pages.list_grid import NO_ROWS, asked_day, asked_version, list_grid, rows_of
from reports_app.pages.list_readings import ACTIONS, Desk, reading_tools, record_readings
from reports_app.texts import NO_VALUE, Texts

LOG = logging.getLogger(__name__)

FILES = ("csv", "xlsx", "json", "pdf")
"""What a list can be taken away as, at `LIST_PATH`.kind."""


def content(address: Address, reports: Reports, readers: Collection[str]) -> list[Any]:
    """The page of the list that the address asks for, else of the latest.

    Args:
        address: Names day and version.
        reports: The lists.
        readers: Accounts that an exam may be assigned to.
    """
    t = address.texts
    dates = reports.list_dates()
    if not dates:
        return [message(t("empty.title"), t("list.empty"))]
    asked, shown = address.day("date"), asked_day(address, reports) or dates[0]
    version = asked_version(address, reports, shown)
    rows = reports.priority_list(shown, version)
    unknown = [html.P(t("list.unknown_date", date=t.date(asked)), className="warning")]
    older = [html.P(t("list.older"), className="warning")]
    return [
        html.Div([html.H1(t("list.title")), _summary(t, rows)], className="page-head"),
        *(unknown if asked and asked != shown else []),
        *(older if version is not None else []),
        _tools(address, reports, shown),
        reading_tools(t, readers),
        list_grid(t),
        html.P(t("list.print"), className="on-paper"),
        html.P([t("list.lead"), " ", t("list.help")], className="muted small"),
    ]


def _summary(t: Texts, rows: pl.DataFrame) -> html.Div:
    first = rows.row(0, named=True)
    model = next(iter(rows["model_version"].drop_nulls()), NO_VALUE)
    counts = t(
        "list.counts",
        listed=t.number(rows.height),
        unscorable=t.number(rows.filter(lane="unscorable").height),
    )
    published = t("list.published", moment=t.moment(first["published_at"]), model=model)
    return html.Div(
        [html.Span(counts), html.Span(published, className="muted")], className="freshness"
    )


def _tools(address: Address, reports: Reports, shown: date) -> html.Div:
    t = address.texts
    days = [{"value": day.isoformat(), "label": t.date(day)} for day in reports.list_dates()]
    versions = reports.list_versions(shown)
    published = [
        {"value": str(one.version), "label": t.moment(one.published_at)} for one in versions
    ]
    version = asked_version(address, reports, shown)
    chosen = str(versions[0].version if version is None else version)
    file = address.to(LIST_PATH).having(
        date=shown.isoformat(), version=None if version is None else chosen
    )
    links = [
        html.A(
            t(f"list.file_{kind}"),
            id=f"list-file-{kind}",
            href=f"{LIST_PATH}.{kind}{file.search}",
            className="button",
        )
        for kind in FILES
    ]
    return html.Div(
        [
            _select("list-date", t("list.date"), days, shown.isoformat(), 140),
            _select("list-version", t("list.version"), published, chosen, 170),
            dmc.TextInput(
                id="list-search",
                label=t("list.search"),
                placeholder=t("list.search_hint"),
                debounce=300,
                size="sm",
                w=240,
            ),
            html.Div(links, className="joined"),
        ],
        className="filters",
    )


def _select(
    name: str, label: str, data: list[dict[str, str]], value: str, w: int
) -> dmc.Select:
    return dmc.Select(
        id=name, label=label, data=data, value=value, allowDeselect=False, size="sm", w=w
    )


def register(app: Dash, desk: Desk) -> None:
    """Rows and readings on the server; list, row click and refreshing in the browser."""

    @app.callback(
        Output("priority-list", "getRowsResponse"),
        Input("priority-list", "getRowsRequest"),
        State("list-search", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def rows(request: Any, words: str | None, search: str | None) -> Any:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        address = Address.parse(LIST_PATH, search)
        try:
            return rows_of(address, desk.reports, request, words)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            LOG.warning("A request for rows that no grid makes: %r.", error)
            return NO_ROWS

    @app.callback(
        Output("list-answer", "children"),
        *(Input(name, "n_clicks") for name in ACTIONS),
        State("priority-list", "selectedRows"),
        State("list-reader", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def do(*given: Any) -> str:  # pyright: ignore[reportUnusedFunction]  # Dash calls it
        *_, chosen, reader, search = given
        t = Address.parse(LIST_PATH, search).texts
        return record_readings(t, str(ctx.triggered_id), chosen, reader, desk)

    _register_in_browser(app)


def _register_in_browser(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("smartMammo", "fetchAgain"),
        Output("list-answer", "title"),
        Input("list-search", "value"),
        Input("list-answer", "children"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("smartMammo", "listFiles"),
        *(Output(f"list-file-{kind}", "href") for kind in FILES),
        Input("list-search", "value"),
        Input("priority-list", "filterModel"),
        *(State(f"list-file-{kind}", "href") for kind in FILES),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("smartMammo", "chooseList"),
        Output("url", "search", allow_duplicate=True),
        Input("list-date", "value"),
        Input("list-version", "value"),
        State("list-date", "data"),
        State("list-version", "data"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("smartMammo", "openExam"),
        Output("url", "href"),
        Input("priority-list", "cellClicked"),
        State("url", "search"),
        prevent_initial_call=True,
    )
