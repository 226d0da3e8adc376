"""The priority list page: who is read first, and why, with the unscorable lane always on top.

It orders and shows; it changes nothing.
"""

from datetime import date
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import polars as pl
from dash import ClientsideFunction, Dash, Input, Output, State, html

from reports_app.components import message
from reports_app.data import Reports
from reports_app.links import Address
from reports_app.palette import BANDS, ink_on_band
from reports_app.texts import NO_VALUE, TEXTS, Texts

CSV_PATH = "/list.csv"


def content(address: Address, reports: Reports) -> list[Any]:
    """The page of the list that the address asks for, else of the latest."""
    t = address.texts
    dates = reports.list_dates()
    if not dates:
        return [message(t("empty.title"), t("list.empty"))]
    asked = address.day("date")
    shown = asked if asked and asked in dates else dates[0]
    rows = reports.priority_list(shown)
    unknown = [html.P(t("list.unknown_date", date=t.date(asked)), className="warning")]
    return [
        html.Div([html.H1(t("list.title")), _summary(t, rows)], className="page-head"),
        *(unknown if asked and asked != shown else []),
        _tools(address, dates, shown),
        _grid(address, rows),
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


def _tools(address: Address, dates: list[date], shown: date) -> html.Div:
    t = address.texts
    options = [{"value": day.isoformat(), "label": t.date(day)} for day in dates]
    download = address.to(CSV_PATH).having(date=shown.isoformat())
    return html.Div(
        [
            dmc.Select(
                id="list-date",
                label=t("list.date"),
                data=options,
                value=shown.isoformat(),
                allowDeselect=False,
                size="sm",
                w=150,
            ),
            dmc.TextInput(
                id="list-search",
                label=t("list.search"),
                placeholder=t("list.search_hint"),
                size="sm",
                w=280,
            ),
            html.A(t("list.download"), href=download.href, className="button"),
            html.Button(t("list.print"), id="list-print", className="button", type="button"),
        ],
        className="filters",
    )


def _grid(address: Address, rows: pl.DataFrame) -> dag.AgGrid:
    t = address.texts
    return dag.AgGrid(
        id="priority-list",
        rowData=[grid_row(address, row) for row in rows.iter_rows(named=True)],
        columnDefs=_columns(t),
        defaultColDef={
            "sortable": True,
            "filter": True,
            "resizable": True,
            "suppressMovable": True,
        },
        getRowId="params.data.exam_key",
        rowClassRules={"unscorable": "params.data.lane === 'unscorable'"},
        columnSize="responsiveSizeToFit",
        dashGridOptions={
            "localeText": {
                key.removeprefix("grid."): t(key) for key in TEXTS if key.startswith("grid.")
            },
            "postSortRows": {"function": "unscorableFirst(params)"},
            "rowHeight": 46,
            "headerHeight": 40,
            "animateRows": False,
            "suppressCellFocus": False,
            "tooltipShowDelay": 300,
        },
        style={"width": "100%", "height": None},
        className="ag-theme-quartz list-grid",
    )


def grid_row(address: Address, row: dict[str, Any]) -> dict[str, Any]:
    """A list row as the grid shows it: in words, with the exam's link."""
    t, band = address.texts, row["band"]
    return {
        "exam_key": row["exam_key"],
        "href": address.to_exam(row["exam_key"]).href,
        "rank": row["rank"],
        "lane": row["lane"],
        "band": band,
        "bandColour": BANDS[band - 1] if band else None,
        "bandInk": ink_on_band(band) if band else None,
        "score": row["exam_score"],
        "scoreText": t.number(row["exam_score"], 2),
        "driving": _driving(row),
        "reason": reason_in_words(t, row),
        "site": row["site"] or t("code.unknown"),
        "exam_date": row["exam_date"].isoformat() if row["exam_date"] else None,
        "dateText": t.date(row["exam_date"]),
        "waiting_days": row["waiting_days"],
        "age": row["patient_age_years"],
        "flags": ", ".join(t.code("flag", flag) for flag in row["flags"].split(",") if flag),
    }


def _driving(row: dict[str, Any]) -> str:
    return (
        "-".join(part for part in (row["driving_breast"], row["driving_view"]) if part)
        or NO_VALUE
    )


def reason_in_words(t: Texts, row: dict[str, Any]) -> str:
    """Why an exam stands there, such as "Masa de aspecto maligno, mama derecha, MLO"."""
    if row["lane"] == "unscorable":
        words = t.code("reason", row["reason"])
        return t("list.reason_unscorable", reason=_uncapitalised(words))
    place = {"breast": t.code("breast", row["driving_breast"]), "view": row["driving_view"]}
    if row["finding"] in (None, "no_finding"):
        found = t("list.reason_no_finding", **place)
    else:
        words = {name: t.code(name, row[name]) for name in ("finding", "assessment")}
        found = t("list.reason_scored", **words, **place)
    return t("list.reason_aged", reason=found) if row["reason"] == "aged" else found


def _uncapitalised(words: str) -> str:
    """Words for the middle of a line, their acronyms untouched."""
    return words[:1].lower() + words[1:]


def _columns(t: Texts) -> list[dict[str, Any]]:
    number = {"filter": "agNumberColumnFilter", "cellClass": "right", "headerClass": "right"}
    columns: list[dict[str, Any]] = [
        {"field": "rank", "width": 62, **number, "filter": False},
        {
            "field": "band",
            "width": 92,
            "filter": "agNumberColumnFilter",
            "cellRenderer": "BandChip",
        },
        {
            "field": "score",
            "width": 82,
            **number,
            "filter": False,
            "valueFormatter": _shown("scoreText"),
        },
        {"field": "driving", "width": 86},
        {"field": "reason", "width": 330, "wrapText": True, "cellClass": "lines"},
        {"field": "site", "width": 112},
        {"field": "exam_date", "width": 110, "valueFormatter": _shown("dateText")},
        {"field": "waiting_days", "width": 96, **number},
        {"field": "age", "width": 80, **number},
        {"field": "flags", "width": 176, "cellRenderer": "FlagChips", "cellClass": "lines"},
        {"field": "exam_key", "width": 96, "cellRenderer": "ExamLink", "filter": False},
    ]
    return [{**column, "headerName": t(f"list.{column['field']}")} for column in columns]


def _shown(field: str) -> dict[str, str]:
    """Sort and filter by the value, show the text beside it."""
    return {"function": f"params.data.{field}"}


def register(app: Dash) -> None:
    """Search, date, row click and print, all in the browser; the address decides which list."""
    app.clientside_callback(
        ClientsideFunction("smartMammo", "search"),
        Output("priority-list", "dashGridOptions"),
        Input("list-search", "value"),
        State("priority-list", "dashGridOptions"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("smartMammo", "chooseList"),
        Output("url", "search", allow_duplicate=True),
        Input("list-date", "value"),
        State("list-date", "data"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("smartMammo", "openExam"),
        Output("url", "href"),
        Input("priority-list", "cellClicked"),
        State("priority-list", "virtualRowData"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("smartMammo", "print"),
        Output("list-print", "title"),
        Input("list-print", "n_clicks"),
        prevent_initial_call=True,
    )
