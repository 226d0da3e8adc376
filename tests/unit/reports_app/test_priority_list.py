"""The list in words, as rows of the grid and as a file for Excel."""

import polars as pl
import pytest

from reports_app.exports import list_csv
from reports_app.links import Address
from reports_app.list_rows import NO_STATES, grid_rows, in_words, reason_in_words
from reports_app.texts import Texts
from tests.support.lake_fixture import LIST_DATES

RANKED = {
    "lane": "ranked",
    "reason": "score",
    "driving_breast": "R",
    "driving_view": "MLO",
    "finding": "mass",
    "assessment": "malignant",
}


@pytest.fixture(scope="module")
def rows(reports):
    return reports.priority_list(LIST_DATES[-1])


@pytest.mark.parametrize(
    ("language", "changes", "words"),
    [
        ("es", {}, "Masa de aspecto maligno, mama derecha, MLO"),
        ("en", {}, "Mass, malignant appearance, right breast, MLO"),
        ("es", {"reason": "aged"}, "Espera larga · Masa de aspecto maligno, mama derecha, MLO"),
        ("es", {"finding": "no_finding"}, "Sin hallazgo; mayor puntaje en mama derecha, MLO"),
        ("en", {"lane": "unscorable", "reason": "truncated"}, "Unscorable · truncated file"),
        (
            "es",
            {"lane": "unscorable", "reason": "for_processing"},
            "No evaluable · imagen sin procesar (For Processing)",
        ),
    ],
)
def test_the_reason_is_told_in_words(language, changes, words):
    assert reason_in_words(Texts(language), RANKED | changes) == words


def test_the_grid_shows_every_row_of_the_list_and_no_object_key(rows):
    told = in_words(Texts("es"), rows, NO_STATES)
    shown = list(grid_rows(Address("/list"), told))
    assert [row["rank"] for row in shown] == list(range(1, rows.height + 1))
    assert ".dcm" not in str(shown)


def test_the_file_is_as_spanish_excel_reads_it(rows):
    text = list_csv(Address("/list.csv"), rows).decode()
    head, first, *_ = text.splitlines()
    assert head.startswith("\ufeffN.º;Carril;Banda;Puntaje;")
    assert first.startswith("1;No evaluable;;;")
    assert "0," in text
    assert len(text.splitlines()) == rows.height + 1


def test_the_english_file_has_commas_and_points(rows):
    text = list_csv(Address.parse("/list.csv", "?lang=en"), rows).decode()
    assert "Rank,Lane,Band" in text


def test_a_site_cannot_become_a_formula(rows):
    planted = rows.with_columns(site=pl.lit("=HYPERLINK(1)"))
    assert ";'=HYPERLINK(1);" in list_csv(Address("/list.csv"), planted).decode()
