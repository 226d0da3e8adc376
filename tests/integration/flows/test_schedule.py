"""The committed prefect.yaml on a real server: some versions silently never make cron runs."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from flows.stack.prefect_server import EmbeddedPrefect
from tests.support.servers import ROOT

pytestmark = pytest.mark.integration

PREFECT = Path(sysconfig.get_path("scripts")) / "prefect"
SCHEDULED_WITHIN_S = 60


def run(api_url: str, home: Path, *command: str | Path) -> str:
    """Run a command against a server, as on a machine that knows nothing of it yet."""
    environment = {
        **os.environ,
        "PREFECT_API_URL": api_url,
        "PREFECT_HOME": str(home),
        "SMART_MAMMO_HOME": str(home / "mammo"),
        "DO_NOT_TRACK": "1",
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def api_url(
    prefect_server: EmbeddedPrefect, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server on which the night is deployed."""
    url, home = prefect_server.api_url, tmp_path_factory.mktemp("prefect")
    for _ in range(2):  # again changes nothing
        said = run(url, home, sys.executable, "-m", "flows.cli", "deploy")
        assert "02:00" in said
        assert "night-silent" in said
    yield url
    run(url, home, PREFECT, "--no-prompt", "work-pool", "delete", "campaign")


def ask(url: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = httpx.post(url, json=body, timeout=30).raise_for_status()
    return answer.json()


def scheduled_runs(api_url: str) -> list[dict[str, Any]]:
    """The runs that the scheduler made, once there are some."""
    only_scheduled = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    deadline = monotonic() + SCHEDULED_WITHIN_S
    while not (runs := ask(f"{api_url}/flow_runs/filter", only_scheduled)):
        assert monotonic() < deadline, "The scheduler made no run."
        sleep(0.5)
    return runs


def test_nights_are_at_two_in_santiago_and_upkeep_on_sunday_afternoon(api_url: str):
    for run in scheduled_runs(api_url):
        start = datetime.fromisoformat(run["expected_start_time"])
        local = start.astimezone(ZoneInfo("America/Santiago"))
        assert (local.hour, local.minute) in {(2, 0), (14, 0)}
        assert local.hour == 2 or local.isoweekday() == 7


def test_the_deployments_name_modules_and_one_pool(api_url: str):
    deployments = ask(f"{api_url}/deployments/filter", {})
    assert {one["entrypoint"] for one in deployments} == {
        "flows.campaign:campaign",
        "flows.redeploy:redeploy",
        "flows.redeploy:rollback",
        "flows.weekly:upkeep",
    }
    assert {one["work_pool_name"] for one in deployments} == {"campaign"}
    assert {one["global_concurrency_limit"]["limit"] for one in deployments} == {1}


def test_the_night_and_the_weeks_upkeep_come_by_themselves(api_url: str):
    scheduled = [one for one in ask(f"{api_url}/deployments/filter", {}) if one["schedules"]]
    expected = {"flows.campaign:campaign", "flows.weekly:upkeep"}
    assert {one["entrypoint"] for one in scheduled} == expected
