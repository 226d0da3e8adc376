"""A bit that flips in the lake between two nights stops the second, or is told by it."""

from pathlib import Path

import pytest

from tasks.lake.columns import Table
from tasks.lake.schemas import EXAM_SCORES, IMAGES, LAKE_FILES, PRIORITY_LISTS, RUNS, TABLES
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

PLAN = CampaignPlan(n_exams=2, seed=5, size_scale=0.12, trouble=False)
NOT_AS_WRITTEN = "1 files of the lake are not as they were written: run mammo lake check."


def flip(campaign: Campaign, table: Table) -> None:
    """Flip a bit in the middle of a file of the latest version."""
    delta = campaign.lake.opened(table)
    assert delta is not None
    path = Path(campaign.lake.url, table.name, delta.get_add_actions()["path"][0].as_py())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def versions(campaign: Campaign) -> dict[str, int | None]:
    """Of each table but those that tell of the night itself."""
    told = (RUNS, LAKE_FILES)
    return {table.name: campaign.lake.version(table) for table in TABLES if table not in told}


def test_damage_where_a_night_decides_stops_it_before_it_works(campaign: Campaign):
    objects = list(generate_campaign(PLAN))
    campaign.put(objects[:4])
    assert campaign.run().is_completed()
    campaign.put(objects[4:])
    flip(campaign, EXAM_SCORES)
    before = versions(campaign)
    state = campaign.run()
    assert state.is_failed()
    assert NOT_AS_WRITTEN in state.message
    assert "exam_scores/" in state.message
    assert versions(campaign) == before


def test_damage_of_pixels_that_were_scored_is_told_and_stops_no_list(campaign: Campaign):
    objects = list(generate_campaign(PLAN))
    campaign.put(objects[:4])
    assert campaign.run().is_completed()
    campaign.put(objects[4:])
    flip(campaign, IMAGES)
    state = campaign.run()
    assert state.is_failed()
    assert NOT_AS_WRITTEN in state.message
    assert campaign.read(PRIORITY_LISTS).height == 2
