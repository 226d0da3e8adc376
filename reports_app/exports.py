"""The priority list as a file: CSV for Excel in es-CL (`;`, BOM, decimal comma), XLSX, JSON.

CSV and XLSX hold what the page shows, in words, and the whole pseudonym, and no cell can become
a formula; JSON holds the rows as stored.
"""

import io
import json
from typing import Any

import polars as pl
from openpyxl import Workbook

from reports_app.links import Address
from reports_app.pages.priority_list import grid_row

_COLUMNS = (
    "rank", "lane", "band", "score", "driving", "reason", "site", "exam_date", "waiting_days",
    "age", "flags", "exam_key",
)  # fmt: skip
_SHEET_NAME_LENGTH = 31
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def list_csv(address: Address, rows: pl.DataFrame) -> bytes:
    """A list's rows as CSV; in English `,` and decimal points, as English Excel reads them."""
    frame = _frame(address, rows)
    is_spanish = address.texts.language == "es"
    text = frame.write_csv(
        separator=";" if is_spanish else ",",
        decimal_comma=is_spanish,
        float_precision=3,
        include_bom=True,
    )
    return text.encode()


def list_xlsx(address: Address, rows: pl.DataFrame) -> bytes:
    """A list's rows as a workbook of one sheet."""
    frame = _frame(address, rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(address.texts("list.title")[:_SHEET_NAME_LENGTH])
    sheet.append(frame.columns)
    for row in frame.iter_rows():
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def list_json(address: Address, rows: pl.DataFrame) -> bytes:  # noqa: ARG001 (codes need no words)
    """A list's rows as stored, in codes: one object an exam."""
    return json.dumps(rows.to_dicts(), indent=2, default=str, ensure_ascii=False).encode()


def _frame(address: Address, rows: pl.DataFrame) -> pl.DataFrame:
    t = address.texts
    records = [_record(address, row) for row in rows.iter_rows(named=True)]
    frame = pl.DataFrame(records, infer_schema_length=None)
    return frame.rename({name: t(f"list.{name}") for name in _COLUMNS}) if records else frame


def _record(address: Address, row: dict[str, Any]) -> dict[str, Any]:
    t = address.texts
    shown = grid_row(address, row) | {"lane": t.code("lane", row["lane"])}
    shown["exam_date"] = t.date(row["exam_date"]) if row["exam_date"] else ""
    return {name: _inert(shown[name]) for name in _COLUMNS}


def _inert(value: Any) -> Any:
    """A header's text may begin like a formula: an apostrophe keeps it text."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value
