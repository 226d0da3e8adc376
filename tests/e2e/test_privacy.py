"""Nothing personal of the bucket's objects is found in what a night leaves behind."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread

from reports_app.app import create_app
from tasks.lake.files import LakeFiles
from tasks.lake.schemas import IMAGES, INSTANCES, OBJECTS, TABLES
from tasks.lake.search import search
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.canaries import CanaryWoman
from tests.support.night import Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

PLAN = CampaignPlan(n_exams=4, seed=21, size_scale=0.12, trouble=False)
PERSONAL = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "AccessionNumber",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
)


def personal_values(objects: list[bytes]) -> set[str]:
    """Every identifying value, and the parts of names, as text."""
    values: set[str] = set()
    for data in objects:
        header = dcmread(BytesIO(data), stop_before_pixels=True)
        found = {str(header.get(keyword, "")) for keyword in PERSONAL}
        values |= found | {part for value in found for part in value.split("^")}
    return {value for value in values if len(value) > 3}


def test_no_name_number_or_uid_passes_the_door(campaign: Campaign, servers_home: Path, capfd):
    objects = list(generate_campaign(PLAN))
    campaign.put(objects)
    campaign.run()
    values = personal_values([item.data for item in objects])
    assert len(values) > 4 * PLAN.n_exams
    tables = "\n".join(str(campaign.read(table).rows()) for table in TABLES)
    files = [
        path for path in servers_home.rglob("*") if path.is_file() and "s3" not in path.parts
    ]
    kept = b"\n".join(path.read_bytes() for path in files)
    printed = "".join(capfd.readouterr())
    assert any(path.name.endswith(".db") for path in files), (
        "Prefect's database was not looked at"
    )
    for value in values:
        assert value not in tables
        assert value.encode() not in kept
        assert value not in printed


def spellings(canary: str) -> set[bytes]:
    """As bytes in UTF-8, in Latin-1 and escaped as JSON does."""
    return {canary.encode(), canary.encode("latin-1"), json.dumps(canary)[1:-1].encode()}


def pages_of(campaign: Campaign) -> str:
    """Every page of the app, and an exam's."""
    client = create_app(campaign.lake).server.test_client()
    exam_keys = campaign.read(INSTANCES)["exam_key"].unique().sort()
    paths = ["/", "/list", *(f"/exam/{key}" for key in exam_keys[:3])]
    return "".join(
        client.post("/_dash-update-component", json=shown(path)).text for path in paths
    )


def shown(path: str) -> dict[str, object]:
    """What a browser sends when it shows an address."""
    return {
        "output": "..page.children...meta.data..",
        "outputs": [{"id": "page", "property": "children"}, {"id": "meta", "property": "data"}],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": ""},
        ],
        "changedPropIds": ["url.pathname"],
    }


@pytest.mark.parametrize(
    "n_women", [4, pytest.param(500, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_no_canary_of_any_tag_or_pixel_is_found_anywhere(
    campaign: Campaign, servers_home: Path, tmp_path: Path, capfd, n_women: int
):
    women = [CanaryWoman(number) for number in range(n_women)]
    for woman in women:
        campaign.put(woman.objects())
    sent = women[0].objects()[0].data
    assert all(canary.encode() in sent for canary in women[0].canaries)
    assert campaign.run().is_completed()
    objects = campaign.read(OBJECTS)
    assert objects["state"].value_counts().sort("state").rows() == [
        ("scored", 2 * n_women), ("unscorable", n_women)
    ]  # fmt: skip
    assert set(objects["reason"].drop_nulls()) == {"burned_in_text"}
    assert campaign.read(IMAGES).height == 2 * n_women
    wanted = frozenset(canary for woman in women for canary in woman.canaries)
    found = search(LakeFiles(campaign.lake.url), wanted)
    assert (found.found_in, found.unreadable) == ((), ())
    assert found.n_files > len(TABLES) // 2
    folders = [servers_home, tmp_path]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    kept = b"\n".join(path.read_bytes() for path in files if "s3" not in path.parts)
    seen = kept + pages_of(campaign).encode() + "".join(capfd.readouterr()).encode()
    assert [
        canary for canary in wanted if any(text in seen for text in spellings(canary))
    ] == []
