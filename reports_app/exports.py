"""The priority list as a file for Excel in es-CL: `;`, UTF-8 with BOM, decimal comma.

It holds what the page shows, in words, and the whole pseudonym; no cell can become a formula.
"""

from typing import Any

import polars as pl

from reports_app.links import Address
from reports_app.pages.priority_list import grid_row

_COLUMNS = (
    "rank", "lane", "band", "score", "driving", "reason", "site", "exam_date", "waiting_days",
    "age", "flags", "exam_key",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def list_csv(address: Address, rows: pl.DataFrame) -> bytes:
    """A list's rows as CSV; in English `,` and decimal points, as English Excel reads them."""
    t = address.texts
    records = [_record(address, row) for row in rows.iter_rows(named=True)]
    frame = pl.DataFrame(records, infer_schema_length=None)
    frame = frame.rename({name: t(f"list.{name}") for name in _COLUMNS}) if records else frame
    is_spanish = t.language == "es"
    text = frame.write_csv(
        separator=";" if is_spanish else ",",
        decimal_comma=is_spanish,
        float_precision=3,
        include_bom=True,
    )
    return text.encode()


def _record(address: Address, row: dict[str, Any]) -> dict[str, Any]:
    t = address.texts
    shown = grid_row(address, row) | {"lane": t.code("lane", row["lane"])}
    shown["exam_date"] = t.date(row["exam_date"]) if row["exam_date"] else ""
    return {name: _inert(shown[name]) for name in _COLUMNS}


def _inert(value: Any) -> Any:
    """A header's text may begin like a formula: an apostrophe keeps it text."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value
