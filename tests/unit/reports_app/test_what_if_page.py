"""The page on other ways of reading: answers with intervals, and silence about few women."""

import pytest

from reports_app.app import create_app
from tests.support.dash_pages import ask, call
from tests.support.lake_fixture import MemoryLake
from tests.support.programme_lake import fill_programme

MOVED = "what-if-answer.children"


@pytest.fixture(scope="module")
def lake():
    lake = MemoryLake()
    fill_programme(lake, 20_000)
    return lake


@pytest.fixture(scope="module")
def app(lake):
    return create_app(lake)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("order_only", "Espera de los cánceres"),
        ("masai", "Cánceres con una lectura menos"),
        ("praim", "Cánceres que se ganarían"),
        ("screentrustcad", "Cánceres que se ganarían"),
        ("aitic", "Cánceres que se perderían"),
    ],
)
def test_each_way_of_reading_says_what_it_touches(app, policy, words):
    page = ask(app, "/what-if", f"?policy={policy}&today=2")
    assert page.count(words) >= 2  # the tile, and its definition's label
    assert "IC 95 %" in page


def test_reads_are_counted_against_what_is_done_today(app):
    assert "cambio -63,6\N{NO-BREAK SPACE}%" in ask(app, "/what-if", "?policy=aitic")
    twice = ask(app, "/what-if", "?policy=masai&today=2")
    assert "cambio -45,0\N{NO-BREAK SPACE}%" in twice


def test_moving_the_cut_answers_anew_and_links_to_the_answer(app):
    moved = call(app, MOVED, [("what-if-share", "value", 25)], "?policy=aitic")
    assert "Corte: el 25,0" in moved
    assert "/what-if?policy=aitic&share=25" in moved


def test_what_the_address_asks_for_cannot_break_the_page(app):
    page = ask(app, "/what-if", "?policy=%3Cscript%3E&share=nan&today=9")
    assert "No se pudo mostrar" not in page
    assert "<script>" not in page


def test_without_outcomes_the_page_says_what_is_needed():
    lake = MemoryLake()
    fill_programme(lake, 60)
    page = ask(create_app(lake), "/what-if")
    assert "al menos 5 cánceres" in page
    assert "tile-" not in page


def test_the_page_names_no_exam_and_no_woman(app):
    page = ask(app, "/what-if")
    assert "exam0000" not in page
    assert "woman0000" not in page
