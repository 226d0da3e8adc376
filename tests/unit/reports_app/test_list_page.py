"""The list page over the app: blocks of rows, readings, former versions, files."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import polars as pl
import pytest

from reports_app.app import create_app
from reports_app.data import Reports
from reports_app.links import Address
from reports_app.list_files import list_pdf
from reports_app.list_query import BLOCK_ROWS
from tasks.lake.schemas import OUTCOMES, PRIORITY_LISTS, READING_EVENTS
from tasks.publish.reading_events import Action, reading_states, record_events
from tests.support.dash_pages import ask, call
from tests.support.lake_fixture import LIST_DATES, RUN_AT, MemoryLake, exam_key, fill_lake

ROWS = "priority-list.getRowsResponse"
ANSWER = "list-answer.children"
BUTTONS = ("list-take", "list-assign", "list-release", "list-read", "list-unread")


@pytest.fixture
def lake():
    lake = MemoryLake()
    fill_lake(lake, n_exams=12)
    return lake


@pytest.fixture
def app(lake):
    return create_app(lake)


def rows(app, search="", words="", start=0, **request):
    asked = {"startRow": start, "endRow": start + 100, **request}
    inputs = [("priority-list", "getRowsRequest", asked)]
    answer = call(app, ROWS, inputs, search, list_search__value=words)
    return json.loads(answer)["response"]["priority-list"]["getRowsResponse"]


def press(app, button, keys, reader=None):
    chosen = [{"exam_key": key} for key in keys]
    inputs = [(name, "n_clicks", None) for name in BUTTONS]
    inputs = [(button, "n_clicks", 1), *(one for one in inputs if one[0] != button)]
    inputs.sort(key=lambda one: BUTTONS.index(one[0]))
    states = {"priority-list__selectedRows": chosen, "list-reader__value": reader}
    return call(app, ANSWER, inputs, changed=f"{button}.n_clicks", **states)


def test_the_page_itself_holds_no_row_of_the_list(app):
    page = ask(app, "/list")
    assert not [index for index in range(12) if exam_key(index) in page]


def test_the_rows_come_in_blocks_with_their_number(lake, app):
    listed = Reports(lake).priority_list(LIST_DATES[-1])
    answer = rows(app)
    assert answer["rowCount"] == listed.height
    assert [row["exam_key"] for row in answer["rowData"]] == listed["exam_key"].to_list()
    assert len(rows(app, start=5)["rowData"]) == min(BLOCK_ROWS, listed.height - 5)
    assert ".dcm" not in json.dumps(answer)


def test_a_search_in_words_finds_rows(app):
    assert rows(app, words="truncado")["rowCount"] == 1


def test_what_is_taken_is_shown_and_let_go_again(lake, app):
    key = Reports(lake).priority_list(LIST_DATES[-1])["exam_key"][2]
    assert "Asignados a local: 1." in press(app, "list-take", [key])
    assert rows(app)["rowData"][2]["reading"] == "Asignado a local"
    assert "Soltados: 1." in press(app, "list-release", [key])
    assert rows(app)["rowData"][2]["reading"] == ""
    assert lake.read(READING_EVENTS)["action"].to_list() == ["assign", "release"]


@pytest.mark.parametrize(
    ("button", "keys", "reader", "sentence"),
    [
        ("list-read", [], None, "Marque primero"),
        ("list-read", ["nobody"], None, "ya no están en la lista"),
        ("list-assign", None, "mallory", "Elija primero quién lee"),
        ("list-read", [str(n) for n in range(501)], None, "Son demasiados"),
    ],
)
def test_what_cannot_be_recorded_is_a_sentence(lake, app, button, keys, reader, sentence):
    keys = Reports(lake).priority_list(LIST_DATES[-1])["exam_key"][:1] if keys is None else keys
    assert sentence in press(app, button, keys, reader)
    assert lake.read(READING_EVENTS).is_empty()


def test_a_recorded_decision_speaks_before_events():
    lake = MemoryLake()
    record_events(lake, ["a", "b"], Action.ASSIGN, "ana", "ana", RUN_AT)
    record_events(lake, ["b"], Action.UNREAD, None, "ana", datetime(2026, 12, 1, tzinfo=UTC))
    decided = pl.DataFrame({"exam_key": ["a"], "recorded_by": ["eva"]})
    states = reading_states(lake.read(READING_EVENTS), decided)
    assert states.rows() == [("a", "decided", "eva")]
    assert lake.read(OUTCOMES).is_empty()


def test_a_list_published_again_keeps_its_former_version(lake, app):
    before = lake.read(PRIORITY_LISTS)
    later = datetime(2026, 11, 24, 11, tzinfo=UTC)
    is_last = pl.col("list_date") == LIST_DATES[-1]
    again = before.filter(~is_last | (pl.col("rank") <= 4)).with_columns(
        published_at=pl.when(is_last)
        .then(later)
        .otherwise("published_at")
        .cast(PRIORITY_LISTS.schema["published_at"])
    )
    lake.replace(PRIORITY_LISTS, again)
    assert [one.version for one in Reports(lake).list_versions(LIST_DATES[-1])] == [1, 0]
    assert rows(app)["rowCount"] == 4
    former = before.filter(is_last).height
    assert rows(app, "?date=2026-11-24&version=0")["rowCount"] == former
    assert "versión anterior" in ask(app, "/list", "?date=2026-11-24&version=0")
    assert "versión anterior" not in ask(app, "/list", "?version=77")


@pytest.mark.parametrize(
    ("kind", "start"),
    [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("json", b"["), ("pdf", b"%PDF")],
)
def test_a_list_is_taken_away_as_a_file(app, kind, start):
    answer = app.server.test_client().get(f"/list.{kind}?date=2026-11-24")
    assert answer.data.startswith(start)
    assert f"lista-2026-11-24.{kind}" in answer.headers["Content-Disposition"]
    assert app.server.test_client().get(f"/list.{kind}?date=2020-01-01").status_code == 404
    assert app.server.test_client().get("/list.exe?date=2026-11-24").status_code == 404


def taken(app, **query):
    search = urlencode({"date": "2026-11-24", **query})
    answer = app.server.test_client().get(f"/list.json?{search}")
    return answer, [row["exam_key"] for row in answer.json or ()]


def test_a_file_holds_all_that_search_and_filters_leave_in_the_lists_order(app):
    filters = {"band": {"filterType": "number", "type": "lessThan", "filter": 8}}
    shown = rows(app, words="móvil", filterModel=filters, sortModel=[])
    answer, keys = taken(app, words="móvil", filters=json.dumps(filters))
    assert keys == [row["exam_key"] for row in shown["rowData"]]
    assert 0 < len(keys) < len(taken(app)[1])
    assert "lista-2026-11-24-filtrada.json" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("filters", ["{", "7", '{"secret": {}}', '{"band": {"type": "x"}}'])
def test_a_file_by_filters_that_no_grid_has_is_not_found(app, filters):
    answer = app.server.test_client().get(f"/list.csv?date=2026-11-24&filters={quote(filters)}")
    assert answer.status_code == 404


def test_a_filtered_print_is_a_pdf_also_where_nothing_is_left(app):
    for words in ("truncado", "no such words"):
        answer = app.server.test_client().get(f"/list.pdf?date=2026-11-24&words={quote(words)}")
        assert answer.data.startswith(b"%PDF")


def test_a_printed_list_has_pages_for_every_site_and_takes_headers_as_text(lake):
    listed = Reports(lake).priority_list(LIST_DATES[-1])
    whole = list_pdf(Address("/list"), listed)
    one = list_pdf(Address("/list"), listed.with_columns(site=pl.lit("#panic() *")))
    assert b"/Type/Pages/Count 6" in whole
    assert b"/Type/Pages/Count 1/" in one
