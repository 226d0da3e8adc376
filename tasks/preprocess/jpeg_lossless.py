"""Decodes JPEG Lossless (ITU-T T.81 Annex H) frames of one component, bit-exact.

It never guesses: a frame that does not decode to exactly its pixels is rejected with what is
wrong; restart intervals, several components and other processes are left to the library.
"""

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess import jpeg_lossless_kernels as kernels
from tasks.preprocess.jpeg_lossless_bytes import remove_stuffing
from tasks.preprocess.jpeg_lossless_header import (
    MAX_CODE_LENGTH,
    HuffmanTable,
    LosslessHeader,
    Unsupported,
    damaged,
    read_header,
)
from tasks.preprocess.jpeg_lossless_prediction import restore_rows

__all__ = ["Unsupported", "decode_jpeg_lossless"]

_END_OF_IMAGE = 0xD9


def decode_jpeg_lossless(
    frame: bytes | memoryview, *, rows: int, columns: int, bits_stored: int = 16
) -> NDArray[np.uint16]:
    """Decode one frame; without the GIL but for its header.

    Args:
        frame: A whole JPEG stream; bytes after its end of image are ignored, which is where
            DICOM pads.
        rows: (0028,0010).
        columns: (0028,0011).
        bits_stored: (0028,0101) of an unsigned image: a value of more bits is damage. Encoders
            often say 16 bits of a 12-bit image, and then nothing else shows most bit flips.

    Returns:
        [rows, columns], below 2 to the stream's precision.

    Raises:
        Rejected: FRAME_SIZE_MISMATCH if the stream says another size; TRUNCATED if it ends
            early; DAMAGED_PIXELS if its markers or codes are invalid, a value is too large, or
            data are left over.
        Unsupported: If the stream is lawful but of a kind that the library is to decode.

    References:
        ITU-T T.81 Annex H; DICOM PS3.5 A.4.1.
    """
    header = read_header(frame)
    if (header.rows, header.columns) != (rows, columns):
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"The frame says {header.rows} x {header.columns}, Rows x Columns is "
            f"{rows} x {columns}.",
        )
    pixels = _decode_scan(frame, header)
    if header.predictor > 1:
        restore_rows(pixels, header.predictor)
    _check_range(pixels, header.precision - header.point_transform)
    if header.point_transform:
        np.left_shift(pixels, header.point_transform, out=pixels)
    _check_range(pixels, bits_stored)
    return pixels


def _decode_scan(frame: bytes | memoryview, header: LosslessHeader) -> NDArray[np.uint16]:
    """[rows, columns]: pixels for predictor 1, else the running sums of each row."""
    stream = np.frombuffer(frame, np.uint8)
    n_spare = header.columns * kernels.MAX_BITS_PER_PIXEL // 8 + 1 + kernels.READ_AHEAD_BYTES
    data = np.empty(len(stream) - header.scan_offset + n_spare, np.uint8)
    n_bytes, end = remove_stuffing(stream, header.scan_offset, data)
    if 8 * n_bytes < header.rows * header.columns:  # a code has a bit or more
        _refuse_short(
            frame, end, f"{n_bytes} bytes for {header.rows} x {header.columns} pixels"
        )
    data[n_bytes : n_bytes + n_spare] = 0
    pixels = np.empty((header.rows, header.columns), np.uint16)
    first = 1 << (header.precision - header.point_transform - 1)
    status, n_rows, n_bits = kernels.sum_rows(
        data, n_bytes, make_tables(header.table), first, pixels
    )
    if status == kernels.DATA_END:
        _refuse_short(frame, end, f"{n_rows} of {header.rows} rows")
    if status == kernels.INVALID_CODE:
        raise damaged(f"Row {n_rows} holds an invalid Huffman code at bit {n_bits}.")
    _check_end(frame, end, n_unused_bytes=n_bytes - (n_bits + 7) // 8)
    return pixels


def make_tables(table: HuffmanTable) -> kernels.Tables:
    """Expand a Huffman table into the kernels' look-ups.

    References:
        ITU-T T.81 C.2: codes of one length count up, and continue doubled at the next length.
    """
    lengths = [length for length, n in enumerate(table.n_codes, 1) for _ in range(n)]
    symbols = np.zeros(1 << MAX_CODE_LENGTH, np.uint16)
    flat = (np.uint64(0), np.uint64(0), np.uint64(0))
    start = 0
    for length, category in zip(lengths, table.categories, strict=True):
        n_windows = 1 << (MAX_CODE_LENGTH - length)
        symbols[start : start + n_windows] = category << 8 | length
        if category == 0:
            flat = _repeat(start // n_windows, length)
        start += n_windows
    steps = np.zeros(1 << kernels.WINDOW_BITS, np.uint8)
    sums = np.zeros((1 << kernels.WINDOW_BITS, kernels.MAX_SYMBOLS), np.uint16)
    kernels.fill_windows(symbols, steps, sums)
    return kernels.Tables(symbols, steps, sums, *flat)


def _repeat(code: int, length: int) -> tuple[np.uint64, np.uint64, np.uint64]:
    """`Tables.flat_pattern`, `flat_shift` and `flat_pixels` of the code of difference 0."""
    n = kernels.FLAT_BITS // length
    shift = 64 - n * length
    pattern = sum(code << k * length for k in range(n)) << shift
    return np.uint64(pattern), np.uint64(shift), np.uint64(n)


def _marker(frame: bytes | memoryview, end: int) -> int | None:
    """The marker at `end`, after fill bytes (T.81 B.1.1.2); None where the frame just ends."""
    position = end
    while position < len(frame) and frame[position] == 0xFF:
        position += 1
    return frame[position] if position < len(frame) else None


def _refuse_short(frame: bytes | memoryview, end: int, found: str) -> NoReturn:
    marker = _marker(frame, end)
    if marker is None:
        raise Rejected(
            RejectionReason.TRUNCATED, f"The frame ends at byte {len(frame)}: {found}."
        )
    raise damaged(f"Marker ff{marker:02x} ends the coded data at byte {end}: {found}.")


def _check_end(frame: bytes | memoryview, end: int, n_unused_bytes: int) -> None:
    """Every pixel is there; a frame that lacks only its end of image is taken as it is."""
    if n_unused_bytes:
        raise damaged(f"{n_unused_bytes} bytes of coded data are left over.")
    marker = _marker(frame, end)
    if marker not in (None, _END_OF_IMAGE):
        raise damaged(f"Marker ff{marker:02x} comes where the image ends.")


def _check_range(pixels: NDArray[np.uint16], n_bits: int) -> None:
    if n_bits < 16 and (highest := int(pixels.max())) >> n_bits:
        raise damaged(f"Value {highest} does not fit into {n_bits} bits.")
