"""An object's first bytes to the header that ingest needs, in bounded time and memory.

It reads no pixels, keeps no attribute that ingest has no use for, and repeats no value in a
message. Hostile bytes end in `Rejected`, never in another exception.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydicom import Dataset, filereader
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from tasks.errors import Rejected, RejectionReason
from tasks.ingest import containers, picture_files
from tasks.ingest.containers import MAGIC, SUFFIX, ContainerLimits
from tasks.preprocess.bounded_source import BoundedSource, Budget, quiet
from tasks.preprocess.reading import is_past_meta

KEYWORDS = (
    "SpecificCharacterSet",
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyDate",
    "AcquisitionDate",
    "StudyTime",
    "AcquisitionTime",
    "Modality",
    "PresentationIntentType",
    "Manufacturer",
    "InstitutionName",
    "StationName",
    "SeriesDescription",
    "ManufacturerModelName",
    "AnatomicRegionSequence",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientAge",
    "BodyPartExamined",
    "SoftwareVersions",
    "EstimatedRadiographicMagnificationFactor",
    "ImagerPixelSpacing",
    "ViewPosition",
    "FieldOfViewHorizontalFlip",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "PatientOrientation",
    "SpecimenDescriptionSequence",
    "Laterality",
    "ImageLaterality",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsStored",
    "QualityControlImage",
    "BreastImplantPresent",
    "PartialView",
    "ViewCodeSequence",
    "ViewModifierCodeSequence",
)


@dataclass(frozen=True)
class HeaderLimits:
    """What an object may ask for.

    Args:
        max_object_bytes: Larger objects are not read.
        first_bytes: What is fetched at first; four times as much when that is too little.
        max_bytes: Of a header, deflated or not, up to the last attribute that is wanted.
        max_elements: Of it, nested ones too; a mammogram has under 1 000.
        max_value_bytes: Of the values that are kept.
        container: What a ZIP object may ask for.
    """

    max_object_bytes: int = 512 << 20
    first_bytes: int = 64 << 10
    max_bytes: int = 4 << 20
    max_elements: int = 20_000
    max_value_bytes: int = 1 << 20
    container: ContainerLimits = containers.DEFAULT_LIMITS


DEFAULT_LIMITS = HeaderLimits()


def read_header(
    fetch: Callable[[int], bytes],
    size_bytes: int,
    limits: HeaderLimits = DEFAULT_LIMITS,
    keywords: Sequence[str] = KEYWORDS,
) -> Dataset:
    """Read some attributes from as few bytes as hold them.

    Args:
        fetch: Gives the object's first n bytes.
        size_bytes: Of the object.
        limits: What the object may ask for.
        keywords: Of the attributes.

    Returns:
        The header, every value converted, with Transfer Syntax UID in `file_meta`.

    Raises:
        Rejected: EMPTY_OBJECT, TOO_LARGE, NOT_DICOM, DICOMDIR, DAMAGED_HEADER or
            HEADER_LIMIT.
    """
    _check_size(size_bytes, limits)
    n_bytes = min(limits.first_bytes, limits.max_bytes)
    while True:
        head = fetch(n_bytes)
        is_whole = len(head) >= size_bytes
        if header := parse_head(head, is_whole=is_whole, limits=limits, keywords=keywords):
            return header
        if n_bytes >= limits.max_bytes:
            raise _over_limit(f"The header is longer than {limits.max_bytes} bytes.")
        n_bytes = min(4 * n_bytes, limits.max_bytes)


def parse_head(
    head: bytes,
    *,
    is_whole: bool,
    limits: HeaderLimits = DEFAULT_LIMITS,
    keywords: Sequence[str] = KEYWORDS,
) -> Dataset | None:
    """Parse an object's first bytes.

    Args:
        head: From the preamble on.
        is_whole: Whether the object ends with them.
        limits: What the object may ask for.
        keywords: Of the attributes that are read.

    Returns:
        As `read_header`; None if the header goes on after `head`.

    Raises:
        Rejected: NOT_DICOM, DICOMDIR, DAMAGED_HEADER or HEADER_LIMIT.
    """
    budget = Budget(limits.max_elements, limits.max_value_bytes)
    try:
        with quiet():
            header = _parse(head, is_whole, budget, limits, _tags(keywords))
            for _ in header.iterall() if header else ():  # converts while it is quiet
                pass
    except (Rejected, MemoryError):
        raise
    except InvalidDicomError:
        raise _without_prefix(head) from None
    except Exception as error:  # noqa: BLE001 - hostile bytes raise eight types and more
        if excess := budget.excess or _depth_excess(error):
            raise _over_limit(excess) from None
        if not is_whole and len(head) < limits.max_bytes:
            return None  # a sequence that is cut looks like a damaged one
        raise Rejected(
            RejectionReason.DAMAGED_HEADER,
            f"The header cannot be parsed ({type(error).__name__}).",
        ) from None
    return header


def _depth_excess(error: BaseException | None) -> str:
    """Say so if sequences were nested too deeply, which pydicom may turn into an OSError."""
    while error and not isinstance(error, RecursionError):
        error = error.__context__
    return "Its sequences are nested too deeply." if error else ""


def _check_size(size_bytes: int, limits: HeaderLimits) -> None:
    if size_bytes == 0:
        raise Rejected(RejectionReason.EMPTY_OBJECT, "The object has no bytes.")
    if size_bytes > limits.max_object_bytes:
        raise Rejected(
            RejectionReason.TOO_LARGE,
            f"The object has {size_bytes} bytes, more than {limits.max_object_bytes}.",
        )


def _tags(keywords: Sequence[str]) -> list[BaseTag | int]:
    return [tag for keyword in keywords if (tag := tag_for_keyword(keyword)) is not None]


def _parse(
    head: bytes,
    is_whole: bool,
    budget: Budget,
    limits: HeaderLimits,
    tags: list[BaseTag | int],
) -> Dataset | None:
    source = BoundedSource(head, budget)
    filereader.read_preamble(source, force=False)  # its 128 bytes may be a program: unused
    meta = filereader.read_dataset(source, False, True, stop_when=is_past_meta)
    if meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
        raise Rejected(RejectionReason.DICOMDIR, "An index; the files that it names are read.")
    syntax = UID(meta.TransferSyntaxUID)
    if syntax == DeflatedExplicitVRLittleEndian:
        inflated, is_whole = _inflate(head[source.tell() :], is_whole, limits)
        source = BoundedSource(inflated, budget)
    end = _End(max(tags))
    header = filereader.read_dataset(
        source,
        syntax == ImplicitVRLittleEndian,
        syntax != ExplicitVRBigEndian,
        stop_when=end,
        specific_tags=tags,
    )
    if not end.is_reached and not is_whole:
        return None
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = syntax
    return header


def _inflate(deflated: bytes, is_whole: bool, limits: HeaderLimits) -> tuple[bytes, bool]:
    """Inflate at most `max_bytes`; those bytes, and whether there is no more (PS3.5 A.5)."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = stream.decompress(deflated, limits.max_bytes)
    return inflated, stream.eof or (is_whole and not stream.unconsumed_tail)


class _End:
    """Stops behind the last attribute that is wanted: overlays may be longer than a header."""

    def __init__(self, last_tag: BaseTag | int) -> None:
        self.is_reached = False
        self._last_tag = last_tag

    def __call__(self, tag: BaseTag, *_: object) -> bool:
        self.is_reached = tag > self._last_tag
        return self.is_reached


def _without_prefix(head: bytes) -> Rejected:
    detail = "The DICM prefix is missing at byte 128."
    if head.startswith(picture_files.MAGIC):
        detail = "A PNG picture: the row of a CSV table beside it is what is read."
        return Rejected(RejectionReason.PICTURE, detail)
    if head.startswith(MAGIC):
        detail = f"A ZIP file: one named {SUFFIX} is opened, but none within another."
    return Rejected(RejectionReason.NOT_DICOM, detail)


def _over_limit(detail: str) -> Rejected:
    return Rejected(RejectionReason.HEADER_LIMIT, detail)
