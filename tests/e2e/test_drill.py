"""Nights that are broken on purpose: nothing lost, nothing doubled, nothing otherwise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.drill.faults import FAULTS

pytestmark = [pytest.mark.e2e, pytest.mark.integration]


def drill(home: Path, n_runs: int, seed: int) -> dict:
    """Run the command; its figures."""
    figures = home / "drill.json"
    command = [sys.executable, "-m", "flows.cli", "drill", "--home", str(home / "drill")]
    options = ["--runs", str(n_runs), "--seed", str(seed), "--json", str(figures)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(figures.read_text())


def assert_clean(figures: dict, n_runs: int) -> None:
    amiss = {name: figures[name] for name in ("lost", "doubled", "unequal", "unfinished")}
    assert amiss == dict.fromkeys(amiss, 0)
    assert figures["runs"] == n_runs
    assert sum(row["runs"] for row in figures["by_fault"].values()) == n_runs


@pytest.mark.timeout(1500)
def test_each_fault_leaves_the_tables_of_a_quiet_night(tmp_path: Path) -> None:
    figures = drill(tmp_path, len(FAULTS), seed=1)
    assert set(figures["by_fault"]) == set(FAULTS)
    assert_clean(figures, len(FAULTS))


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_two_hundred_broken_nights(tmp_path: Path) -> None:
    assert_clean(drill(tmp_path, 200, seed=1), 200)
