"""Conformance cases of what an image shows: views, modifiers, laterality, kinds of object."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from pydicom import Dataset
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    DigitalMammographyXRayImageStorageForProcessing,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

from tasks.synthetic.conformance import Case, rejected
from tasks.synthetic.conformance_picture import picture_bytes
from tasks.synthetic.dicom import code_item

CC, MLO, XCCL, SPECIMEN = "399162004", "399368009", "399192008", "127457009"
_TOLERANCE = 2
_TOMOSYNTHESIS = ["DERIVED", "PRIMARY", "TOMOSYNTHESIS"]

Told = tuple[str, dict[str, Any], dict[str, Any]]
"""A title, options of the builder, and what is expected."""


def view_cases() -> Iterator[Case]:
    """The cases of views, laterality and kinds."""
    for group, told in (
        ("views", _views()),
        ("views", _modifiers()),
        ("laterality", _lateralities()),
        ("kinds", _kinds()),
        ("kinds", _foreign()),
    ):
        for title, options, expected in told:
            tolerance = None if "state" in expected else _TOLERANCE
            build = partial(picture_bytes, **options)
            yield Case("any", group, title, build, expected, tolerance)


def view_item(code: str, *modifiers: str) -> Dataset:
    """An item of View Code Sequence with modifiers, all in SNOMED CT."""
    item = code_item(code, "SCT", "view")
    item.ViewModifierCodeSequence = [code_item(value, "SCT", "modifier") for value in modifiers]
    return item


def _seen(view: str, source: str) -> dict[str, Any]:
    return {"view_position": view, "view_position_source": source}


def _views() -> Iterator[Told]:
    by_code, by_text = "view_code_sequence", "view_position"
    code = {"ViewCodeSequence": [view_item(MLO)]}
    yield "View Code against View Position: the code", code, _seen("MLO", by_code)
    no_code = {"ViewCodeSequence": None}
    yield "View Position alone", no_code, _seen("CC", by_text)
    unknown = {"ViewCodeSequence": [view_item("0")]}
    yield "unknown View Code: View Position", unknown, _seen("CC", by_text)
    other = partial(rejected, "view_not_screening")
    yield "no view at all", {**no_code, "ViewPosition": None}, other(view_position=None)
    yield "ML view", {"view_position": "ML"}, other(view_position="ML")
    yield "XCCL view", {"ViewCodeSequence": [view_item(XCCL)]}, other(view_position="XCCL")
    specimen = {"ViewCodeSequence": [view_item(SPECIMEN)]}
    yield "specimen", specimen, other(view_position="SPECIMEN")
    described = {"SpecimenDescriptionSequence": [_specimen()]}
    yield "specimen that only its description tells", described, other()


def _specimen() -> Dataset:
    item = Dataset()
    item.SpecimenIdentifier, item.SpecimenUID = "S1", "1.2.3"
    return item


def _modifiers() -> Iterator[Told]:
    for title, code in (
        ("magnification", "399163009"),
        ("spot_compression", "399055006"),
        ("tangential", "399110001"),
        ("rolled_lateral", "399197002"),
        ("cleavage", "399161006"),
        ("other", "0"),
    ):
        options = {"ViewCodeSequence": [view_item(CC, code)]}
        yield f"CC, {title}", options, rejected("view_not_screening", view_modifiers=title)
    for title, code in (("implant_displaced", "399209000"), ("nipple_in_profile", "442581004")):
        options = {"ViewCodeSequence": [view_item(CC, code)]}
        yield f"CC, {title}", options, {"view_modifiers": title}
    magnified = {"EstimatedRadiographicMagnificationFactor": 1.8}
    yield "magnified 1.8 times, unnamed", magnified, rejected("view_not_screening")
    contact = {"EstimatedRadiographicMagnificationFactor": 1.08}
    yield "magnified 1.08 times as contact views are", contact, {"view_position": "CC"}
    yield "implant in place", {"BreastImplantPresent": "YES"}, {"has_implant": True}
    yield "implant not stated", {"BreastImplantPresent": None}, {"has_implant": None}
    yield "partial view", {"PartialView": "YES"}, {"is_partial_view": True}


def _lateralities() -> Iterator[Told]:
    none = {"ImageLaterality": None}
    series = {"image_laterality": "L", "image_laterality_source": "laterality"}
    yield "Laterality of the series alone", {**none, "Laterality": "L"}, series
    image = {"image_laterality": "L", "image_laterality_source": "image_laterality"}
    yield "Image Laterality against Laterality", {"Laterality": "R"}, image
    missing = rejected("laterality_missing", image_laterality=None)
    yield "no laterality", none, missing
    yield "both breasts", {"ImageLaterality": "B", "Laterality": "L"}, missing
    for laterality, toward in (("L", ["P", "L"]), ("R", ["A", "R"])):
        contradiction = {
            "chest_wall_side_source": "contradiction",
            "is_on_wrong_side": True,
            "is_flipped": laterality == "R",
        }
        options = {"image_laterality": laterality, "PatientOrientation": toward}
        title = f"{laterality} by tag, the other breast by Patient Orientation"
        yield title, options, contradiction
    turned = {"PatientOrientation": ["A", "R"], "is_mirrored": True}
    yield "mirrored against its Patient Orientation", turned, {"is_on_wrong_side": True}
    usual = {"PatientOrientation": None}
    side = {"chest_wall_side": "left", "is_on_wrong_side": False}
    yield "no Patient Orientation, the usual side", usual, side


def _kinds() -> Iterator[Told]:
    raw = rejected("for_processing")
    yield "For Processing", {"PresentationIntentType": "FOR PROCESSING"}, raw
    silent = {
        "SOPClassUID": DigitalMammographyXRayImageStorageForProcessing,
        "PresentationIntentType": None,
    }
    yield "For Processing by its SOP class alone", silent, raw
    frames = rejected("multi_frame")
    tomosynthesis = {"SOPClassUID": BreastTomosynthesisImageStorage}
    yield "tomosynthesis object", tomosynthesis, frames
    yield "several frames", {"NumberOfFrames": 2}, frames
    yield "slice of a tomosynthesis", {"ImageType": _TOMOSYNTHESIS}, frames
    projection = {"ImageType": ["ORIGINAL", "PRIMARY", "TOMO_PROJ"]}
    yield "projection of a tomosynthesis", projection, frames
    synthetic = {"ImageType": [*_TOMOSYNTHESIS, "GENERATED_2D"]}
    yield "synthetic 2D by Image Type", synthetic, {"is_synthetic_2d": True}


def _foreign() -> Iterator[Told]:
    no_mammogram = rejected("not_a_mammogram")
    yield "calibration pattern or phantom", {"QualityControlImage": "YES"}, no_mammogram
    phantom = {"BodyPartExamined": "PHANTOM", "AnatomicRegionSequence": None}
    yield "phantom by its region alone", phantom, no_mammogram
    hand = {
        "BodyPartExamined": "HAND",
        "AnatomicRegionSequence": [code_item("85562004", "SCT", "Hand")],
    }
    yield "another region than the breast", hand, no_mammogram
    unnamed = {"BodyPartExamined": None, "AnatomicRegionSequence": None}
    yield "no region named", unnamed, {"view_position": "CC"}
    capture = {"SOPClassUID": SecondaryCaptureImageStorage}
    yield "secondary capture", capture, no_mammogram
    ultrasound = {"Modality": "US", "SOPClassUID": UltrasoundImageStorage}
    yield "ultrasound", ultrasound, rejected("wrong_modality")
    yield "no modality", {"Modality": None}, rejected("wrong_modality")
