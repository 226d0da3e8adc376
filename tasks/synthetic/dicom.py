"""Builds valid mammography objects around stored values: the one builder of demo and tests.

It knows the modules that the standard asks for and nothing of exams, units or trouble; every
attribute can be overridden or left out. Nothing here reads files.

References:
    DICOM PS3.3 A.27 (Digital Mammography X-Ray Image IOD).
"""

import hashlib
import uuid
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    JPEGLosslessSV1,
)

from tasks.synthetic.encoding import StoredValues, dicom_bytes, set_stored_values

_NAMESPACE = uuid.UUID("6f0c2b52-5a5e-4d3a-9a3c-2f6b0f6c8c11")
_VIEW_CODES = {
    "CC": ("399162004", "cranio-caudal"),
    "MLO": ("399368009", "medio-lateral oblique"),
    "ML": ("399260004", "medio-lateral"),
}


def make_uid(*sources: object) -> UID:
    """Make the same UID from the same sources, below the root for UUIDs (PS3.5 B.2)."""
    name = "/".join(str(source) for source in sources)
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, name).int}")


def code_item(code_value: str, coding_scheme: str, code_meaning: str) -> Dataset:
    """One item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue = code_value
    item.CodingSchemeDesignator = coding_scheme
    item.CodeMeaning = code_meaning
    return item


def build_mammogram(
    stored_values: StoredValues,
    *,
    transfer_syntax_uid: UID = JPEGLosslessSV1,
    image_laterality: str = "L",
    view_position: str = "CC",
    **attributes: Any,
) -> Dataset:
    """Build a Digital Mammography X-Ray Image object, For Presentation unless overridden.

    UIDs derive from the exam and the pixels, so the same call gives the same object; images of
    one exam need the same `StudyInstanceUID` (the default is one exam).

    Args:
        stored_values: [rows, columns] of 8 or 16 bits; a few pixels are enough.
        transfer_syntax_uid: Of an encoder in `tasks.synthetic.encoding`, or a raw one.
        image_laterality: R or L (0020,0062).
        view_position: CC, MLO or ML; sets (0018,5101) and View Code Sequence (0054,0220).
        **attributes: By DICOM keyword; None leaves the attribute out, whatever its type.

    Returns:
        The object with its pixels in `transfer_syntax_uid`.
    """
    bits = int(attributes.get("BitsStored", 8 if stored_values.itemsize == 1 else 12))
    dataset = Dataset()
    for values in (
        _identity(stored_values, image_laterality, view_position),
        _acquisition(image_laterality, view_position),
        _image(stored_values, bits),
        _dependent(attributes),
        attributes,
    ):
        for keyword, value in values.items():
            setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    set_stored_values(dataset, stored_values, transfer_syntax_uid, bits)
    for keyword in (keyword for keyword, value in attributes.items() if value is None):
        delattr(dataset, keyword)
    return dataset


def build_mammogram_bytes(stored_values: StoredValues, **options: Any) -> bytes:
    """Build as `build_mammogram` does and write the file in memory."""
    return dicom_bytes(build_mammogram(stored_values, **options))


def wrap_display_values(
    display_values: NDArray[np.uint8],
    image_laterality: str,
    view_position: str,
    **attributes: Any,
) -> Dataset:
    """Wrap an 8-bit picture of a real mammogram, such as a PNG, as a mammography object.

    Args:
        display_values: [rows, columns], 0 dark to 255 bright.
        image_laterality: R or L.
        view_position: CC or MLO.
        **attributes: As for `build_mammogram`; the window is the identity unless given.
    """
    window: dict[str, Any] = {"WindowCenter": 128, "WindowWidth": 256, "BitsStored": 8}
    return build_mammogram(
        np.ascontiguousarray(display_values, np.uint8),
        image_laterality=image_laterality,
        view_position=view_position,
        **{**window, **attributes},
    )


def _identity(
    stored_values: StoredValues, image_laterality: str, view_position: str
) -> dict[str, Any]:
    """Patient, study, series, equipment and SOP common modules."""
    digest = hashlib.sha256(stored_values.tobytes()).hexdigest()
    exam = make_uid("exam")
    return {
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": DigitalMammographyXRayImageStorageForPresentation,
        "SOPInstanceUID": make_uid(exam, image_laterality, view_position, digest),
        "StudyInstanceUID": exam,
        "SeriesInstanceUID": make_uid(exam, "series"),
        "StudyID": "1",
        "SeriesNumber": 1,
        "InstanceNumber": 1,
        "StudyDate": "20261120",
        "StudyTime": "101500",
        "ContentDate": "20261120",
        "ContentTime": "101530",
        "AcquisitionDate": "20261120",
        "AcquisitionTime": "101530",
        "AccessionNumber": "A1",
        "ReferringPhysicianName": "",
        "PatientName": "Muñoz^María",
        "PatientID": "11111111-1",
        "PatientBirthDate": "19700101",
        "PatientSex": "F",
        "PatientAge": "056Y",
        "PatientOrientation": ["A", "R"] if image_laterality == "L" else ["P", "L"],
        "Manufacturer": "GE MEDICAL SYSTEMS",
        "ManufacturerModelName": "Senographe Pristina",
        "DeviceSerialNumber": "1",
        "SoftwareVersions": "1.0",
        "StationName": "UNIT-1",
        "InstitutionName": "Programa de prueba",
        "AcquisitionContextSequence": [],
    }


def _acquisition(image_laterality: str, view_position: str) -> dict[str, Any]:
    """DX and mammography series, anatomy, detector, positioner and view modules."""
    attributes: dict[str, Any] = {
        "Modality": "MG",
        "PresentationIntentType": "FOR PRESENTATION",
        "ImageLaterality": image_laterality,
        "ViewPosition": view_position,
        "BodyPartExamined": "BREAST",
        "OrganExposed": "BREAST",
        "AnatomicRegionSequence": [code_item("76752008", "SCT", "Breast")],
        "PositionerType": "MAMMOGRAPHIC",
        "PositionerPrimaryAngle": 45 if view_position == "MLO" else 0,
        "DetectorType": "DIRECT",
        "ImagerPixelSpacing": [0.1, 0.1],
        "PixelSpacing": [0.1, 0.1],
        "BreastImplantPresent": "NO",
        "PartialView": "NO",
    }
    if view_position in _VIEW_CODES:
        value, meaning = _VIEW_CODES[view_position]
        view = code_item(value, "SCT", meaning)
        view.ViewModifierCodeSequence = []
        attributes["ViewCodeSequence"] = [view]
    return attributes


def _image(stored_values: StoredValues, bits: int) -> dict[str, Any]:
    """Image pixel, DX image and VOI LUT modules; the window shows the whole range."""
    return {
        "ImageType": ["DERIVED", "PRIMARY", ""],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": stored_values.shape[0],
        "Columns": stored_values.shape[1],
        "BitsAllocated": 8 * stored_values.itemsize,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(stored_values.dtype.kind == "i"),
        "PixelIntensityRelationship": "LOG",
        "PixelIntensityRelationshipSign": -1,
        "RescaleIntercept": 0,
        "RescaleSlope": 1,
        "RescaleType": "US",
        "PresentationLUTShape": "IDENTITY",
        "LossyImageCompression": "00",
        "BurnedInAnnotation": "NO",
        "WindowCenter": 1 << (bits - 1),
        "WindowWidth": 1 << bits,
    }


def _dependent(attributes: dict[str, Any]) -> dict[str, Any]:
    """What follows from an overridden attribute, unless it is overridden as well."""
    derived: dict[str, Any] = {}
    if attributes.get("PhotometricInterpretation") == "MONOCHROME1":
        derived["PresentationLUTShape"] = "INVERSE"
    if attributes.get("PresentationIntentType") == "FOR PROCESSING":
        derived["SOPClassUID"] = DigitalMammographyXRayImageStorageForProcessing
    return derived
