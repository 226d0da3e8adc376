"""Tables as files: CSV for Excel in es-CL (`;`, BOM, decimal comma), XLSX, JSON.

No text of a header can become a formula where `inert` was applied.
"""

import io
import json

import polars as pl
from openpyxl import Workbook

from reports_app.texts import Texts

_SHEET_NAME_LENGTH = 31
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(t: Texts, frame: pl.DataFrame, decimals: int = 3) -> bytes:
    """A table as CSV, as the language's Excel reads it."""
    is_spanish = t.language == "es"
    text = frame.write_csv(
        separator=";" if is_spanish else ",",
        decimal_comma=is_spanish,
        float_precision=decimals,
        include_bom=True,
    )
    return text.encode()


def xlsx_bytes(title: str, frame: pl.DataFrame) -> bytes:
    """A table as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:_SHEET_NAME_LENGTH])
    sheet.append(frame.columns)
    for row in frame.iter_rows():
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def json_bytes(content: object) -> bytes:
    """What is exported as JSON, readable."""
    return json.dumps(content, indent=2, default=str, ensure_ascii=False).encode()


def inert(name: str) -> pl.Expr:
    """A header's text may begin like a formula: an apostrophe keeps it text."""
    is_formula = pl.any_horizontal(
        pl.col(name).str.starts_with(sign) for sign in _FORMULA_STARTS
    )
    return pl.when(is_formula).then(pl.concat_str(pl.lit("'"), name)).otherwise(name)
