"""Nights that are broken on purpose: nothing lost, nothing doubled, nothing otherwise."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.commands.drill import FAULT_NAMES
from flows.drill.faults import FAULTS

pytestmark = [pytest.mark.e2e, pytest.mark.integration]


SLOW = {"kill_s3", "kill_prefect", "kill_triton", "triton_slow", "triton_refuses"}
"""The night waits out its patience with a server; `test_outages` has those that are gone."""


def drill(home: Path, n_runs: int, faults: Sequence[str] = FAULT_NAMES) -> dict:
    """Run the command; its figures."""
    figures = home / "drill.json"
    command = [sys.executable, "-m", "flows.cli", "drill", "--home", str(home / "drill")]
    options = ["--runs", str(n_runs), "--seed", "1", "--json", str(figures)]
    options += [f"--fault={fault}" for fault in faults]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(figures.read_text())


def assert_clean(figures: dict, n_runs: int) -> None:
    amiss = {name: figures[name] for name in ("lost", "doubled", "unequal", "unfinished")}
    assert amiss == dict.fromkeys(amiss, 0)
    assert figures["runs"] == n_runs
    assert sum(row["runs"] for row in figures["by_fault"].values()) == n_runs


def test_the_command_names_every_fault() -> None:
    assert set(FAULT_NAMES) == set(FAULTS)


@pytest.mark.timeout(1500)
def test_ten_broken_nights_leave_the_tables_of_a_quiet_one(tmp_path: Path) -> None:
    faults = [fault for fault in FAULT_NAMES if fault not in SLOW]
    first = drill(tmp_path, 2, faults)["answers_spoilt"]
    whole = drill(tmp_path, 10, faults)  # goes on behind the second
    assert_clean(whole, 10)
    assert whole["answers_spoilt"].items() >= first.items()


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_two_hundred_broken_nights(tmp_path: Path) -> None:
    assert_clean(drill(tmp_path, 200), 200)
