"""One image of a published set to its rows, as a night makes them from an object.

It runs in a worker process, takes the one path of pixels and knows no lake. Crops, which have
no outline to find, keep their pixels as they are, under a version of their own.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset

from tasks.datasets.pictures import find_mask, mask_boxes, picture_attributes, read_picture
from tasks.datasets.records import Card, ImageRecord, Lesion, LesionMask
from tasks.errors import Rejected, RejectionReason
from tasks.ingest import values
from tasks.ingest.header import read_header
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.preprocess.codecs import decode
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import PREPROCESSING_VERSION, NetworkInput, prepare
from tasks.preprocess.values import DISPLAY_MAX, StoredValues, apply_table, display_table

CROP_VERSION = "crop-1"
"""`preprocessing_version` of crops: display values 0-255 at their own size."""

Row = dict[str, Any]


@dataclass(frozen=True)
class ImageJob:
    """One image of a set."""

    card: Card
    record: ImageRecord

    @property
    def preprocessing_version(self) -> str:
        """Which transform its pixels take."""
        return CROP_VERSION if self.record.is_crop else PREPROCESSING_VERSION


@dataclass(frozen=True)
class ImageRows:
    """An image's row of each table.

    Args:
        remarks: What of the image could not be used, such as a mask.
    """

    instance: Row
    image: Row
    label: Row
    remarks: tuple[str, ...] = ()


@lru_cache
def _pseudonymiser(name: str) -> Pseudonymiser:
    """With a public key: the ids of a published set are public, and have nothing to protect."""
    return Pseudonymiser(hashlib.sha256(f"published data set: {name}".encode()).digest())


def keys_of(job: ImageJob) -> Row:
    """The image's pseudonyms, the same on every machine."""
    record, own = job.record, _pseudonymiser(job.card.name)
    issuer = record.patients_of or job.card.name
    return {
        "sop_instance_key": own.sop_instance_key(record.image_id),
        "exam_key": own.exam_key(record.exam_id),
        "patient_key": _pseudonymiser(issuer).patient_key(record.patient_id, issuer),
    }


def make_rows(job: ImageJob) -> ImageRows:
    """Read, decode and transform one image.

    Raises:
        Rejected: If the file cannot be decoded, or shows no breast.
    """
    data = _read(job.record.path)
    header, stored, attributes = _decode(data)
    record = job.record
    made = _as_it_is(attributes, stored) if record.is_crop else prepare(attributes, stored)
    lesions, remarks = _lesions(record, stored)
    sha256 = hashlib.sha256(data).hexdigest()
    return ImageRows(
        _instance(job, header, sha256[:32]),
        _image(job, made, sha256),
        make_label(job, lesions),
        remarks,
    )


def make_label(job: ImageJob, lesions: list[Lesion]) -> Row:
    """The row of `labels`."""
    record = job.record
    return {
        **keys_of(job),
        "source": job.card.name,
        "split": record.split,
        "image_laterality": record.laterality,
        "is_malignant": record.is_malignant,
        "finding": record.finding,
        "assessment": record.assessment,
        "breast_density": record.breast_density,
        "provenance": record.provenance,
        "is_film": job.card.is_film if record.is_film is None else record.is_film,
        "regions": [_region(lesion) for lesion in lesions],
    }


def _read(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
        raise Rejected(
            RejectionReason.TRUNCATED, f"The file cannot be read ({type(error).__name__})."
        ) from error


def _decode(data: bytes) -> tuple[Dataset, StoredValues, Dataset]:
    """The header, the stored values, and the attributes that pixels need."""
    if data[128:132] != b"DICM":
        stored = read_picture(data)
        attributes = picture_attributes(stored)
        return attributes, stored, attributes
    attributes = read_dataset(data)
    header = read_header(BytesIO(data).read, len(data))
    return header, decode(attributes), attributes


def _as_it_is(attributes: Dataset, stored: StoredValues) -> NetworkInput:
    display = apply_table(stored, display_table(attributes, stored))
    step = DISPLAY_MAX // 255
    pixels = ((display.astype(np.uint32) + step // 2) // step).astype(np.uint8)
    rows, columns = stored.shape
    geometry = Geometry(0, 0, rows, columns, is_flipped=False, scale=1.0)
    return NetworkInput(pixels, geometry, breast_area_fraction=1.0)


def _lesions(record: ImageRecord, stored: StoredValues) -> tuple[list[Lesion], tuple[str, ...]]:
    """Boxes from the set's tables and masks, and a remark on each mask that gives none."""
    lesions, remarks = list(record.lesions), list[str]()
    for mask in record.masks:
        try:
            lesions += _mask_lesions(mask, stored)
        except Rejected as error:
            remarks.append(f"mask: {error.detail}")
    return lesions, tuple(remarks)


def _mask_lesions(mask: LesionMask, stored: StoredValues) -> list[Lesion]:
    pictures = [_decode(_read(path))[1] for path in mask.paths]
    boxes = mask_boxes(find_mask(pictures, *stored.shape))
    return [Lesion(**box, finding=mask.finding, assessment=mask.assessment) for box in boxes]


def _image(job: ImageJob, made: NetworkInput, sha256: str) -> Row:
    pixels = made.pixels.tobytes()
    keys = keys_of(job)
    return {
        "sop_instance_key": keys["sop_instance_key"],
        "exam_key": keys["exam_key"],
        "etag": sha256[:32],
        "preprocessing_version": job.preprocessing_version,
        "object_sha256": sha256,
        "pixels": pixels,
        "pixels_sha256": hashlib.sha256(pixels).hexdigest(),
        **vars(made.geometry),
        "breast_area_fraction": made.breast_area_fraction,
        "run_id": f"import-{job.card.name}",
    }


def _instance(job: ImageJob, header: Dataset, etag: str) -> Row:
    record = job.record
    series = values.identity(header, "SeriesInstanceUID") or record.exam_id
    return {
        **keys_of(job),
        "series_key": _pseudonymiser(job.card.name).series_key(series),
        "object_key": record.object_key,
        "etag": etag,
        "image_laterality": record.laterality,
        "image_laterality_source": "data_set" if record.laterality else "none",
        "view_position": record.view,
        "view_position_source": "data_set" if record.view else "none",
        "view_modifiers": "",
        **_equipment(record, header),
        **_pixel_facts(record, header),
    }


def _equipment(record: ImageRecord, header: Dataset) -> Row:
    return {
        "manufacturer": values.text(header, "Manufacturer") or record.manufacturer,
        "manufacturer_model_name": values.text(header, "ManufacturerModelName"),
        "software_versions": values.text(header, "SoftwareVersions"),
        "site": values.text(header, "StationName") or record.site,
        "exam_date": None,  # published sets shift or drop their dates
        "acquired_at": None,
        "patient_age_years": record.age_years,
        "has_implant": record.has_implant,
    }


def _pixel_facts(record: ImageRecord, header: Dataset) -> Row:
    meta = getattr(header, "file_meta", Dataset())
    return {
        "sop_class_uid": values.identity(header, "SOPClassUID"),
        "transfer_syntax_uid": values.text(meta, "TransferSyntaxUID"),
        "presentation_intent_type": values.code(header, "PresentationIntentType")
        or "FOR PRESENTATION",
        "rows": int(header.Rows),
        "columns": int(header.Columns),
        "bits_stored": int(header.BitsStored),
        "photometric_interpretation": values.code(header, "PhotometricInterpretation"),
        "imager_pixel_spacing_mm": values.real(header, "ImagerPixelSpacing")
        or record.spacing_mm,
    }


def _region(lesion: Lesion) -> Row:
    return {
        "top_px": lesion.top_px,
        "left_px": lesion.left_px,
        "height_px": lesion.height_px,
        "width_px": lesion.width_px,
        "finding": f"{lesion.finding}_{lesion.assessment}",
        "score": float(lesion.assessment == "malignant"),
    }
