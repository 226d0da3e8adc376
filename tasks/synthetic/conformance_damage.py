"""Conformance cases of missing attributes, damaged files and files that are none."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEGLosslessSV1,
    JPEGLSLossless,
)

from tasks.synthetic.conformance import Case, rejected
from tasks.synthetic.conformance_picture import picture_bytes, plain_bytes

_TOLERANCE = 2


def damage_cases() -> Iterator[Case]:
    """The cases of missing attributes and damage."""
    for keyword in ("Rows", "Columns", "StudyInstanceUID"):
        yield _case(f"{keyword} missing", _built(**{keyword: None}), "damaged_header")
    yield from _harmless()
    for title, build, reason in _files():
        yield _case(title, build, reason)


def _case(title: str, build: Callable[[], bytes], reason: str) -> Case:
    return Case("any", "damage", title, build, rejected(reason))


def _built(**options: Any) -> Callable[[], bytes]:
    return partial(picture_bytes, **options)


def _harmless() -> Iterator[Case]:
    """What is often missing, and is not needed."""
    for title, keywords in (
        ("no patient at all", ("PatientID", "PatientName", "PatientBirthDate", "PatientAge")),
        ("no dates", ("StudyDate", "StudyTime", "AcquisitionDate", "AcquisitionTime")),
        ("no spacing", ("ImagerPixelSpacing", "PixelSpacing")),
        ("no manufacturer", ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")),
        ("no character set", ("SpecificCharacterSet", "PatientName")),
    ):
        build = _built(**dict.fromkeys(keywords))
        yield Case("any", "damage", title, build, {"view_position": "CC"}, _TOLERANCE)


def _files() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    for syntax in (ExplicitVRLittleEndian, JPEGLosslessSV1, DeflatedExplicitVRLittleEndian):
        yield f"cut in its pixels, {syntax.name}", partial(_cut, syntax, 0.7), "truncated"
    yield "cut in its header", partial(_cut, ExplicitVRLittleEndian, 0.003), "damaged_header"
    yield "frame damaged, JPEG-LS", _damaged_frame, "damaged_pixels"
    yield "frame of another size than Rows", _lying_rows, "frame_size_mismatch"
    yield "colour", _colour, "damaged_pixels"
    yield "empty file", bytes, "empty_object"
    yield "text called .dcm", partial(bytes, b"Examen repetido.\n"), "not_dicom"
    yield "preamble without DICM", partial(bytes, 200), "not_dicom"
    yield "ZIP file under another name", partial(bytes, b"PK\x03\x04" + bytes(200)), "not_dicom"


def _cut(syntax: Any, share: float) -> bytes:
    data = picture_bytes(transfer_syntax_uid=syntax)
    return data[: int(len(data) * share)]


def _damaged_frame() -> bytes:
    data = bytearray(picture_bytes(transfer_syntax_uid=JPEGLSLossless))
    middle = len(data) - 4000
    data[middle : middle + 64] = bytes(64)
    return bytes(data)


def _colour() -> bytes:
    return plain_bytes(PhotometricInterpretation="RGB", SamplesPerPixel=3)


def _lying_rows() -> bytes:
    return picture_bytes(transfer_syntax_uid=JPEGLosslessSV1, Rows=4000)
