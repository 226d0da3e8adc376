"""A drill that was stopped goes on behind its last run, and never with other faults."""

import json

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.drill.check import Verdict
from flows.drill.record import read_record, write_record
from flows.drill.runs import DrillRun

CLEAN = Verdict((), (), ())
RUNS = [
    DrillRun("kill_s3", CLEAN, 1, 12.5, True, {}),
    DrillRun("triton_nan", Verdict(("objects: a",), (), ()), 4, 9.0, False, {"nan": 3}),
]


def drill(home, *options: str):
    command = ["drill", "--home", str(home), "--seed", "7", *options]
    return CliRunner().invoke(app, command)


def test_runs_are_read_as_they_were_written(tmp_path):
    write_record(tmp_path, 7, RUNS)
    assert read_record(tmp_path, 7) == RUNS
    assert read_record(tmp_path, 8) == []


@pytest.mark.parametrize("n_runs", [1, 2])
def test_runs_that_are_done_are_told_and_not_done_again(tmp_path, n_runs):
    write_record(tmp_path, 7, RUNS)
    figures = tmp_path / "figures.json"
    faults = ("--fault=kill_s3", "--fault=triton_nan")
    told = drill(tmp_path, "--runs", str(n_runs), "--json", str(figures), *faults)
    assert told.exit_code == (0 if n_runs == 1 else 1), told.output
    assert json.loads(figures.read_text())["runs"] == n_runs
    assert "starting" not in told.output


def test_runs_of_other_faults_are_not_gone_on_from(tmp_path):
    write_record(tmp_path, 7, RUNS)
    told = drill(tmp_path, "--fault=triton_nan")
    assert told.exit_code == 2
    words = " ".join(told.output.replace("│", " ").split())
    assert "holds runs of other faults: name a folder that is new" in words
