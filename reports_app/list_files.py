"""A list to take away: CSV, XLSX, JSON, and a PDF that prints each site on its own pages.

They hold all that the page's search and filters leave of a list, in the list's own order. Only
lists that were published are given; what is asked otherwise is not found.
"""

import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import typst
from flask import Flask, Response, abort, request

from reports_app.data import Reports
from reports_app.exports import list_csv, list_json, list_xlsx
from reports_app.links import LIST_FILES, Address
from reports_app.list_query import ListQuery
from reports_app.list_rows import NO_STATES, in_words
from reports_app.pages.list_grid import asked_version
from reports_app.texts import Texts

LOG = logging.getLogger(__name__)

_TEMPLATE = Path(__file__).parent / "templates" / "priority_list.typ"
_PRINTED = (
    "rank", "band", "score", "driving", "reason", "flags", "exam_date", "waiting_days", "age",
    "exam_key",
)  # fmt: skip
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_pdf(address: Address, rows: pl.DataFrame, chosen: pl.DataFrame | None = None) -> bytes:
    """A list on A4, each site from a page of its own, the unscorable lane first.

    Args:
        address: Names the language.
        rows: Of one published list, by rank; at least one.
        chosen: Those of them that are printed; all if left out.
    """
    t = address.texts
    printed = rows if chosen is None else chosen
    told = in_words(t, printed, NO_STATES).with_columns(
        score=pl.col("score").map_elements(
            lambda one: t.number(one, 2), return_dtype=pl.String
        ),
        exam_date=pl.col("exam_date").dt.strftime(t.date_format),
        exam_key=pl.col("exam_key").str.head(8),
    )
    first = rows.row(0, named=True)
    sites = told.partition_by("site", maintain_order=True, include_key=True)
    content: dict[str, Any] = {
        "title": f"{t('list.title')} · {t.date(first['list_date'])}",
        "published": t(
            "list.published",
            moment=t.moment(first["published_at"]),
            model=next(iter(rows["model_version"].drop_nulls()), ""),
        ),
        "notice": f"{t('app.notice')} {t('app.research')}",
        "lead": _extent(t, printed.height, rows.height),
        "lang": t.language,
        "head": [t(f"list.{name}") for name in _PRINTED],
        "sites": [_site(site) for site in sorted(sites, key=lambda site: str(site["site"][0]))],
    }
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        sys_inputs={"list": json.dumps(content)},
        format="pdf",
    )


def _extent(t: Texts, n_printed: int, n_listed: int) -> str:
    """That a print holds part of a list stands on it."""
    if n_printed == n_listed:
        return t("list.lead")
    return t("list.part", n=t.number(n_printed), listed=t.number(n_listed))


def _site(rows: pl.DataFrame) -> dict[str, Any]:
    cells = rows.select(pl.col(_PRINTED).cast(pl.String).fill_null("\N{EN DASH}"))
    return {
        "name": rows["site"][0],
        "rows": cells.rows(),
        "unscorable": (rows["lane"] == "unscorable").to_list(),
    }


_KINDS = {
    "csv": (list_csv, "text/csv"),
    "xlsx": (list_xlsx, _XLSX),
    "json": (list_json, "application/json"),
    "pdf": (list_pdf, "application/pdf"),
}


def register_list_files(server: Flask, reports: Reports) -> None:
    """Answer `LIST_FILES`kind?date=…&version=…."""

    @server.get(f"{LIST_FILES}<kind>")
    def list_file(kind: str) -> Response:  # pyright: ignore[reportUnusedFunction]  # Flask calls it
        address = Address.parse(request.path, request.query_string.decode("ascii", "replace"))
        day = address.day("date")
        if kind not in _KINDS or day is None or day not in reports.list_dates():
            abort(404)
        rows = reports.priority_list(day, asked_version(address, reports, day))
        chosen = _chosen(address, reports, day, rows)
        if chosen is None:
            abort(404)
        write, mimetype = _KINDS[kind]
        data = list_pdf(address, rows, chosen) if kind == "pdf" else write(address, chosen)
        part = "" if chosen.height == rows.height else "-filtrada"
        name = f"lista-{day.isoformat()}{part}.{kind}"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, mimetype=mimetype, headers=disposition)


def _chosen(
    address: Address, reports: Reports, day: date, rows: pl.DataFrame
) -> pl.DataFrame | None:
    """The rows that words and filters leave, in the list's order; None if no grid asks so."""
    words, filters = address.first("words"), address.first("filters")
    if not words and not filters:
        return rows
    version = asked_version(address, reports, day)
    try:
        query = ListQuery.of({"filterModel": json.loads(filters or "{}")}, words)
        found = query.run(reports.list_in_words(day, version, address.language))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        LOG.warning("Words and filters that no grid sends: %r.", error)
        return None
    return rows.filter(pl.col("exam_key").is_in(found["exam_key"].implode()))
