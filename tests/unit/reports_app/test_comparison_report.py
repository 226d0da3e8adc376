"""A comparison as page, Markdown and sections, with and without truth."""

import re

import polars as pl
import pytest

from reports_app.comparison_report import comparison_markdown, render_comparison
from tasks.redeploy.comparison import compare
from tests.support.paired_rows import POINTS, paired_exams

ABOUT = {"model_version": "2", "against_version": "1", "report_id": "comparison-2"}
WORSE = {**ABOUT, **compare(paired_exams(worse=True), POINTS)}


@pytest.mark.parametrize(
    ("language", "title", "row"),
    [
        ("en", "# Version 2 against version 1", r"\| Sensitivity \| \d+\.\d"),
        ("es", "# Versión 2 frente a la versión 1", r"\| Sensibilidad \| \d+,\d"),
    ],
)
def test_the_markdown_speaks_both_languages(language, title, row):
    text = comparison_markdown(WORSE, language)
    assert text.startswith(title)
    assert re.search(row, text)


def test_known_cancers_that_leave_the_top_decile_are_named():
    text = comparison_markdown(WORSE)
    assert all(key in text for key in WORSE["top_decile"]["cancers_leaving"])


def test_the_page_holds_all_that_it_shows():
    page = render_comparison(WORSE)
    assert "<title>Version 2 against version 1</title>" in page
    assert page.count("plotly.js v") >= 1
    assert "<script src=" not in page


def test_without_truth_the_report_says_what_is_missing():
    unknown = paired_exams().with_columns(is_malignant=pl.lit(None, pl.Boolean))
    text = comparison_markdown({**ABOUT, **compare(unknown, POINTS)})
    assert "Not computable: at least two cancers" in text
