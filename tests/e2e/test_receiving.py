"""docs/receiving.md as it stands: images sent to Orthanc, its files to the bucket, a night."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tasks.lake.schemas import OBJECTS, PRIORITY_LISTS
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import Campaign
from tests.support.orthanc_server import Orthanc, missing, orthanc_server

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.integration,
    pytest.mark.skipif(
        bool(missing()), reason=f"No {', '.join(missing())} here: `make test` installs it."
    ),
]

PAGE = Path(__file__).parents[2] / "docs" / "receiving.md"
ONE_EXAM = CampaignPlan(n_exams=1, seed=5, size_scale=0.12, trouble=False)


def copy_to_bucket(orthanc: Orthanc, campaign: Campaign) -> None:
    """Run the page's own command, without the minute that it gives to files half written."""
    (command,) = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    programs = f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"
    variables = {"ORTHANC_STORAGE": str(orthanc.storage), "MIN_AGE": "0s", "PATH": programs}
    subprocess.run(
        ["bash", "-euc", command],
        env=os.environ | campaign.environment | variables,
        check=True,
        timeout=120,
    )


def objects(campaign: Campaign) -> list[tuple[str, str | None]]:
    return sorted(campaign.read(OBJECTS).select("state", "reason").iter_rows())


def test_what_a_unit_sends_to_orthanc_is_scored_by_the_night(
    campaign: Campaign, tmp_path: Path
):
    images = [item.data for item in generate_campaign(ONE_EXAM)]
    with orthanc_server(tmp_path / "orthanc") as orthanc:
        for number, data in enumerate(images[:2]):
            path = tmp_path / f"{number}.dcm"
            path.write_bytes(data)
            orthanc.c_store(path)
        copy_to_bucket(orthanc, campaign)
        orthanc.stow(images[2:])
        copy_to_bucket(orthanc, campaign)
    assert campaign.run().is_completed()
    assert objects(campaign) == [("scored", None)] * 4
    keys = campaign.read(OBJECTS)["object_key"].to_list()
    assert all(re.fullmatch(r"orthanc/../../[0-9a-f-]{36}", key) for key in keys)
    (row,) = campaign.read(PRIORITY_LISTS).iter_rows(named=True)
    assert (row["lane"], row["n_images_scored"]) == ("ranked", 4)
