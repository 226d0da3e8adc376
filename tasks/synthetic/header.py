"""The attributes of a generated image's header, by DICOM keyword.

What equipment, woman and view say; the builder adds what the standard wants besides.
"""

from datetime import date
from typing import Any

import numpy as np
from pydicom import Dataset

from tasks.synthetic.acquisition import stored_inversion_sum
from tasks.synthetic.equipment import Equipment, Unit
from tasks.synthetic.people import Woman

_ORIENTATIONS = {
    ("L", "CC"): ["A", "R"],
    ("R", "CC"): ["P", "L"],
    ("L", "MLO"): ["A", "FR"],
    ("R", "MLO"): ["P", "FL"],
}


def person_attributes(woman: Woman) -> dict[str, Any]:
    """Everything personal, in the places where modalities put it."""
    return {
        "PatientName": woman.patient_name,
        "PatientID": woman.patient_id,
        "IssuerOfPatientID": "CL-RUN",
        "PatientBirthDate": f"{woman.patient_birth_date:%Y%m%d}",
        "PatientAge": f"{woman.age_years:03d}Y",
        "PatientAddress": woman.patient_address,
        "PatientTelephoneNumbers": woman.telephone,
        "PatientComments": f"Control de {woman.patient_name.replace('^', ' ')}",
    }


def exam_attributes(
    rng: np.random.Generator, unit: Unit, exam_date: date, study_instance_uid: str
) -> dict[str, Any]:
    """Study, site and equipment; the same in every image of the exam."""
    equipment = unit.equipment
    minute = int(rng.integers(8 * 60, 18 * 60))
    return {
        "StudyInstanceUID": study_instance_uid,
        "StudyID": str(rng.integers(1000, 9999)),
        "StudyDate": f"{exam_date:%Y%m%d}",
        "StudyTime": f"{minute // 60:02d}{minute % 60:02d}00",
        "StudyDescription": "Mamografía de tamizaje",
        "AccessionNumber": f"M{rng.integers(10**7, 10**8)}",
        "ReferringPhysicianName": "Fuenzalida^Andrés",
        "OperatorsName": "Quiñones^Daniela",
        "Manufacturer": equipment.manufacturer,
        "ManufacturerModelName": equipment.manufacturer_model_name,
        "SoftwareVersions": list(equipment.software_versions),
        "DetectorType": equipment.detector_type,
        "DeviceSerialNumber": f"{unit.number:04d}",
        "StationName": unit.station_name,
        "InstitutionName": "Programa de Mamografía Móvil",
    }


def view_attributes(
    rng: np.random.Generator, equipment: Equipment, laterality: str, view: str, number: int
) -> dict[str, Any]:
    """Positioning, exposure and instance number of one image."""
    angle = int(rng.integers(40, 56)) * (1 if laterality == "L" else -1)
    return {
        "InstanceNumber": number,
        "PatientOrientation": _ORIENTATIONS[laterality, view],
        "PositionerPrimaryAngle": angle if view == "MLO" else 0,
        "KVP": int(rng.integers(26, 33)),
        "ExposureInuAs": int(rng.integers(40, 140)) * 1000,
        "ExposureTime": int(rng.integers(400, 1600)),
        "AnodeTargetMaterial": "TUNGSTEN" if equipment.detector_type == "DIRECT" else "RHODIUM",
        "FilterMaterial": "RHODIUM",
        "BodyPartThickness": int(rng.integers(32, 78)),
        "CompressionForce": int(rng.integers(60, 150)),
        "OrganDose": round(float(rng.uniform(0.007, 0.024)), 5),
        "SeriesDescription": f"{laterality} {view}",
    }


def pixel_attributes(equipment: Equipment, spacing_mm: float) -> dict[str, Any]:
    """Bits, spacing, photometric interpretation, padding, windows and VOI LUT."""
    spacing = round(spacing_mm, 5)
    attributes: dict[str, Any] = {
        "BitsStored": equipment.bits_stored,
        "PhotometricInterpretation": equipment.photometric_interpretation,
        "ImagerPixelSpacing": [spacing, spacing],
        "PixelSpacing": [spacing, spacing],
        "WindowCenter": [_center(equipment, window.center) for window in equipment.windows],
        "WindowWidth": [window.width for window in equipment.windows],
        "WindowCenterWidthExplanation": [window.explanation for window in equipment.windows],
        "VOILUTFunction": equipment.voi_lut_function,
    }
    if equipment.pixel_padding_value is not None:
        attributes["PixelPaddingValue"] = equipment.pixel_padding_value
    if equipment.has_voi_lut:
        attributes["VOILUTSequence"] = [_voi_lut(equipment)]
    return attributes


def _center(equipment: Equipment, center: int) -> int:
    if equipment.photometric_interpretation == "MONOCHROME1":
        # LINEAR centres half a value low (PS3.3 C.11.2.1.2.1): mirrored, one higher.
        return (
            stored_inversion_sum(equipment) - center + (equipment.voi_lut_function == "LINEAR")
        )
    return center


def _voi_lut(equipment: Equipment) -> Dataset:
    """The default window as a table of 12-bit output (PS3.3 C.11.2.1.1)."""
    window = equipment.windows[0]
    n_entries = 1 << equipment.bits_stored
    ramp = (np.arange(n_entries) - (window.center - 0.5)) / (window.width - 1) + 0.5
    item = Dataset()
    item.LUTDescriptor = [n_entries, 0, 12]
    item.LUTExplanation = window.explanation
    item.LUTData = np.round(np.clip(ramp, 0, 1) * 4095).astype("<u2").tobytes()
    item["LUTData"].VR = "OW"
    item["LUTDescriptor"].VR = "US"
    return item
