"""Triton or the store gone in mid-run: a stated failure, a list that lacks nobody."""

import pytest

from flows.stack.triton_server import EmbeddedTriton
from tasks import steps
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS, PRIORITY_LISTS, RUNS
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import Campaign
from tests.support.servers import ANY_PORT, MODEL_REPOSITORY, TRITON_ENVIRONMENT

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

PLAN = CampaignPlan(n_exams=2, seed=5, size_scale=0.12, trouble=False)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: the waits are what a night needs, not a test."""
    for step in (steps.discover, steps.read, steps.preprocess, steps.score):
        monkeypatch.setattr(step, "retry_delay_seconds", 0.0)
        monkeypatch.setattr(step, "retries", 1)


def test_a_night_without_triton_says_so_and_the_next_one_finishes(
    campaign: Campaign, monkeypatch, servers
):
    campaign.put(generate_campaign(PLAN))
    monkeypatch.setenv("SMART_MAMMO_TRITON_URL", "127.0.0.1:1")
    state = campaign.run()
    assert state.is_failed()
    assert "Triton" in state.message
    listed = campaign.read(PRIORITY_LISTS)
    assert listed.select("lane", "reason").unique().rows() == [("unscorable", "pending")]
    assert campaign.read(RUNS)["outcome"].to_list() == ["failed"]
    images = campaign.lake.version(IMAGES)
    monkeypatch.setenv("SMART_MAMMO_TRITON_URL", servers["SMART_MAMMO_TRITON_URL"])
    assert campaign.run().is_completed()
    assert campaign.lake.version(IMAGES) == images
    assert campaign.read(IMAGE_SCORES).height == 8
    assert campaign.read(PRIORITY_LISTS)["lane"].unique().to_list() == ["ranked"]


def test_a_triton_that_dies_in_mid_night_loses_nothing(
    campaign: Campaign, monkeypatch, servers_home, servers
):
    campaign.put(generate_campaign(PLAN))
    triton = EmbeddedTriton(
        servers_home / "dies", TRITON_ENVIRONMENT, MODEL_REPOSITORY, ANY_PORT
    )
    with triton:
        monkeypatch.setenv("SMART_MAMMO_TRITON_URL", triton.url)
        commit = campaign.lake.__class__.upsert

        def die_after_images(lake, table, frame):
            changed = commit(lake, table, frame)
            if table is IMAGES:
                triton.__exit__(None, None, None)
            return changed

        with monkeypatch.context() as patch:
            patch.setattr(campaign.lake.__class__, "upsert", die_after_images)
            assert campaign.run().is_failed()
    monkeypatch.setenv("SMART_MAMMO_TRITON_URL", servers["SMART_MAMMO_TRITON_URL"])
    assert campaign.run().is_completed()
    assert campaign.read(IMAGE_SCORES).height == 8


def test_a_store_that_is_away_is_a_stated_failure_and_no_state_is_lost(
    campaign: Campaign, monkeypatch, servers
):
    objects = list(generate_campaign(PLAN))
    campaign.put(objects[:4])
    campaign.run()
    campaign.put(objects[4:])
    monkeypatch.setenv("SMART_MAMMO_S3_ENDPOINT", "http://127.0.0.1:1")
    state = campaign.run()
    assert state.is_failed()
    assert campaign.read(PRIORITY_LISTS).height == 1
    monkeypatch.setenv("SMART_MAMMO_S3_ENDPOINT", servers["SMART_MAMMO_S3_ENDPOINT"])
    assert campaign.run().is_completed()
    states = campaign.read(OBJECTS).group_by("state").len().rows()
    assert states == [("scored", 8)]
