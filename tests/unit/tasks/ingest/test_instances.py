"""Headers to rows."""

import json
import struct
from datetime import UTC, date, datetime

import pytest
from pydicom.tag import Tag

from tasks.errors import RejectionReason
from tasks.ingest.instances import ReadResult
from tasks.lake.rows import check_rows
from tasks.lake.schemas import INSTANCES
from tests.support.headers import PSEUDONYMISER, instance_of, mammogram, read_bytes


def test_a_row_fits_the_table():
    check_rows(INSTANCES, INSTANCES.frame([instance_of()]))


def test_a_row_of_a_bare_header_fits_the_table():
    bare = dict.fromkeys(
        [
            "PatientID",
            "PatientAge",
            "PatientBirthDate",
            "StudyDate",
            "AcquisitionDate",
            "Manufacturer",
            "SoftwareVersions",
            "StationName",
            "InstitutionName",
            "ImageLaterality",
            "ViewCodeSequence",
            "ViewPosition",
            "ImagerPixelSpacing",
            "BreastImplantPresent",
            "PresentationIntentType",
            "SeriesInstanceUID",
        ]
    )
    instance = instance_of(**bare)
    check_rows(INSTANCES, INSTANCES.frame([instance]))
    assert instance["exam_date"] is instance["patient_age_years"] is None


def test_facts_come_from_the_header():
    expected = {
        "manufacturer": "GE MEDICAL SYSTEMS",
        "manufacturer_model_name": "Senographe Pristina",
        "site": "UNIT-1",
        "exam_date": date(2026, 11, 20),
        "acquired_at": datetime(2026, 11, 20, 13, 15, 30, tzinfo=UTC),
        "patient_age_years": 56,
        "rows": 3,
        "columns": 4,
        "bits_stored": 12,
        "imager_pixel_spacing_mm": 0.1,
        "has_implant": False,
        "transfer_syntax_uid": "1.2.840.10008.1.2.1",
    }
    assert instance_of().items() >= expected.items()


def test_identities_become_pseudonyms():
    instance = instance_of(PatientID=" 7 ", IssuerOfPatientID="RUT", StudyInstanceUID="1.2")
    assert instance["patient_key"] == PSEUDONYMISER.patient_key("7", "RUT")
    assert instance["exam_key"] == PSEUDONYMISER.exam_key("1.2")


def test_patients_without_id_are_one_for_each_exam():
    keys = {instance_of(PatientID="", StudyInstanceUID=uid)["patient_key"] for uid in "12"}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("options", "age"),
    [
        ({"PatientAge": "056Y"}, 56),
        ({"PatientAge": "600M"}, 50),
        ({"PatientAge": None, "PatientBirthDate": "19700101"}, 56),
        ({"PatientAge": "", "PatientBirthDate": "19701121"}, 55),
        ({"PatientAge": "old", "PatientBirthDate": "19701120"}, 56),
        ({"PatientAge": None, "PatientBirthDate": "20991231"}, None),
        ({"PatientAge": "999Y"}, None),
    ],
)
def test_the_age_is_stated_or_computed_or_null(options, age: int | None):
    assert instance_of(**options)["patient_age_years"] == age


def test_the_institution_is_the_site_where_no_station_is_named():
    assert instance_of(StationName=None)["site"] == "Programa de prueba"


@pytest.mark.parametrize(
    "keyword", ["SOPInstanceUID", "StudyInstanceUID", "Rows", "BitsStored"]
)
def test_a_header_without_what_a_row_needs_is_damaged(keyword: str):
    result = read_bytes(without(keyword))
    assert (result.instance, result.reason) == (None, RejectionReason.DAMAGED_HEADER)
    assert keyword in str(result.detail)


def without(keyword: str) -> bytes:
    """A mammogram whose writer put an attribute under a tag that does not exist."""
    tag = Tag(keyword)
    written = struct.pack("<HH", tag.group, tag.element)
    return mammogram().replace(written, struct.pack("<HH", tag.group, 0xFFF0))


PERSONAL = {
    "PatientName": "CANARY^ONE",
    "PatientID": "CANARY-TWO",
    "IssuerOfPatientID": "CANARY-THREE",
    "PatientBirthDate": "19550505",
    "PatientAddress": "CANARY FOUR",
    "OtherPatientIDs": "CANARY-FIVE",
    "ReferringPhysicianName": "CANARY^SIX",
    "OperatorsName": "CANARY^SEVEN",
    "AccessionNumber": "CANARY8",
    "StudyDescription": "CANARY NINE",
    "PatientComments": "CANARY TEN",
    "StudyInstanceUID": "1.2.777.1",
    "SeriesInstanceUID": "1.2.777.2",
    "SOPInstanceUID": "1.2.777.3",
}


@pytest.mark.parametrize(
    "trouble",
    [
        {},
        {"Modality": "CANARY"},
        {"Rows": None},
        {"ViewPosition": "CANARY", "ViewCodeSequence": None},
    ],
)
def test_nothing_personal_passes(trouble: dict[str, object]):
    result = read_bytes(mammogram(**(PERSONAL | trouble)))
    shown = repr(result) + json.dumps(result.instance, default=str)
    assert isinstance(result, ReadResult)
    for secret in ("CANARY", "1955", "777"):
        assert secret not in shown
