"""A row of a CSV table with its PNG picture, as the DICOM object that it might have been.

From here on a research image is read, judged and kept as any other. It guesses nothing: what
the row leaves out is absent.
"""

import struct
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    generate_uid,
)

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.object_store import ObjectStore, VerifiedObject
from tasks.ingest.picture_tables import Picture, Row
from tasks.preprocess.bounded_source import quiet
from tasks.preprocess.reading import DEFAULT_LIMITS

MAGIC = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES = 33
"""Signature and IHDR, which comes first."""
_GREY = 0


def _number(text: str) -> float:
    """A number with a point or, as in Chile, a comma."""
    return float(text.replace(",", "."))


_ATTRIBUTES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "patient_id": ("PatientID", str),
    "issuer_of_patient_id": ("IssuerOfPatientID", str),
    "image_laterality": ("ImageLaterality", str.upper),
    "view_position": ("ViewPosition", str.upper),
    "exam_date": ("StudyDate", lambda text: date.fromisoformat(text).strftime("%Y%m%d")),
    "patient_age_years": ("PatientAge", lambda text: f"{int(text):03d}Y"),
    "manufacturer": ("Manufacturer", str),
    "manufacturer_model_name": ("ManufacturerModelName", str),
    "site": ("StationName", str),
    "imager_pixel_spacing_mm": ("ImagerPixelSpacing", lambda text: [_number(text)] * 2),
    "bits_stored": ("BitsStored", int),
    "photometric_interpretation": ("PhotometricInterpretation", str.upper),
    "window_center": ("WindowCenter", _number),
    "window_width": ("WindowWidth", _number),
}
"""By column: the attribute, and the cell's value as DICOM has it."""


def read_picture_head(store: ObjectStore, row: Row, picture: Picture, n_bytes: int) -> bytes:
    """Build the first bytes of the object, up to its pixels, from the picture's header.

    Raises:
        Rejected: If the row or the picture's header is not usable.
        ObjectChanged: If another picture is there by now, or none.
        Retryable: If the store does not answer.
    """
    header = store.read_part(picture.object_key, picture.etag, _HEADER_BYTES)
    return _head(row, *_shape_and_bits(header))[:n_bytes]


def read_picture(
    store: ObjectStore, row: Row, picture: Picture, sha256: str | None
) -> VerifiedObject:
    """Build the object whole; its digest is the picture's own.

    Raises:
        Rejected: If the row or the picture is not usable.
        ObjectChanged: If another picture is there by now, or none.
        Retryable: If the store does not answer, or never with those bytes.
    """
    read = store.read(picture.object_key, picture.etag, picture.size_bytes, sha256)
    shape, bits = _shape_and_bits(read.data)
    pixels = _decode(read.data)
    if pixels.shape != shape or pixels.dtype.itemsize * 8 != bits:
        raise _unusable("Its pixels are not of the size that its header tells.")
    body = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()
    return VerifiedObject(_head(row, shape, bits) + body + b"\0" * (len(body) % 2), read.sha256)


def _shape_and_bits(data: bytes) -> tuple[tuple[int, int], int]:
    """Rows, columns and bits of a grey PNG, by its first chunk."""
    if len(data) < _HEADER_BYTES or data[:8] != MAGIC or data[12:16] != b"IHDR":
        raise _unusable("It is no PNG picture.")
    columns, rows, bits, colour = struct.unpack_from(">IIBB", data, 16)
    if colour != _GREY or bits not in (8, 16):
        raise _unusable(f"It has {bits} bits of colour type {colour}; 8 or 16 grey are read.")
    if not 0 < rows * columns <= DEFAULT_LIMITS.max_frame_pixels or max(rows, columns) >> 16:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH, f"It claims {rows} x {columns} pixels."
        )
    return (rows, columns), bits


def _decode(data: bytes) -> NDArray[np.uint8 | np.uint16]:
    try:
        return imagecodecs.png_decode(data)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the library has its own types
        raise _unusable(f"It cannot be decoded ({type(error).__name__}).") from None


def _head(row: Row, shape: tuple[int, int], bits: int) -> bytes:
    """The object's bytes up to the pixels' own."""
    buffer = BytesIO()
    with quiet():
        dcmwrite(buffer, _dataset(row, shape, bits), enforce_file_format=True)
    n_bytes = shape[0] * shape[1] * bits // 8
    vr = b"OB" if bits == 8 else b"OW"
    return buffer.getvalue() + struct.pack(
        "<HH2sHI", 0x7FE0, 0x0010, vr, 0, n_bytes + n_bytes % 2
    )


def _dataset(row: Row, shape: tuple[int, int], bits: int) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.Modality, dataset.ImageType = "MG", ["DERIVED", "PRIMARY"]
    dataset.StudyInstanceUID = _uid(row, "exam_id")
    dataset.SeriesInstanceUID = _uid(row, "exam_id", "exam_id")
    dataset.SOPInstanceUID = _uid(row, "exam_id", "file")
    dataset.Rows, dataset.Columns = shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = bits
    dataset.PixelRepresentation = 0
    _fill(dataset, row)
    dataset.HighBit = dataset.BitsStored - 1
    return dataset


def _fill(dataset: Dataset, row: Row) -> None:
    for column, (keyword, convert) in _ATTRIBUTES.items():
        if not row.get(column):
            continue
        try:
            setattr(dataset, keyword, convert(row[column]))
        except ValueError:
            raise Rejected(
                RejectionReason.DAMAGED_HEADER, f"Its row's {column} is not usable."
            ) from None


def _uid(row: Row, *columns: str) -> str:
    """The same UID for the same cells (PS3.5 B.2); the patient is always among them."""
    sources = [row[column] for column in ("patient_id", *columns)]
    if not all(sources):
        raise Rejected(RejectionReason.DAMAGED_HEADER, "Its row has no patient_id or exam_id.")
    return generate_uid(entropy_srcs=["\0".join(sources)])


def _unusable(detail: str) -> Rejected:
    return Rejected(RejectionReason.DAMAGED_PIXELS, detail)
