"""One image of a published set to its rows, as a night makes them from an object.

It runs in a worker process, takes the one path of pixels and knows no lake. Crops, which have
no outline to find, keep their pixels as they are, under a version of their own.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset

from tasks.datasets.instance_row import make_instance
from tasks.datasets.keys import ImageJob, keys_of
from tasks.datasets.pictures import find_mask, mask_boxes, picture_attributes, read_picture
from tasks.datasets.records import ImageRecord, Lesion, LesionMask
from tasks.errors import Rejected, RejectionReason
from tasks.ingest.header import read_header
from tasks.preprocess.codecs import decode
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.quality import quality_columns
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import NetworkInput, prepare
from tasks.preprocess.values import DISPLAY_MAX, StoredValues, apply_table, display_table

Row = dict[str, Any]


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
        make_instance(job, header, sha256[:32]),
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
        **quality_columns(made.quality),
        "run_id": f"import-{job.card.name}",
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
