"""The night with everything in S3 on Ceph's RADOS Gateway, a store that programmes run."""

from collections.abc import Iterator

import pytest

from flows.local_stack import Addresses, environment_of
from flows.stack.servers import s3_keys
from tasks.lake.schemas import IMAGE_SCORES, PRIORITY_LISTS
from tasks.synthetic.campaign import generate_campaign
from tests.support.ceph_server import ceph_server, missing_programs
from tests.support.night import Campaign
from tests.support.night_in_s3 import (
    N_IMAGES,
    PLAN,
    accounting,
    listed,
    new_campaign_in_s3,
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.integration,
    pytest.mark.skipif(
        bool(missing_programs()),
        reason=f"No {', '.join(missing_programs())} here: `make test-long` installs Ceph.",
    ),
]


@pytest.fixture
def campaign(
    tmp_path, monkeypatch, servers_home, triton_server, prefect_server
) -> Iterator[Campaign]:
    keys = s3_keys(servers_home)
    with ceph_server(tmp_path / "ceph", *keys) as endpoint:
        found = Addresses(endpoint, triton_server.url, prefect_server.api_url, *keys)
        variables = environment_of(found)
        with new_campaign_in_s3(tmp_path / "home", monkeypatch, variables) as made:
            yield made


def test_a_night_on_ceph_accounts_for_all_and_its_repetition_writes_nothing(
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
