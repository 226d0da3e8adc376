"""`kill -9` of a night at seeded points, then a run: the tables of an undisturbed night."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from polars.testing import assert_frame_equal

from tasks.lake.schemas import (
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    PRIORITY_LISTS,
)
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import LIST_DATE, Campaign, new_campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.timeout(900)]

PLAN = CampaignPlan(n_exams=8, seed=3, size_scale=0.25)
TABLES = (OBJECTS, INSTANCES, IMAGES, IMAGE_SCORES, EXAM_SCORES, PRIORITY_LISTS)
N_KILLS = 10
START_TIMEOUT_S = 120


def start_night(campaign: Campaign, log: Path) -> subprocess.Popen[bytes]:
    """Start `mammo campaign` in a session of its own, so that all of it can be killed."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "campaign", "--date", LIST_DATE.isoformat()],
            env={**os.environ, **campaign.environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def wait_for_work(campaign: Campaign, night: subprocess.Popen[bytes]) -> None:
    """Wait until the night has written its first rows: before that there is nothing to tear."""
    deadline = monotonic() + START_TIMEOUT_S
    while campaign.lake.version(OBJECTS) is None:
        assert night.poll() is None, "the night ended before it began"
        assert monotonic() < deadline
        sleep(0.05)


def kill(night: subprocess.Popen[bytes]) -> None:
    os.killpg(night.pid, signal.SIGKILL)
    night.wait()


def test_a_killed_night_leaves_the_tables_of_an_undisturbed_one(tmp_path, servers):
    objects = list(generate_campaign(PLAN))
    with (
        pytest.MonkeyPatch.context() as patch,
        new_campaign(tmp_path / "quiet", patch, servers) as quiet,
    ):
        quiet.put(objects)
        night = start_night(quiet, tmp_path / "quiet.log")
        wait_for_work(quiet, night)
        start = monotonic()
        assert night.wait() == 0, (tmp_path / "quiet.log").read_text()
        duration_s = monotonic() - start
        expected = {table.name: quiet.content(table) for table in TABLES}
    moments = random.Random(7)
    n_torn = 0
    for point in range(N_KILLS):
        with (
            pytest.MonkeyPatch.context() as patch,
            new_campaign(tmp_path / str(point), patch, servers) as torn,
        ):
            torn.put(objects)
            night = start_night(torn, tmp_path / f"{point}.log")
            wait_for_work(torn, night)
            sleep(moments.uniform(0, duration_s))
            kill(night)
            n_torn += torn.read(PRIORITY_LISTS).is_empty()
            assert torn.run().is_completed()
            for table in TABLES:
                assert_frame_equal(torn.content(table), expected[table.name])
    assert n_torn >= N_KILLS // 2, "most kills came after the night's end"
