"""Shards in processes and on clusters leave the tables of the local run, whoever is killed."""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from polars.testing import assert_frame_equal

from tasks.lake.schemas import EXAM_SCORES, IMAGE_SCORES, IMAGES, OBJECTS, PRIORITY_LISTS
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import LIST_DATE, Campaign, new_campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.long]

PLAN = CampaignPlan(n_exams=12, seed=5, size_scale=0.2, trouble=False)
NIGHT_S = 600
TABLES = (OBJECTS, IMAGES, IMAGE_SCORES, EXAM_SCORES, PRIORITY_LISTS)


@pytest.fixture(scope="module")
def objects() -> list:
    return list(generate_campaign(PLAN))


@pytest.fixture(scope="module")
def local(tmp_path_factory, servers, objects) -> Iterator[Campaign]:
    """The same campaign by the threads of one machine."""
    home = tmp_path_factory.mktemp("local")
    with (
        pytest.MonkeyPatch.context() as environment,
        new_campaign(home, environment, servers) as campaign,
    ):
        campaign.put(objects)
        assert run_night(campaign, "threads")
        yield campaign


def run_night(campaign: Campaign, runner: str) -> bool:
    """Run a night as a command, as the scheduler's worker does: whether it is completed."""
    variables = {"SMART_MAMMO_TASK_RUNNER": runner, "SMART_MAMMO_EXAMS_PER_SHARD": "4"}
    command = [sys.executable, "-m", "flows.cli", "campaign", "--date", str(LIST_DATE)]
    environment = os.environ | campaign.environment | variables
    done = subprocess.run(
        command, env=environment, timeout=NIGHT_S, capture_output=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    return done.returncode == 0


def needs(package: str):
    is_absent = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(is_absent, reason=f"the extra with {package} is not installed")


def cluster_workers() -> list[psutil.Process]:
    """The processes of a cluster of this machine that run shards."""
    family = psutil.Process().children(recursive=True)
    return [process for process in family if is_worker(process)]


def is_worker(process: psutil.Process) -> bool:
    """Whether it has a worker's title (Ray), or is what a nanny spawned (Dask)."""
    try:
        title = " ".join(process.cmdline())
        if title.startswith("ray::"):
            return title.startswith(("ray::preprocess", "ray::score"))
        return "spawn_main" in title and "flows.cli" in " ".join(process.parent().cmdline())
    except psutil.NoSuchProcess:
        return False


@contextmanager
def killing_a_worker(campaign: Campaign) -> Iterator[list[int]]:
    """Kill one worker of the cluster once the first images are in the lake."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.05):
            if campaign.lake.version(IMAGES) and (victims := cluster_workers()):
                victims[0].kill()
                killed.append(victims[0].pid)
                return

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def assert_same_tables(campaign: Campaign, local: Campaign) -> None:
    for table in TABLES:
        assert_frame_equal(campaign.content(table), local.content(table))


RUNNERS = ["processes", pytest.param("dask", marks=needs("prefect_dask"))]
RUNNERS.append(pytest.param("ray", marks=needs("prefect_ray")))


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_tables_are_those_of_the_local_run(campaign, objects, local, runner):
    campaign.put(objects)
    assert run_night(campaign, runner)
    assert_same_tables(campaign, local)


@pytest.mark.parametrize("runner", RUNNERS[1:])
def test_a_killed_worker_loses_and_doubles_nothing(campaign, objects, local, runner):
    campaign.put(objects)
    with killing_a_worker(campaign) as killed:
        is_completed = run_night(campaign, runner)
    assert killed
    if not is_completed:  # the next night goes on
        assert run_night(campaign, runner)
    assert_same_tables(campaign, local)
