"""Files for Excel: what a header says is text there, never a formula."""

import csv
import io

import polars as pl
import pytest

from reports_app.exports import list_csv
from reports_app.links import Address
from tasks.lake.schemas import PRIORITY_LISTS


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_an_exported_list_can_become_a_formula(filled_lake, reports, start):
    day = filled_lake.read(PRIORITY_LISTS)["list_date"].max()
    rows = reports.priority_list(day).with_columns(site=pl.lit(f"{start}cmd|'/c calc'!A1"))
    text = list_csv(Address("/list"), rows).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert any("calc" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    assert not [cell for cell in cells if "calc" in cell and not cell.startswith("'")]
