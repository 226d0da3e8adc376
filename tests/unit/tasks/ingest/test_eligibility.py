"""Which objects are scored, and why others are not."""

import pytest
from pydicom import Dataset
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    CTImageStorage,
    DigitalMammographyXRayImageStorageForProcessing,
    SecondaryCaptureImageStorage,
)

from tasks.errors import RejectionReason
from tasks.ingest.views import (
    MODIFIER_NAMES,
    SCREENING_MODIFIERS,
    SNOMED_RT,
    VIEW_NAMES,
)
from tasks.synthetic.dicom import code_item
from tests.support.headers import instance_of, mammogram, read_bytes


def snomed_codes(cid: int) -> set[str]:
    """A context group's codes as pydicom knows them."""
    return {
        code
        for name in cid_concepts[cid]["SCT"]
        for code, (_, cids) in concepts["SCT"][name].items()
        if cid in cids
    }


BREAST = code_item("76752008", "SCT", "Breast")
HAND = code_item("85562004", "SCT", "Hand")
TOMOSYNTHESIS = ["DERIVED", "PRIMARY", "TOMOSYNTHESIS"]


def view(code: str, *modifiers: str, scheme: str = "SCT") -> list[Dataset]:
    item = code_item(code, scheme, "view")
    item.ViewModifierCodeSequence = [code_item(value, scheme, "m") for value in modifiers]
    return [item]


def test_views_and_modifiers_are_those_of_the_standard():
    assert set(VIEW_NAMES) == snomed_codes(4014)
    assert set(MODIFIER_NAMES) == snomed_codes(4015)
    assert set(MODIFIER_NAMES.values()) >= SCREENING_MODIFIERS


def test_older_codes_name_the_same_concepts():
    current = VIEW_NAMES | MODIFIER_NAMES
    assert {mapping["SCT"][code]: code for code in current} == SNOMED_RT


def test_a_mammogram_has_no_reason():
    result = read_bytes(mammogram())
    assert (result.reason, result.detail) == (None, None)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"Modality": "CT", "SOPClassUID": CTImageStorage}, RejectionReason.WRONG_MODALITY),
        ({"Modality": "Perez^Ana"}, RejectionReason.WRONG_MODALITY),
        ({"Modality": None}, RejectionReason.WRONG_MODALITY),
        ({"SOPClassUID": SecondaryCaptureImageStorage}, RejectionReason.NOT_A_MAMMOGRAM),
        ({"SOPClassUID": "1.2"}, RejectionReason.NOT_A_MAMMOGRAM),
        ({"QualityControlImage": "YES"}, RejectionReason.NOT_A_MAMMOGRAM),
        (
            {"BodyPartExamined": "HAND", "AnatomicRegionSequence": [HAND]},
            RejectionReason.NOT_A_MAMMOGRAM,
        ),
    ],
)
def test_what_is_no_mammogram_is_rejected(options, reason: RejectionReason):
    result = read_bytes(mammogram(**options))
    assert (result.reason, result.instance) == (reason, None)
    assert "Perez" not in str(result.detail).title()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"PresentationIntentType": "FOR PROCESSING"}, RejectionReason.FOR_PROCESSING),
        ({"NumberOfFrames": 2}, RejectionReason.MULTI_FRAME),
        ({"SOPClassUID": BreastTomosynthesisImageStorage}, RejectionReason.MULTI_FRAME),
        ({"ImageType": TOMOSYNTHESIS}, RejectionReason.MULTI_FRAME),
        ({"ImageLaterality": None}, RejectionReason.LATERALITY_MISSING),
        ({"ImageLaterality": "B", "Laterality": "L"}, RejectionReason.LATERALITY_MISSING),
        ({"view_position": "ML"}, RejectionReason.VIEW_NOT_SCREENING),
        (
            {"ViewCodeSequence": view("399162004", "399163009")},
            RejectionReason.VIEW_NOT_SCREENING,
        ),
        ({"ViewCodeSequence": view("399162004", "0")}, RejectionReason.VIEW_NOT_SCREENING),
        ({"EstimatedRadiographicMagnificationFactor": 1.8}, RejectionReason.VIEW_NOT_SCREENING),
        ({"ViewCodeSequence": None, "ViewPosition": None}, RejectionReason.VIEW_NOT_SCREENING),
    ],
)
def test_a_mammogram_that_cannot_be_scored_keeps_its_facts(options, reason: RejectionReason):
    result = read_bytes(mammogram(**options))
    assert result.reason == reason
    assert result.instance is not None
    assert result.detail


def test_the_sop_class_tells_the_intent_where_the_header_does_not():
    sop_class = DigitalMammographyXRayImageStorageForProcessing
    result = read_bytes(mammogram(SOPClassUID=sop_class, PresentationIntentType=None))
    assert result.reason == RejectionReason.FOR_PROCESSING


@pytest.mark.parametrize(
    ("options", "position", "source"),
    [
        ({"ViewPosition": "MLO"}, "CC", "view_code_sequence"),
        ({"ViewCodeSequence": None}, "CC", "view_position"),
        ({"ViewCodeSequence": view("R-10226", scheme="SRT")}, "MLO", "view_code_sequence"),
        ({"ViewCodeSequence": view("0"), "ViewPosition": "mlo"}, "MLO", "view_position"),
        ({"ViewCodeSequence": None, "ViewPosition": "Ana"}, None, "none"),
    ],
)
def test_the_view_code_is_read_before_the_view_position(options, position, source: str):
    instance = instance_of(**options)
    assert instance["view_position"] == position
    assert instance["view_position_source"] == source


@pytest.mark.parametrize(
    ("options", "laterality", "source"),
    [
        ({"ImageLaterality": "R", "Laterality": "L"}, "R", "image_laterality"),
        ({"ImageLaterality": None, "Laterality": "L"}, "L", "laterality"),
        ({"ImageLaterality": "", "Laterality": "R"}, "R", "laterality"),
        ({"ImageLaterality": "U", "Laterality": "R"}, None, "none"),
    ],
)
def test_the_series_laterality_is_only_a_fallback(options, laterality, source: str):
    instance = instance_of(**options)
    assert instance["image_laterality"] == laterality
    assert instance["image_laterality_source"] == source


def test_an_implant_displaced_view_is_scored():
    options = {"ViewCodeSequence": view("R-10242", "R-102D5", scheme="SRT")}
    result = read_bytes(mammogram(**options))
    assert result.reason is None
    assert result.instance is not None
    assert result.instance["view_modifiers"] == "implant_displaced"


@pytest.mark.parametrize(
    ("body_part", "regions"),
    [("BREAST", [HAND]), ("HAND", [BREAST]), ("", [BREAST]), ("", None), (None, None)],
)
def test_a_breast_is_named_once_or_nothing_is(body_part, regions):
    result = read_bytes(mammogram(BodyPartExamined=body_part, AnatomicRegionSequence=regions))
    assert result.reason is None


@pytest.mark.parametrize(
    ("options", "is_synthetic"),
    [
        ({"ImageType": [*TOMOSYNTHESIS, "GENERATED_2D"]}, True),
        ({"Manufacturer": "HOLOGIC, Inc.", "SeriesDescription": "L CC C-View"}, True),
        ({"Manufacturer": "Planmed Oy", "SeriesDescription": "L CC C-View"}, False),
        ({"SeriesDescription": "L CC"}, False),
    ],
)
def test_a_view_computed_from_a_tomosynthesis_is_recognised(options, is_synthetic):
    instance = instance_of(**options)
    assert instance["is_synthetic_2d"] == is_synthetic
    assert instance["presentation_intent_type"] == "FOR PRESENTATION"
