"""The priority list as a file: CSV for Excel in es-CL (`;`, BOM, decimal comma), XLSX, JSON.

CSV and XLSX hold what the page shows, in words, and the whole pseudonym, and no cell can become
a formula; JSON holds the rows as stored.
"""

import polars as pl

from reports_app.links import Address
from reports_app.list_rows import NO_STATES, in_words
from reports_app.table_files import csv_bytes, inert, json_bytes, xlsx_bytes

_COLUMNS = (
    "rank", "lane", "band", "score", "driving", "reason", "site", "exam_date", "waiting_days",
    "age", "flags", "exam_key",
)  # fmt: skip


def list_csv(address: Address, rows: pl.DataFrame) -> bytes:
    """A list's rows as CSV; in English `,` and decimal points, as English Excel reads them."""
    return csv_bytes(address.texts, _frame(address, rows))


def list_xlsx(address: Address, rows: pl.DataFrame) -> bytes:
    """A list's rows as a workbook of one sheet."""
    return xlsx_bytes(address.texts("list.title"), _frame(address, rows))


def list_json(address: Address, rows: pl.DataFrame) -> bytes:  # noqa: ARG001 (codes need no words)
    """A list's rows as stored, in codes: one object an exam."""
    return json_bytes(rows.to_dicts())


def _frame(address: Address, rows: pl.DataFrame) -> pl.DataFrame:
    t = address.texts
    told = in_words(t, rows, NO_STATES).with_columns(
        lane=pl.col("lane").replace_strict(
            {lane: t.code("lane", lane) for lane in set(rows["lane"])}, return_dtype=pl.String
        ),
        exam_date=pl.col("exam_date").dt.strftime(t.date_format).fill_null(""),
    )
    return told.select(
        (inert(name) if told.schema[name] == pl.String else pl.col(name)).alias(
            t(f"list.{name}")
        )
        for name in _COLUMNS
    )
