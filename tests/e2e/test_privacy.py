"""Nothing personal of the bucket's objects is found in what a night leaves behind."""

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from math import prod
from pathlib import Path

import polars as pl
import pytest
from pydicom import dcmread

from models.contract import IMAGE
from reports_app import links
from reports_app.app import create_app
from tasks.lake.files import LakeFiles
from tasks.lake.schemas import IMAGES, INSTANCES, OBJECTS, TABLES
from tasks.lake.search import search
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.canaries import CanaryWoman
from tests.support.night import Campaign
from tests.support.recording_triton import RecordingTriton, recording_triton

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
    files = kept_files(servers_home)
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


def found_in(texts: Iterable[bytes], canaries: Iterable[str]) -> set[str]:
    """The spellings of canaries that stand in any of the texts."""
    wanted = {text.decode("latin-1") for one in canaries for text in spellings(one)}
    searched = pl.Series([text.decode("latin-1") for text in texts], dtype=pl.String)
    return set(searched.str.extract_many(list(wanted)).explode().drop_nulls())


def pages_of(campaign: Campaign) -> list[bytes]:
    """Every page of the app, and some exams'."""
    client = create_app(campaign.lake).server.test_client()
    exam_keys = campaign.read(INSTANCES)["exam_key"].unique().sort()
    exams = [f"{links.EXAM_PATH}{key}" for key in exam_keys[:3]]
    paths = {path for name, path in vars(links).items() if name.endswith("_PATH")}
    answers = [
        client.post("/_dash-update-component", json=shown(path))
        for path in [*sorted(paths - {links.EXAM_PATH}), *exams]
    ]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.data for answer in answers]


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


@pytest.fixture
def recorder(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingTriton]:
    """Keeps what the campaign's nights send to Triton, all of it: images as bytes."""
    monkeypatch.setattr("tasks.score.connection.HOSTS", ())
    with recording_triton(campaign.environment["SMART_MAMMO_TRITON_URL"]) as recorder:
        monkeypatch.setenv("SMART_MAMMO_TRITON_URL", recorder.url)
        yield recorder


@pytest.mark.parametrize(
    "n_women", [4, pytest.param(500, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_no_canary_of_any_tag_or_pixel_is_found_anywhere(
    campaign: Campaign,
    recorder: RecordingTriton,
    servers_home: Path,
    tmp_path: Path,
    capfd,
    n_women: int,
):
    women = [CanaryWoman(number) for number in range(n_women)]
    for woman in women:
        campaign.put(woman.objects())
    wanted = frozenset(canary for woman in women for canary in woman.canaries)
    sent = women[0].objects()[0].data
    assert len(found_in([sent], women[0].canaries)) >= len(women[0].canaries)
    assert campaign.run().is_completed()
    objects = campaign.read(OBJECTS)
    assert objects["state"].value_counts().sort("state").rows() == [
        ("scored", 2 * n_women), ("unscorable", n_women)
    ]  # fmt: skip
    assert set(objects["reason"].drop_nulls()) == {"burned_in_text"}
    assert campaign.read(IMAGES).height == 2 * n_women
    found = search(LakeFiles(campaign.lake.url), wanted)
    assert (found.found_in, found.unreadable) == ((), ())
    assert found.n_files > len(TABLES) // 2
    n_pixels = 2 * n_women * prod(IMAGE.shape)
    assert sum(map(len, recorder.requests["ModelInfer"])) > n_pixels
    kept = kept_files(servers_home, tmp_path)
    assert {"triton.log", "prefect.log"} <= {path.name for path in kept}
    assert any(path.suffix == ".db" for path in kept)
    assert found_in((path.read_bytes() for path in kept), wanted) == set()
    assert found_in(pages_of(campaign), wanted) == set()
    assert found_in(chain(*recorder.requests.values()), wanted) == set()
    assert found_in(["".join(capfd.readouterr()).encode()], wanted) == set()


def kept_files(*folders: Path) -> list[Path]:
    """What servers and nights left on the disk, but for the bucket itself."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if "s3" not in path.parts]
