"""Files for Excel: what a header says is text there, never a formula."""

import csv
import io
import json

import polars as pl
import pytest
from openpyxl import load_workbook

from reports_app.exports import list_csv, list_json, list_xlsx
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


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_workbook_holds_what_the_csv_holds(filled_lake, reports, language):
    day = filled_lake.read(PRIORITY_LISTS)["list_date"].max()
    rows = reports.priority_list(day).with_columns(site=pl.lit("=1+1"))
    sheet = load_workbook(io.BytesIO(list_xlsx(Address("/list", {"lang": (language,)}), rows)))
    header, *body = sheet.active.iter_rows(values_only=True)
    text = list_csv(Address("/list", {"lang": (language,)}), rows).decode("utf-8-sig")
    names, *_ = csv.reader(io.StringIO(text), delimiter=";" if language == "es" else ",")
    assert list(header) == names
    assert [row[names.index(names[-1])] for row in body] == rows["exam_key"].to_list()
    assert "'=1+1" in body[0]
    assert all(cell.data_type != "f" for row in sheet.active.iter_rows() for cell in row)


def test_json_holds_every_row_as_stored(filled_lake, reports):
    day = filled_lake.read(PRIORITY_LISTS)["list_date"].max()
    rows = reports.priority_list(day)
    stored = json.loads(list_json(Address("/list"), rows))
    assert [row["exam_key"] for row in stored] == rows["exam_key"].to_list()
    assert stored[0]["list_date"] == day.isoformat()
