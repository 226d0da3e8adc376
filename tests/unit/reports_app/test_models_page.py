"""The models page over tables in memory: versions, moves, evidence, closed to readers."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from plotly.utils import PlotlyJSONEncoder

from reports_app.access.roles import Role, may_enter
from reports_app.links import Address
from reports_app.model_records import ModelRecords
from reports_app.pages import models
from tasks.lake.schemas import MODEL_VERSIONS
from tasks.redeploy.comparison import compare
from tasks.redeploy.deployment import Decision, promote
from tasks.redeploy.reports import COMPARISON, Subject, write_report
from tests.support.lake_fixture import MemoryLake, fill_lake
from tests.support.paired_rows import POINTS, paired_exams
from tests.support.programme_lake import LAST_DAY, fill_programme

SUBJECT = Subject("2", "1", "digest")


@pytest.fixture(scope="module")
def lake():
    """Version 1 scored; version 2 was registered, compared and found worse."""
    lake = MemoryLake()
    fill_lake(lake, n_exams=8)
    row = {
        "model_version": "2",
        "package_sha256": "digest",
        "status": "trained",
        "record": "{}",
        "model_card": "# a card of its own",
        "registered_at": datetime(2026, 11, 24, tzinfo=UTC),
    }
    lake.insert_new(MODEL_VERSIONS, MODEL_VERSIONS.frame([row]))
    figures = {**vars(SUBJECT), **compare(paired_exams(worse=True), POINTS)}
    write_report(lake, COMPARISON, SUBJECT, figures)
    return lake


def page(lake, search: str) -> str:
    shown = models.content(Address.parse("/models", search), ModelRecords(lake))
    return json.dumps(shown, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_versions_have_the_states_that_follow_from_the_tables(lake):
    states = {one.version: one.state for one in ModelRecords(lake).versions()}
    assert states == {"1": "serving", "2": "candidate"}


def test_the_page_shows_card_gate_and_comparison(lake):
    shown = page(lake, "?version=2")
    for words in ("# a card of its own", "auc_non_inferiority", "Tasa de rellamada"):
        assert words in shown


def test_the_page_speaks_english(lake):
    assert "Recall rate" in page(lake, "?version=2&lang=en")


def test_the_served_version_has_nothing_to_prove(lake):
    shown = page(lake, "?version=1&lang=en")
    assert "It is the served version" in shown
    assert "not registered" in shown


def test_drift_is_shown_by_manufacturer_and_week():
    lake = MemoryLake()
    exams = fill_programme(lake, 4000)
    monday = LAST_DAY - timedelta(days=LAST_DAY.weekday() + 7)
    maker = "GE HEALTHCARE"
    days = pl.col("day").is_between(monday, monday + timedelta(days=6))
    n = exams.filter(days, manufacturer=maker).height
    found = [
        one
        for one in ModelRecords(lake).weeks("1")
        if (one.manufacturer, one.week) == (maker, monday)
    ]
    assert [one.n for one in found] == [n]
    shown = page(lake, "")
    assert "Deriva de los puntajes por fabricante y semana, versión 1" in shown
    assert maker in shown
    assert monday.strftime("%d-%m") in shown


def test_a_move_is_shown_with_its_reason():
    lake = MemoryLake()
    promote(lake, "1", "2", Decision("ana", "comparison-2", "a reason of hers"))
    shown = page(lake, "?lang=en")
    assert "promotion: 1 → 2" in shown
    assert "a reason of hers" in shown


def test_before_anything_happened_the_page_says_so():
    assert "Todavía no hay ninguna versión" in page(MemoryLake(), "")


def test_only_engineers_enter():
    assert may_enter([Role.ENGINEER], "/models")
    assert not may_enter([Role.RADIOLOGIST, Role.MANAGER], "/models")
