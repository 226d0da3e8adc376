"""A whole night with the bucket and the lake both in S3, on a store with conditional writes."""

from collections.abc import Iterator

import pytest

from tasks.lake.schemas import IMAGE_SCORES, PRIORITY_LISTS
from tasks.synthetic.campaign import generate_campaign
from tests.support.moto_server import moto_server
from tests.support.night import Campaign
from tests.support.night_in_s3 import (
    N_IMAGES,
    PLAN,
    accounting,
    listed,
    new_campaign_in_s3,
)

pytestmark = [pytest.mark.e2e, pytest.mark.integration]


@pytest.fixture
def campaign(tmp_path, monkeypatch, servers) -> Iterator[Campaign]:
    with moto_server() as endpoint:
        variables = {**servers, "SMART_MAMMO_S3_ENDPOINT": endpoint}
        with new_campaign_in_s3(tmp_path, monkeypatch, variables) as made:
            yield made


def test_a_night_with_everything_in_s3_accounts_for_all_and_its_repetition_writes_nothing(
    campaign: Campaign,
):
    campaign.put(generate_campaign(PLAN))
    assert campaign.run().is_completed()
    assert accounting(campaign) == {("scored", None): N_IMAGES}
    assert campaign.read(IMAGE_SCORES).height == N_IMAGES
    assert listed(campaign.read(PRIORITY_LISTS)) == [(rank, "ranked", 4) for rank in (1, 2, 3)]
    versions = campaign.versions()
    assert campaign.run().is_completed()
    assert campaign.versions() == versions
