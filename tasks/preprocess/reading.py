"""A DICOM file's bytes to a data set that holds what pixels need, in bounded memory.

It keeps no attribute that could name a person, and repeats no value in a message.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO

from pydicom import Dataset, filereader
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.bounded_source import BoundedSource, Budget, quiet

HEADER_KEYWORDS = (
    "SpecificCharacterSet",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "BurnedInAnnotation",
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
)
_TAGS: list[BaseTag | int] = [
    tag for keyword in HEADER_KEYWORDS if (tag := tag_for_keyword(keyword)) is not None
]
_FIRST_PIXELS = 0x7FE00008
"""Float Pixel Data, the first of the tags that hold pixels."""
_PIXEL_DATA = 0x7FE00010


@dataclass(frozen=True)
class ReadLimits:
    """What a file may ask for.

    Args:
        max_frame_pixels: Rows times Columns of an image that is decoded.
        max_header_bytes: What a deflated data set may hold beside its pixels.
        max_elements: Before the pixels, nested ones too; a mammogram has under 1 000.
        max_value_bytes: Of the values that are kept, look-up tables above all.
    """

    max_frame_pixels: int = 64_000_000
    max_header_bytes: int = 16 << 20
    max_elements: int = 20_000
    max_value_bytes: int = 2 << 20

    @property
    def max_inflated_bytes(self) -> int:
        """The longest deflated data set that is inflated, at two bytes a pixel."""
        return 2 * self.max_frame_pixels + self.max_header_bytes


DEFAULT_LIMITS = ReadLimits()


def read_dataset(data: bytes, limits: ReadLimits = DEFAULT_LIMITS) -> Dataset:
    """Read the attributes of `HEADER_KEYWORDS`, and Pixel Data undecoded.

    Args:
        data: The whole file, preamble included.
        limits: What the file may ask for.

    Raises:
        Rejected: If it is no DICOM file, is damaged, truncated, or asks for too much.
    """
    budget = Budget(limits.max_elements, limits.max_value_bytes)
    try:
        with quiet():
            dataset = _parse(data, budget, limits)
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
            budget.excess or f"The data set cannot be parsed ({type(error).__name__}).",
        ) from None
    if "PixelData" not in dataset:
        raise Rejected(
            RejectionReason.TRUNCATED, f"Its {len(data)} bytes end before Pixel Data does."
        )
    return dataset


def _parse(data: bytes, budget: Budget, limits: ReadLimits) -> Dataset:
    source = BoundedSource(data, budget)
    filereader.read_preamble(source, force=False)
    meta = filereader.read_dataset(source, False, True, stop_when=is_past_meta)
    syntax, start = UID(meta.TransferSyntaxUID), source.tell()
    if syntax == DeflatedExplicitVRLittleEndian:
        data, start = inflate(data[start:], limits.max_inflated_bytes), 0
    dataset = _parse_body(data, start, syntax, budget)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    return dataset


def _parse_body(data: bytes, start: int, syntax: UID, budget: Budget) -> Dataset:
    """What is wanted of the header, within a budget; then Pixel Data, whatever its length."""
    encoding = (syntax.is_implicit_VR, syntax.is_little_endian)
    header = BoundedSource(data, budget)
    header.seek(start)
    dataset = filereader.read_dataset(
        header, *encoding, stop_when=_is_pixels, specific_tags=_TAGS
    )
    pixels = BytesIO(data)
    pixels.seek(header.tell())
    wanted: list[BaseTag | int] = [_PIXEL_DATA]
    dataset.update(
        filereader.read_dataset(
            pixels, *encoding, stop_when=_is_past_pixels, specific_tags=wanted
        )
    )
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


def is_past_meta(tag: BaseTag, *_: object) -> bool:
    """Whether an element lies behind the file meta information, of group 2."""
    return tag.group != 2


def _is_pixels(tag: BaseTag, *_: object) -> bool:
    return tag >= _FIRST_PIXELS


def _is_past_pixels(tag: BaseTag, *_: object) -> bool:
    return tag > _PIXEL_DATA
