"""A DICOM file's bytes to a data set that holds what pixels need, in bounded memory.

It keeps no attribute that could name a person, and repeats no value in a message.
"""

import logging
import warnings
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pydicom import Dataset, config, filereader
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from tasks.errors import Rejected, RejectionReason

PIXEL_KEYWORDS = (
    "SpecificCharacterSet",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "ModalityLUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "PresentationLUTShape",
    "LUTDescriptor",
    "LUTData",
    "PixelData",
)
_TAGS: list[BaseTag | int] = [
    tag for keyword in PIXEL_KEYWORDS if (tag := tag_for_keyword(keyword)) is not None
]


@dataclass(frozen=True)
class ReadLimits:
    """What a file may ask for.

    Args:
        max_frame_pixels: Rows times Columns of an image that is decoded.
        max_header_bytes: What a deflated data set may hold beside its pixels.
        max_elements: Top-level elements of a data set; a mammogram has under 500.
    """

    max_frame_pixels: int = 64_000_000
    max_header_bytes: int = 16 << 20
    max_elements: int = 20_000

    @property
    def max_inflated_bytes(self) -> int:
        """The longest deflated data set that is inflated, at two bytes a pixel."""
        return 2 * self.max_frame_pixels + self.max_header_bytes


DEFAULT_LIMITS = ReadLimits()


def read_dataset(data: bytes, limits: ReadLimits = DEFAULT_LIMITS) -> Dataset:
    """Read the attributes of `PIXEL_KEYWORDS`, and Pixel Data undecoded.

    Args:
        data: The whole file, preamble included.
        limits: What the file may ask for.

    Raises:
        Rejected: If it is no DICOM file, is damaged, truncated, or asks for too much.
    """
    try:
        with quiet():
            dataset = _parse(data, limits)
            for _ in dataset.iterall():  # converts every raw value, while it is quiet
                pass
    except (Rejected, MemoryError):
        raise
    except InvalidDicomError:
        raise Rejected(
            RejectionReason.NOT_DICOM, "The DICM prefix is missing at byte 128."
        ) from None
    except Exception as error:  # noqa: BLE001 - hostile bytes raise eight types and more
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS,
            f"The data set cannot be parsed ({type(error).__name__}).",
        ) from None
    if "PixelData" not in dataset:
        raise Rejected(
            RejectionReason.TRUNCATED, f"Its {len(data)} bytes end before Pixel Data does."
        )
    return dataset


def _parse(data: bytes, limits: ReadLimits) -> Dataset:
    source: BinaryIO = BytesIO(data)
    filereader.read_preamble(source, force=False)
    meta = filereader.read_dataset(source, False, True, stop_when=_is_past_meta)
    syntax = UID(meta.TransferSyntaxUID)
    if syntax == DeflatedExplicitVRLittleEndian:
        source = BytesIO(inflate(data[source.tell() :], limits.max_inflated_bytes))
    dataset = filereader.read_dataset(
        source,
        syntax.is_implicit_VR,
        syntax.is_little_endian,
        stop_when=_ElementBudget(limits.max_elements),
        specific_tags=_TAGS,
    )
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    return dataset


def inflate(deflated: bytes, max_bytes: int) -> bytes:
    """Inflate a raw deflate stream of at most `max_bytes`.

    Raises:
        Rejected: If it holds more, ends early or is damaged.

    References:
        DICOM PS3.5 A.5 (deflate without zlib's header, RFC 1951).
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(deflated, max_bytes)
    except zlib.error:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, "The deflated data set is damaged."
        ) from None
    if stream.unconsumed_tail:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"The deflated data set holds more than {max_bytes} bytes.",
        )
    if not stream.eof:
        raise Rejected(
            RejectionReason.TRUNCATED,
            f"The deflated data set ends early, after {len(inflated)} inflated bytes.",
        )
    return inflated


class _ElementBudget:
    """Stops a data set of a million elements, which would take 17 s to walk."""

    def __init__(self, n_elements: int) -> None:
        self.n_left = n_elements

    def __call__(self, *_: object) -> bool:
        self.n_left -= 1
        if self.n_left < 0:
            raise Rejected(
                RejectionReason.DAMAGED_PIXELS, "The data set has too many elements."
            )
        return False


def _is_past_meta(tag: BaseTag, *_: object) -> bool:
    return tag.group != 2


@contextmanager
def quiet() -> Generator[None]:
    """Keep pydicom from warning and logging: its messages quote values."""
    logger = logging.getLogger("pydicom")
    former = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with config.disable_value_validation(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(former)
