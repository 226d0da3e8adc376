"""The priority list's grid: its columns, and the rows that it asks the server for."""

from datetime import date
from typing import Any

import dash_ag_grid as dag

from reports_app.data import Reports
from reports_app.links import Address
from reports_app.list_query import BLOCK_ROWS, FILTERED, ListQuery
from reports_app.list_rows import grid_rows
from reports_app.texts import TEXTS, Texts

_NUMBERS = ("rank", "score", "waiting_days", "age")
_WIDTHS = {
    "rank": 58, "band": 88, "score": 78, "driving": 82, "reason": 262, "site": 98,
    "exam_date": 106, "waiting_days": 98, "age": 84, "flags": 178, "reading": 112,
    "exam_key": 88,
}  # fmt: skip
_FILTERS = {
    "text": "agTextColumnFilter", "date": "agDateColumnFilter",
    "number": "agNumberColumnFilter",
}  # fmt: skip

NO_ROWS: dict[str, Any] = {"rowData": [], "rowCount": 0}


def list_grid(t: Texts) -> dag.AgGrid:
    """The grid, empty: it asks for its rows once it is shown."""
    return dag.AgGrid(
        id="priority-list",
        rowModelType="infinite",
        columnDefs=_columns(t),
        defaultColDef={"resizable": True, "suppressMovable": True},
        getRowId="params.data.exam_key",
        rowClassRules={"unscorable": "params.data && params.data.lane === 'unscorable'"},
        columnSize="responsiveSizeToFit",
        dashGridOptions={
            "localeText": {
                key.removeprefix("grid."): t(key) for key in TEXTS if key.startswith("grid.")
            },
            "rowSelection": {"mode": "multiRow", "headerCheckbox": False},
            "selectionColumnDef": {"width": 46, "resizable": False, "pinned": None},
            "cacheBlockSize": BLOCK_ROWS,
            "infiniteInitialRowCount": 1,
            "rowHeight": 46,
            "headerHeight": 40,
            "animateRows": False,
            "tooltipShowDelay": 300,
        },
        style={"width": "100%", "height": None},
        className="ag-theme-quartz list-grid",
    )


def _columns(t: Texts) -> list[dict[str, Any]]:
    return [_column(t, name) for name in _WIDTHS]


def _column(t: Texts, name: str) -> dict[str, Any]:
    column: dict[str, Any] = {
        "field": name,
        "headerName": t(f"list.{name}"),
        "width": _WIDTHS[name],
        "sortable": True,
        "filter": _FILTERS.get(FILTERED.get(name, ""), False),
    }
    renderers = {"band": "BandChip", "flags": "FlagChips", "exam_key": "ExamLink"}
    if name in renderers:
        column["cellRenderer"] = renderers[name]
    if name in _NUMBERS:
        column |= {"cellClass": "right", "headerClass": "right"}
    if name in ("reason", "flags", "reading"):
        column |= {"cellClass": "lines", "wrapText": True}
    return column


def rows_of(
    address: Address, reports: Reports, request: dict[str, Any], search: str | None
) -> dict[str, Any]:
    """The block of rows that the grid asks for, and how many there are.

    Raises:
        ValueError: If the request is none that the grid makes.
    """
    day = asked_day(address, reports)
    if day is None:
        return NO_ROWS
    told = reports.list_in_words(day, asked_version(address, reports, day), address.language)
    found = ListQuery.of(request, search).run(told)
    start = max(int(request["startRow"]), 0)
    block = found.slice(start, BLOCK_ROWS)
    return {"rowData": list(grid_rows(address, block)), "rowCount": found.height}


def asked_day(address: Address, reports: Reports) -> date | None:
    """The day that the address asks for if a list was published for it, else the latest."""
    asked, days = address.day("date"), reports.list_dates()
    return asked if asked in days else next(iter(days), None)


def asked_version(address: Address, reports: Reports, day: date) -> int | None:
    """The former version of a day's list that the address names; None for the latest."""
    known = {str(one.version): one.version for one in reports.list_versions(day)[1:]}
    return known.get(address.first("version") or "")
