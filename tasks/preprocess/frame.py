"""A frame's bytes out of Pixel Data, raw or in fragments.

It measures before it reads: what ends early is truncated, with numbers.
"""

import struct

from pydicom import Dataset
from pydicom.encaps import get_frame

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.pixel_format import PixelFormat

_ITEM_ELEMENT = 0xE000
MAX_FRAGMENTS = 100_000
"""Of one frame; encoders write one, or pieces of some kB."""
_SLACK_BYTES = 64 << 10


def read_frame(dataset: Dataset, pixel_format: PixelFormat) -> bytes:
    """The bytes of a data set's one frame, compressed or not.

    Raises:
        Rejected: If Pixel Data holds fewer than it says.
    """
    pixel_data: bytes = dataset.PixelData or b""
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        if len(pixel_data) < pixel_format.n_bytes:
            raise Rejected(
                RejectionReason.TRUNCATED,
                f"Pixel Data holds {len(pixel_data)} of {pixel_format.n_bytes} bytes.",
            )
        return pixel_data
    check_fragments(pixel_data)
    if len(pixel_data) > 2 * pixel_format.n_bytes + _SLACK_BYTES:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"{len(pixel_data)} compressed bytes stand for {pixel_format.n_bytes}.",
        )
    try:
        return get_frame(pixel_data, 0, number_of_frames=1)
    except (ValueError, EOFError, IndexError, struct.error) as error:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, "The fragments of the frame are damaged."
        ) from error


def check_fragments(pixel_data: bytes) -> None:
    """Check that the items of encapsulated Pixel Data lie within it; pydicom does not.

    Raises:
        Rejected: If one ends beyond it, or there are too many.

    References:
        DICOM PS3.5 A.4.
    """
    position = 0
    for _ in range(MAX_FRAGMENTS):
        if position + 8 > len(pixel_data):
            break
        _, element, length = struct.unpack_from("<HHL", pixel_data, position)
        if element != _ITEM_ELEMENT:
            return
        position += 8 + length
    else:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, f"The frame has more than {MAX_FRAGMENTS} parts."
        )
    if position > len(pixel_data):
        raise Rejected(
            RejectionReason.TRUNCATED,
            f"Pixel Data holds {len(pixel_data)} of at least {position} bytes.",
        )
