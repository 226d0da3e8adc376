"""`mammo conformance` in worker processes: its last line and its exit code."""

from dataclasses import replace

from typer.testing import CliRunner

from flows import conformance
from flows.cli import app
from tasks.ingest.conformance import Verdict
from tasks.preprocess.workers import WorkerPool
from tasks.synthetic.conformance_cases import CASES


def test_every_case_is_as_declared():
    result = CliRunner().invoke(app, ["conformance"])
    assert result.exit_code == 0, result.output
    *lines, last = result.output.splitlines()
    assert len(lines) == len(CASES)
    assert last == f"{len(CASES)} cases, {len(CASES)} as declared"


def test_a_difference_is_told_and_ends_in_exit_code_1(monkeypatch):
    monkeypatch.setattr(conformance, "CASES", (CASES[0], replace(CASES[1], title="odd")))
    verdicts = [(0, Verdict(0, ())), (1, Verdict(1, ("state is rejected, not accepted",)))]
    monkeypatch.setattr(WorkerPool, "map_unordered", lambda *_: iter(verdicts))
    result = CliRunner().invoke(app, ["conformance"])
    assert result.exit_code == 1
    assert "DIFFERS: state is rejected, not accepted" in result.output
    assert result.output.splitlines()[-1] == "2 cases, 1 as declared"
