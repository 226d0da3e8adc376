"""A machine whose clock is wrong: nights ahead of time and behind it leave the same tables."""

from datetime import datetime, timedelta
from types import ModuleType

import pytest

from flows import campaign as campaign_flow
from tasks import run
from tasks.lake.schemas import IMAGE_SCORES, OBJECTS, PRIORITY_LISTS, RUNS
from tasks.score import shard
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.long]

CLOCKS: tuple[ModuleType, ...] = (run, shard, campaign_flow)
PLAN = CampaignPlan(n_exams=2, seed=5, size_scale=0.12, trouble=False)


def wrong_by(days: int) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=days)

    return Clock


def test_clocks_that_jump_lose_and_double_nothing(campaign: Campaign, monkeypatch):
    objects = list(generate_campaign(PLAN))
    for part, days in ((objects[:3], 400), (objects[3:6], -2), (objects[6:], 0)):
        campaign.put(part)
        for module in CLOCKS:
            monkeypatch.setattr(module, "datetime", wrong_by(days))
        assert campaign.run().is_completed()
    assert campaign.read(RUNS).height == 3
    assert campaign.read(OBJECTS)["state"].to_list() == ["scored"] * 8
    assert campaign.read(IMAGE_SCORES)["sop_instance_key"].n_unique() == 8
    listed = campaign.read(PRIORITY_LISTS)
    assert listed["exam_key"].n_unique() == listed.height == 2
    before = campaign.versions()
    assert campaign.run().is_completed()
    assert campaign.versions() == before
