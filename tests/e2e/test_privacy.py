"""Nothing personal of the bucket's objects is found in what a night leaves behind."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread

from tasks.lake.schemas import TABLES
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
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
