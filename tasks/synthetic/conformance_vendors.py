"""Conformance cases of each manufacturer: its way of storing, its headers, its mirrored images.

The values are round numbers that show the convention; no real installation is described.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLosslessSV1

from tasks.synthetic.conformance import Case, rejected
from tasks.synthetic.conformance_picture import picture_bytes
from tasks.synthetic.dicom import code_item
from tasks.synthetic.equipment import (
    FUJI_AMULET,
    GE_PRISTINA,
    HOLOGIC_DIMENSIONS,
    IMS_GIOTTO,
    PLANMED_CLARITY,
    SIEMENS_INSPIRATION,
    Equipment,
    Window,
)
from tasks.synthetic.header import pixel_attributes

PHILIPS_MICRODOSE = replace(
    SIEMENS_INSPIRATION,
    manufacturer="Philips Digital Mammography Sweden AB",
    manufacturer_model_name="MicroDose SI",
    software_versions=("9.0.0",),
    bits_stored=12,
    windows=(Window(2048, 3600, "STANDARD"), Window(2048, 2400, "HIGH CONTRAST")),
    has_voi_lut=True,
    transfer_syntaxes=((ExplicitVRLittleEndian, 1.0),),
)
METALTRONICA_HELIANTHUS = replace(
    IMS_GIOTTO,
    manufacturer="METALTRONICA S.p.A.",
    manufacturer_model_name="Helianthus",
    software_versions=("2.1",),
    bits_stored=14,
    photometric_interpretation="MONOCHROME1",
    windows=(Window(8192, 15000, "NORMAL"),),
    has_voi_lut=False,
    transfer_syntaxes=((ImplicitVRLittleEndian, 1.0),),
)
VENDORS: dict[str, Equipment] = {
    "GE": GE_PRISTINA,
    "Hologic": HOLOGIC_DIMENSIONS,
    "Siemens": SIEMENS_INSPIRATION,
    "Fuji": FUJI_AMULET,
    "Philips/Sectra": PHILIPS_MICRODOSE,
    "Planmed": PLANMED_CLARITY,
    "IMS Giotto": IMS_GIOTTO,
    "Metaltronica": METALTRONICA_HELIANTHUS,
}
FLIPPING_VENDORS = ("Fuji", "Planmed", "IMS Giotto", "Metaltronica")
"""Of them users of open models report mirrored images."""

SYNTHETIC_NAMES = {
    "GE": "LCC V-Preview",
    "Hologic": "L CC C-View",
    "Siemens": "L CC Insight 2D",
    "Fuji": "L CC S-View",
}
_SPACING_MM = 0.4
_TOLERANCE = 2
_RAW = {
    "PresentationIntentType": "FOR PROCESSING",
    "ImageType": ["ORIGINAL", "PRIMARY", ""],
    "PixelIntensityRelationship": "LIN",
}


def vendor_cases() -> Iterator[Case]:
    """The cases of every manufacturer."""
    for vendor, equipment in VENDORS.items():
        yield from _usual(vendor, equipment)
        yield from _sides(vendor, equipment)
        yield from _kinds(vendor, equipment)


def _file(equipment: Equipment, **options: Any) -> Any:
    """A builder of files as the equipment writes them."""
    return partial(picture_bytes, **{**_conventions(equipment), **options})


def _conventions(equipment: Equipment) -> dict[str, Any]:
    return {
        **pixel_attributes(equipment, _SPACING_MM),
        "Manufacturer": equipment.manufacturer,
        "ManufacturerModelName": equipment.manufacturer_model_name,
        "SoftwareVersions": list(equipment.software_versions),
        "transfer_syntax_uid": equipment.transfer_syntaxes[0][0],
    }


def _usual(vendor: str, equipment: Equipment) -> Iterator[Case]:
    facts = {
        "transfer_syntax_uid": equipment.transfer_syntaxes[0][0],
        "photometric_interpretation": equipment.photometric_interpretation,
        "bits_stored": equipment.bits_stored,
        "manufacturer": equipment.manufacturer,
        "is_on_wrong_side": False,
    }
    for laterality, view in (("L", "CC"), ("R", "MLO")):
        orientation = {"L": ["A", "R"], "R": ["P", "FL"]}[laterality]
        yield Case(
            vendor,
            "as written",
            f"{laterality} {view} as the device writes it",
            _file(
                equipment,
                image_laterality=laterality,
                view_position=view,
                PatientOrientation=orientation,
            ),
            {**facts, "image_laterality": laterality, "view_position": view},
            _TOLERANCE,
        )
    yield Case(
        vendor,
        "as written",
        "explicit VR little endian instead",
        _file(equipment, transfer_syntax_uid=ExplicitVRLittleEndian),
        {**facts, "transfer_syntax_uid": ExplicitVRLittleEndian, "decoder": "numpy"},
        _TOLERANCE,
    )
    yield Case(
        vendor,
        "as written",
        "view by SNOMED RT code alone",
        _file(equipment, ViewCodeSequence=[_srt_view()], ViewPosition=None),
        {"view_position": "CC", "view_position_source": "view_code_sequence"},
        _TOLERANCE,
    )


def _srt_view() -> Dataset:
    return code_item("R-10242", "SRT", "cranio-caudal")


def _sides(vendor: str, equipment: Equipment) -> Iterator[Case]:
    """Mirrored images: told by Patient Orientation, by the flip, by nothing."""
    is_flipping = vendor in FLIPPING_VENDORS
    mirrored = {"is_mirrored": True}
    for title, options, source, is_wrong in (
        (
            "mirrored, Patient Orientation says so",
            {"PatientOrientation": ["P", "R"]},
            "patient_orientation",
            False,
        ),
        (
            "mirrored, only the horizontal flip is told",
            {"PatientOrientation": None, "FieldOfViewHorizontalFlip": "YES"},
            "field_of_view_horizontal_flip" if is_flipping else "image_laterality",
            not is_flipping,
        ),
        (
            "mirrored, nothing says so",
            {"PatientOrientation": None},
            "image_laterality",
            True,
        ),
    ):
        facts = {"chest_wall_side_source": source, "is_on_wrong_side": is_wrong}
        build = _file(equipment, **mirrored, **options)
        yield Case(vendor, "sides", title, build, {**facts, "is_flipped": True}, _TOLERANCE)


def _kinds(vendor: str, equipment: Equipment) -> Iterator[Case]:
    yield Case(
        vendor,
        "kinds",
        "raw detector data",
        _file(equipment, **_RAW),
        rejected("for_processing", presentation_intent_type="FOR PROCESSING"),
    )
    if name := SYNTHETIC_NAMES.get(vendor):
        yield Case(
            vendor,
            "kinds",
            "synthetic 2D by the series' name",
            _file(equipment, SeriesDescription=name, transfer_syntax_uid=JPEGLosslessSV1),
            {"is_synthetic_2d": True, "manufacturer_rules": [f"{vendor}: synthetic_2d_names"]},
            _TOLERANCE,
        )
