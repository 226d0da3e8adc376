"""What becomes of each DICOM attribute at the door, declared once.

An attribute that no reader names is never looked at: the door lists what it takes, not what
it removes. Tests hold this declaration to the readers and to the tables.

References:
    DICOM PS3.15 Annex E, Table E.1-1 (Basic Application Level Confidentiality Profile), of
    edition 2024b.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What is done with a value."""

    PSEUDONYM = "keyed pseudonym"
    DERIVED = "derived value"
    KEPT = "kept"
    USED = "used, not stored"


@dataclass(frozen=True)
class Treatment:
    """One attribute's treatment.

    Args:
        keyword: Of the attribute.
        action: What is done with it.
        columns: Of `instances`, that it fills.
        basic_profile: Action code of Table E.1-1; empty where the table does not list it.
    """

    keyword: str
    action: Action
    columns: tuple[str, ...] = ()
    basic_profile: str = ""


def _treatments() -> Iterator[Treatment]:
    yield Treatment("PatientID", Action.PSEUDONYM, ("patient_key",), "Z/D")
    yield Treatment("IssuerOfPatientID", Action.PSEUDONYM, ("patient_key",), "X")
    yield Treatment("StudyInstanceUID", Action.PSEUDONYM, ("exam_key",), "U")
    yield Treatment("SeriesInstanceUID", Action.PSEUDONYM, ("series_key",), "U")
    yield Treatment("SOPInstanceUID", Action.PSEUDONYM, ("sop_instance_key",), "U")
    yield Treatment("PatientAge", Action.DERIVED, ("patient_age_years",), "X")
    yield Treatment("PatientBirthDate", Action.DERIVED, ("patient_age_years",), "Z")
    yield Treatment("StudyDate", Action.KEPT, ("exam_date", "acquired_at"), "Z")
    yield Treatment("StudyTime", Action.KEPT, ("acquired_at",), "Z")
    yield Treatment("AcquisitionDate", Action.KEPT, ("acquired_at",), "X/Z")
    yield Treatment("AcquisitionTime", Action.KEPT, ("acquired_at",), "X/Z")
    yield Treatment("StationName", Action.KEPT, ("site",), "X/Z/D")
    yield Treatment("InstitutionName", Action.KEPT, ("site",), "X/Z/D")
    yield Treatment("SeriesDescription", Action.USED, (), "X")
    yield Treatment("PatientName", Action.USED, (), "Z")
    yield from _equipment()
    yield from _projection()
    yield from _pixels()


def _equipment() -> Iterator[Treatment]:
    yield Treatment("Manufacturer", Action.KEPT, ("manufacturer",))
    yield Treatment("ManufacturerModelName", Action.KEPT, ("manufacturer_model_name",))
    yield Treatment("SoftwareVersions", Action.KEPT, ("software_versions",))
    yield Treatment("BreastImplantPresent", Action.KEPT, ("has_implant",))
    yield Treatment("SOPClassUID", Action.KEPT, ("sop_class_uid",))
    yield Treatment("TransferSyntaxUID", Action.KEPT, ("transfer_syntax_uid",))


def _projection() -> Iterator[Treatment]:
    view = ("view_position", "view_position_source")
    laterality = ("image_laterality", "image_laterality_source")
    chest_wall = ("chest_wall_side", "chest_wall_side_source")
    yield Treatment("PresentationIntentType", Action.KEPT, ("presentation_intent_type",))
    yield Treatment("ImageLaterality", Action.DERIVED, (*laterality, *chest_wall))
    yield Treatment("Laterality", Action.DERIVED, (*laterality, *chest_wall))
    yield Treatment("PatientOrientation", Action.DERIVED, chest_wall)
    yield Treatment("FieldOfViewHorizontalFlip", Action.DERIVED, chest_wall)
    yield Treatment("ViewCodeSequence", Action.DERIVED, view)
    yield Treatment("ViewPosition", Action.DERIVED, view)
    yield Treatment("ViewModifierCodeSequence", Action.DERIVED, ("view_modifiers",))
    yield Treatment("ImageType", Action.DERIVED, ("is_synthetic_2d",))
    yield Treatment("PartialView", Action.DERIVED, ("is_partial_view",))
    for keyword in (
        "AnatomicRegionSequence",
        "BodyPartExamined",
        "EstimatedRadiographicMagnificationFactor",
        "Modality",
        "QualityControlImage",
        "SpecificCharacterSet",
        "SpecimenDescriptionSequence",
    ):
        yield Treatment(keyword, Action.USED)


def _pixels() -> Iterator[Treatment]:
    yield Treatment("Rows", Action.KEPT, ("rows",))
    yield Treatment("Columns", Action.KEPT, ("columns",))
    yield Treatment("BitsStored", Action.KEPT, ("bits_stored",))
    yield Treatment("PhotometricInterpretation", Action.KEPT, ("photometric_interpretation",))
    yield Treatment("ImagerPixelSpacing", Action.KEPT, ("imager_pixel_spacing_mm",))
    for keyword in (
        "BitsAllocated",
        "BurnedInAnnotation",
        "HighBit",
        "LUTData",
        "LUTDescriptor",
        "ModalityLUTSequence",
        "NumberOfFrames",
        "PixelPaddingRangeLimit",
        "PixelPaddingValue",
        "PixelRepresentation",
        "PresentationLUTShape",
        "RescaleIntercept",
        "RescaleSlope",
        "SamplesPerPixel",
        "VOILUTFunction",
        "VOILUTSequence",
        "WindowCenter",
        "WindowWidth",
    ):
        yield Treatment(keyword, Action.USED)


TREATMENTS = {treatment.keyword: treatment for treatment in _treatments()}
"""By keyword; every attribute that a reader names."""

OPTIONS = (
    (
        "Retain Longitudinal Temporal Information with Full Dates",
        "StudyDate, StudyTime, AcquisitionDate, AcquisitionTime",
    ),
    ("Retain Institution Identity", "InstitutionName"),
    ("Retain Patient Characteristics", "PatientAge"),
    ("Retain Device Identity", "StationName; no serial number or device UID"),
    ("Clean Pixel Data", "images with text in them are set aside, not cleaned"),
)
"""Options of Annex E.3 that the kept attributes amount to, and by which of them."""
