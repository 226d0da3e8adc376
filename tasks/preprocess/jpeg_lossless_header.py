"""Reads the markers of a JPEG Lossless stream: everything before the entropy-coded data.

It decodes no pixel. What the decoder leaves out is `Unsupported`; what no stream may say is
`Rejected`.

References:
    ITU-T T.81, Annex B (markers) and Annex C (Huffman tables).
"""

import struct
from dataclasses import dataclass

from tasks.errors import Rejected, RejectionReason, SmartMammoError

MAX_CODE_LENGTH = 16

_SOI, _EOI, _SOS, _DHT, _DRI, _SOF3 = 0xD8, 0xD9, 0xDA, 0xC4, 0xDD, 0xC3
_OTHER_FRAMES = frozenset({*range(0xC0, 0xD0)} - {_SOF3, _DHT, 0xC8, 0xCC})
_SKIPPED = frozenset({*range(0xE0, 0xF0), 0xFE})  # APPn and COM
_FILL = 0xFF


class Unsupported(SmartMammoError):  # noqa: N818 - named as tasks.errors names
    """A lawful stream that this decoder leaves out: the caller takes the library's."""


@dataclass(frozen=True)
class HuffmanTable:
    """A table as it is transmitted.

    Args:
        n_codes: Of each length, 1 to 16 bits (BITS).
        categories: SSSS of each code, shortest code first (HUFFVAL).
    """

    n_codes: tuple[int, ...]
    categories: tuple[int, ...]


@dataclass(frozen=True)
class LosslessHeader:
    """What the decoder needs to know of one component in one scan.

    Args:
        precision: Bits of a sample, 2 to 16.
        rows: Lines of the frame.
        columns: Samples of a line.
        predictor: Selection value, 1 to 7 (T.81 Table H.1).
        point_transform: Low bits that were dropped before coding.
        table: Of the scan's component.
        scan_offset: Where the entropy-coded data start, in bytes.
    """

    precision: int
    rows: int
    columns: int
    predictor: int
    point_transform: int
    table: HuffmanTable
    scan_offset: int


@dataclass(frozen=True)
class _Frame:
    precision: int
    rows: int
    columns: int
    component_id: int


def damaged(detail: str) -> Rejected:
    """Make the rejection of a stream that cannot be right."""
    return Rejected(RejectionReason.DAMAGED_PIXELS, detail)


def read_header(stream: bytes | memoryview) -> LosslessHeader:
    """Read from the start of image up to the first scan's data.

    Raises:
        Rejected: If the markers are damaged or end early.
        Unsupported: If the stream has restart intervals, several components, a line count that
            follows the scan, or another process than lossless with Huffman coding.
    """
    if bytes(stream[:2]) != bytes((0xFF, _SOI)):
        raise damaged(f"The frame starts with {bytes(stream[:2]).hex()}, not with ffd8.")
    frame: _Frame | None = None
    tables: dict[int, HuffmanTable] = {}
    position = 2
    while True:
        marker, body, position = _read_segment(stream, position)
        if marker == _SOF3:
            frame = _read_frame(body)
        elif marker == _DHT:
            tables.update(_read_tables(body))
        elif marker == _SOS:
            return _read_scan(body, frame, tables, position)
        else:
            _check_ignorable(marker, body)


def _read_segment(stream: bytes | memoryview, position: int) -> tuple[int, bytes, int]:
    """The marker at `position`, its parameters, and where the next one starts."""
    while bytes(stream[position : position + 2]) == bytes((0xFF, _FILL)):
        position += 1
    head = bytes(stream[position : position + 4])
    if len(head) < 4:
        raise Rejected(
            RejectionReason.TRUNCATED, f"The frame ends in its header, at byte {len(stream)}."
        )
    prefix, marker, length = struct.unpack(">BBH", head)
    if prefix != 0xFF or length < 2:
        raise damaged(f"Bytes {head.hex()} at {position} are no marker segment.")
    end = position + 2 + length
    if end > len(stream):
        raise Rejected(
            RejectionReason.TRUNCATED,
            f"A segment ends at byte {end} of a frame of {len(stream)} bytes.",
        )
    return marker, bytes(stream[position + 4 : end]), end


def _read_frame(body: bytes) -> _Frame:
    """Frame header (T.81 B.2.2)."""
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise damaged(f"A frame header of {len(body)} bytes.")
    precision, rows, columns, n_components = struct.unpack_from(">BHHB", body)
    if n_components != 1:
        raise Unsupported(f"The frame has {n_components} components.")
    if rows == 0:
        raise Unsupported("The number of lines follows the scan (DNL).")
    if not 2 <= precision <= 16:
        raise damaged(f"Samples of {precision} bits; lossless has 2 to 16.")
    return _Frame(precision, rows, columns, body[6])


def _read_tables(body: bytes) -> dict[int, HuffmanTable]:
    """Huffman tables of one segment by destination (T.81 B.2.4.2)."""
    tables: dict[int, HuffmanTable] = {}
    position = 0
    while position < len(body):
        n_codes = tuple(body[position + 1 : position + 17])
        end = position + 17 + sum(n_codes)
        if len(n_codes) < MAX_CODE_LENGTH or end > len(body):
            raise damaged(f"A Huffman table of {len(body)} bytes ends within its codes.")
        table = HuffmanTable(n_codes, tuple(body[position + 17 : end]))
        if body[position] < 4:  # class 0; class 1 is of the DCT processes
            _check_table(table)
            tables[body[position]] = table
        position = end
    return tables


def _check_table(table: HuffmanTable) -> None:
    """Refuse codes that overlap and categories that no difference has (T.81 C.2, H.1.2.2)."""
    n_used = sum(n << MAX_CODE_LENGTH - i for i, n in enumerate(table.n_codes, 1))
    if n_used > 1 << MAX_CODE_LENGTH:
        raise damaged(f"{sum(table.n_codes)} Huffman codes overlap.")
    if len(set(table.categories)) < len(table.categories):
        raise damaged(f"A Huffman table names a category twice: {table.categories}.")
    if max(table.categories, default=0) > 16:
        raise damaged(f"A Huffman table names category {max(table.categories)}, above 16.")


def _read_scan(
    body: bytes, frame: _Frame | None, tables: dict[int, HuffmanTable], offset: int
) -> LosslessHeader:
    """Scan header (T.81 B.2.3), joined with what it refers to."""
    if frame is None:
        raise damaged("A scan comes before the frame header.")
    if len(body) != 6 or body[0] != 1 or body[1] != frame.component_id:
        raise damaged(f"Scan header {body.hex()} is not of component {frame.component_id}.")
    predictor, unused, point_transform = body[3], body[4] | body[5] >> 4, body[5] & 15
    if not 1 <= predictor <= 7 or unused:
        raise Unsupported(f"Scan parameters {body[3:].hex()}.")
    if point_transform >= frame.precision:
        raise damaged(f"{point_transform} of {frame.precision} bits were dropped.")
    table = tables.get(body[2] >> 4)
    if table is None:
        raise damaged(f"The scan's Huffman table {body[2] >> 4} is missing.")
    return LosslessHeader(
        frame.precision,
        frame.rows,
        frame.columns,
        predictor,
        point_transform,
        table,
        offset,
    )


def _check_ignorable(marker: int, body: bytes) -> None:
    if marker in _OTHER_FRAMES:
        raise Unsupported(f"The frame is of process SOF{marker & 15}, not lossless Huffman.")
    if marker == _DRI and any(body):
        raise Unsupported(f"A restart interval ({body.hex()}).")
    if marker not in _SKIPPED and marker != _DRI:
        raise damaged(f"Marker ff{marker:02x} in the header.")
