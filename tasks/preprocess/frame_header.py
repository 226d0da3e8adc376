"""The size that a compressed frame says it has, read before any decoder sees it.

It reads markers only: a 124 kB frame that claims 65535 x 65535 is refused for nothing.
"""

import struct
from typing import NamedTuple

from tasks.errors import Rejected, RejectionReason

_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_FRAME_MARKERS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_JPEG_ENDS_HEADER = frozenset({0xD9, 0xDA})
_J2K_START = b"\xff\x4f\xff\x51"


class FrameHeader(NamedTuple):
    """What a frame says of itself."""

    rows: int
    columns: int
    precision: int


def read_jpeg_header(frame: bytes) -> FrameHeader:
    """Read the start-of-frame segment of a JPEG or JPEG-LS frame.

    Raises:
        Rejected: If there is none before the first scan, or it has several components.

    References:
        ITU-T T.81 B.2.2, T.87 C.2.2.
    """
    position = 2
    while position + 4 <= len(frame) and frame[position] == 0xFF:
        marker = frame[position + 1]
        if marker in _JPEG_FRAME_MARKERS and position + 10 <= len(frame):
            fields = struct.unpack_from(">BHHB", frame, position + 4)
            precision, rows, columns, n_components = fields
            return _grey(FrameHeader(rows, columns, precision), n_components)
        if marker in _JPEG_ENDS_HEADER:
            break
        position += _jpeg_step(frame, position)
    raise _no_header("JPEG")


def read_jpeg2000_header(frame: bytes) -> FrameHeader:
    """Read the SIZ segment of a JPEG 2000 or HTJ2K codestream, boxed or not.

    Raises:
        Rejected: If there is none, or it has several components.

    References:
        ITU-T T.800 A.5.1.
    """
    start = frame.find(_J2K_START)
    if start < 0 or start + 43 > len(frame):
        raise _no_header("JPEG 2000")
    right, bottom, left, top = struct.unpack_from(">4I", frame, start + 8)
    n_components, depth = struct.unpack_from(">HB", frame, start + 40)
    precision = (depth & 0x7F) + 1  # the highest bit is the sign
    return _grey(FrameHeader(bottom - top, right - left, precision), n_components)


def _jpeg_step(frame: bytes, position: int) -> int:
    marker = frame[position + 1]
    if marker == 0xFF:  # a fill byte
        return 1
    if marker in _JPEG_WITHOUT_LENGTH:
        return 2
    (length,) = struct.unpack_from(">H", frame, position + 2)
    return 2 + length


def _grey(header: FrameHeader, n_components: int) -> FrameHeader:
    if n_components != 1:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, f"The frame has {n_components} components, not 1."
        )
    return header


def _no_header(kind: str) -> Rejected:
    return Rejected(RejectionReason.DAMAGED_PIXELS, f"No {kind} frame header was found.")
