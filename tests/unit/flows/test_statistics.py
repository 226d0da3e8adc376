"""The programme's figures as files: the same numbers in each, and none that is hidden."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from flows.cli import app
from tasks.lake.schemas import OUTCOMES
from tasks.publish.indicators import INDICATORS
from tests.support.lake_fixture import RUN_AT, MemoryLake, exam_day, exam_key, fill_lake

N_READ, N_RECALLED = 30, 10


@pytest.fixture(scope="module")
def lake():
    lake = MemoryLake()
    fill_lake(lake, n_exams=40)
    blank = dict.fromkeys(OUTCOMES.schema)
    rows = [
        blank
        | {
            "exam_key": exam_key(index),
            "breast": "R",
            "source": "reader",
            "recalled": index < 10 + N_RECALLED,
            "read_date": exam_day(index),
            "recorded_at": RUN_AT,
        }
        for index in range(10, 10 + N_READ)
    ]
    lake.insert_new(OUTCOMES, OUTCOMES.frame(rows))
    return lake


@pytest.fixture
def written(lake, tmp_path, monkeypatch):
    monkeypatch.setattr("flows.services.build_lake", lambda settings: lake)

    def write(*arguments, command=("statistics",)):
        path = tmp_path / "out"
        result = CliRunner().invoke(app, [*command, "--out", str(path), *arguments])
        assert result.exit_code == 0, (result.output, result.exception)
        return path.read_bytes()

    return write


def test_each_file_tells_the_recall_rate(written):
    told = json.loads(written("--format", "json"))
    [recall] = [row for row in told["statistics"] if row["indicator"] == "recall_rate"]
    assert (recall["n_events"], recall["n"]) == (N_RECALLED, N_READ)
    assert recall["low"] < recall["value"] < recall["high"]
    assert recall["benchmark"] == 0.07
    lines = list(csv.reader(io.StringIO(written().decode("utf-8-sig")), delimiter=";"))
    [line] = [line for line in lines if line[0] == "recall_rate"]
    assert line[4:7] == ["10", "30", "0,333333"]
    sheet = load_workbook(io.BytesIO(written("--format", "xlsx"))).active
    [row] = [row for row in sheet.iter_rows(values_only=True) if row[0] == "recall_rate"]
    assert row[4:6] == (N_RECALLED, N_READ)


def test_what_is_missing_is_named_in_the_language(written):
    lines = written("--language", "en").decode("utf-8-sig").splitlines()
    [line] = [line for line in lines if line.startswith("ppv1,")]
    assert "not computable" in line
    assert "pathology or registry results" in line


def test_a_part_that_would_tell_of_few_has_no_numbers(written):
    told = json.loads(written("--format", "json", "--by", "site"))
    groups = [row for row in told["statistics"] if row["group"]]
    hidden = [row for row in groups if row["state"] == "hidden"]
    assert hidden
    assert all(row["n"] is row["n_events"] is row["value"] is None for row in hidden)
    shown = [row for row in groups if row["state"] == "shown"]
    assert not any(0 < row["n_events"] < 5 for row in shown)


def test_a_filter_counts_its_part_alone(written):
    whole, part = (
        json.loads(written("--format", "json", *options))
        for options in ((), ("--to", "2026-11-11"))
    )
    n_exams = [
        next(row["n"] for row in told["statistics"] if row["indicator"] == "backlog")
        for told in (whole, part)
    ]
    assert n_exams[0] == 40
    assert 0 < n_exams[1] < 40
    assert part["filter"]["last_day"] == "2026-11-11"


def test_counts_by_age_have_canscreen5_items(written):
    lines = written("--format", "canscreen5").decode("utf-8-sig").splitlines()
    assert lines[0].startswith("age_group,target_population,invited,screened")
    assert lines[-1].split(",")[3] == "40"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_campaign_is_a_document(written, language):
    data = written("--language", language, command=("report", "campaign"))
    assert data.startswith(b"%PDF")
    assert len(INDICATORS) * 100 < len(data)
