"""Outcomes close the loop: calibrations of the programme's own, and its evaluation."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from flows import calibrating
from flows.cli import app
from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES, OPERATING_POINTS
from tasks.lake.store import Lake
from tasks.publish.scored_outcomes import scored_outcomes
from tests.support.programme_lake import fill_programme


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    lake = Lake(str(tmp_path_factory.mktemp("calibrating")))
    fill_programme(lake, 5000)
    return lake


@pytest.fixture
def mammo(lake, monkeypatch):
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", lake.url)

    def run(*arguments):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    return run


def test_only_known_outcomes_count(lake):
    exams = scored_outcomes(lake, "1")
    known = exams.drop_nulls("is_cancer")
    assert 0 < known.height < exams.height
    late = exams.filter(
        pl.col("is_cancer").is_null() & pl.col("is_recalled").fill_null(value=False)
    )
    assert late.is_empty()


def test_a_dry_run_writes_nothing(lake, mammo):
    versions = [lake.version(table) for table in (CALIBRATIONS, OPERATING_POINTS, EXAM_SCORES)]
    assert "Nothing was written" in mammo("calibrate", "--dry-run")
    assert versions == [
        lake.version(table) for table in (CALIBRATIONS, OPERATING_POINTS, EXAM_SCORES)
    ]


def test_an_evaluation_of_the_programme_needs_no_file(mammo, tmp_path):
    told = mammo("evaluate", "--from-lake", "--out", str(tmp_path), "--seed", "1")
    assert "known outcome" in told
    figures = json.loads((tmp_path / "evaluation.json").read_text())
    assert figures["data"]["clustered_by"] == "patient"
    assert (tmp_path / "evaluation.pdf").exists()


def test_calibrating_gives_every_exam_a_score_by_the_new_rows(lake, mammo, tmp_path):
    mammo("calibrate", "--json", str(tmp_path / "fitted.json"))
    fitted = json.loads((tmp_path / "fitted.json").read_text())
    new = {row["calibration_id"] for row in fitted["calibrations"]}
    assert new <= set(lake.read(CALIBRATIONS)["calibration_id"])
    scores = lake.read(EXAM_SCORES, where=pl.col("calibration_id").is_in(sorted(new)))
    assert scores.height == scored_outcomes(lake, "1").height
    bands = scores["band"].value_counts()["count"] / scores.height
    assert bands.is_between(0.08, 0.12).all()
    points = lake.read(OPERATING_POINTS).filter(manufacturer="*", name="sensitivity_90")
    assert points.height == 1
    assert points["fitted_at"][0] > calibrating.datetime(2026, 11, 25, tzinfo=calibrating.UTC)
