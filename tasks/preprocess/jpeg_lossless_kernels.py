"""The entropy decoder of JPEG Lossless: coded bytes to the running sums of their differences.

It allocates nothing, raises nothing, and trusts what `jpeg_lossless` has checked.

References:
    ITU-T T.81, F.2.2.1 (EXTEND), H.1.2.1 (prediction), H.1.2.2 (difference and its code).
"""

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from tasks.preprocess.compiled import compiled

WINDOW_BITS = 12
"""Bits that one look-up sees: 36 KiB of tables stay in a core's first cache."""
MAX_SYMBOLS = 4
"""Differences that one look-up gives at most."""
MAX_BITS_PER_PIXEL = 31
"""A code of 16 bits and 15 magnitude bits; category 16 has none (T.81 H.1.2.2)."""
READ_AHEAD_BYTES = 16
"""How far past the bits in use a refill reads: 8 bytes held, 8 bytes loaded."""
FLAT_BITS = 56
"""What a refill guarantees, and so what one look at a flat background may take."""

COMPLETE, INVALID_CODE, DATA_END = range(3)

_U = np.uint64
_0, _1, _2, _3, _4, _5, _6, _7, _8 = (np.uint64(n) for n in range(9))
_16, _24, _32, _40, _48, _56, _63, _64 = (
    np.uint64(n) for n in (16, 24, 32, 40, 48, 56, 63, 64)
)
_NIBBLE, _BYTE, _WORD = np.uint64(0xF), np.uint64(0xFF), np.uint64(0xFFFF)
_WINDOW_SHIFT = np.uint64(64 - WINDOW_BITS)
_LOOKUPS_PER_REFILL = FLAT_BITS // WINDOW_BITS
_FLAT_PIXELS = 64
_FAST_PIXELS = np.uint64(_FLAT_PIXELS)  # both fast ways write at most as many


class Tables(NamedTuple):
    """Look-ups of one Huffman table.

    Args:
        symbols: [65536], by the next 16 bits: category << 8 | code length; 0 is no code.
        steps: [4096], by the next 12 bits: differences << 4 | bits; 0 where none is whole.
        sums: [4096, 4], the running sums of those differences; the last one repeats.
        flat_pattern: The code of difference 0 as often as `FLAT_BITS` hold it, topmost.
        flat_shift: Moves those bits to the bottom: 64 less their number.
        flat_pixels: How often they hold it; 0 where the table has no such code.
    """

    symbols: NDArray[np.uint16]
    steps: NDArray[np.uint8]
    sums: NDArray[np.uint16]
    flat_pattern: np.uint64
    flat_shift: np.uint64
    flat_pixels: np.uint64


class Bits(NamedTuple):
    """The next bits of the stream.

    Args:
        position: Of the first byte that is not wholly among the pending bits.
        pending: The next bits, topmost first; those after `n_pending` are right or 0.
        n_pending: 0 to 63.
    """

    position: np.uint64
    pending: np.uint64
    n_pending: np.uint64


_BYTES = types.Array(types.uint8, 1, "C")
_IMAGE = types.Array(types.uint16, 2, "C")
_LINE = types.Array(types.uint16, 1, "C")
_BITS = types.NamedUniTuple(types.uint64, 3, Bits)
_TABLES = types.NamedTuple(
    (_LINE, _BYTES, _IMAGE, types.uint64, types.uint64, types.uint64), Tables
)


@compiled(types.UniTuple(types.uint64, 2)(types.uint64, _LINE))
def _read_symbol(
    pending: np.uint64, symbols: NDArray[np.uint16]
) -> tuple[np.uint64, np.uint64]:
    """The first difference, modulo 2**64, and the bits it takes: 0 where there is no code."""
    symbol = _U(symbols[pending >> _48])
    length, category = symbol & _BYTE, symbol >> _8
    if category == _16:
        return _U(0x8000), length
    magnitude = pending << length
    difference = magnitude >> _1 >> (_63 - category)
    if magnitude >> _63 == _0:
        difference -= (_1 << category) - _1
    return difference, length + category


@compiled(types.void(_LINE, _BYTES, _IMAGE))
def fill_windows(
    symbols: NDArray[np.uint16], steps: NDArray[np.uint8], sums: NDArray[np.uint16]
) -> None:
    """Fill `Tables.steps` and `Tables.sums`, which come as zeros, from `Tables.symbols`."""
    for window in range(1 << WINDOW_BITS):
        pending = _U(window) << _WINDOW_SHIFT
        n_used, total = _0, _0
        for n in range(MAX_SYMBOLS):
            difference, n_bits = _read_symbol(pending << n_used, symbols)
            n_used += n_bits
            if n_bits == _0 or n_used > _U(WINDOW_BITS):
                break
            total += difference
            steps[window] = (_U(n + 1) << _4) | n_used
            for k in range(n, MAX_SYMBOLS):
                sums[window, k] = total & _WORD


@compiled(_BITS(_BYTES, _BITS))
def _refill(data: NDArray[np.uint8], bits: Bits) -> Bits:
    """Have `FLAT_BITS` or more pending; the eight bytes compile to one load."""
    at = bits.position
    loaded = (
        (_U(data[at]) << _56)
        | (_U(data[at + _1]) << _48)
        | (_U(data[at + _2]) << _40)
        | (_U(data[at + _3]) << _32)
        | (_U(data[at + _4]) << _24)
        | (_U(data[at + _5]) << _16)
        | (_U(data[at + _6]) << _8)
        | _U(data[at + _7])
    )
    return Bits(
        at + ((_63 - bits.n_pending) >> _3),
        bits.pending | (loaded >> bits.n_pending),
        bits.n_pending | _56,
    )


@compiled(_BITS(_BITS, types.uint64))
def _drop(bits: Bits, n: np.uint64) -> Bits:
    return Bits(bits.position, bits.pending << n, bits.n_pending - n)


@compiled(types.Tuple((_BITS, types.boolean))(_BYTES, _BITS, _TABLES, types.uint16, _LINE))
def _sum_row(
    data: NDArray[np.uint8],
    bits: Bits,
    tables: Tables,
    before: np.uint16,
    row: NDArray[np.uint16],
) -> tuple[Bits, bool]:
    """Decode one row's differences into their running sums, modulo 2**16.

    While `_FAST_PIXELS` are left, a look-up may write pixels that the next one overwrites.

    Args:
        data: With `MAX_BITS_PER_PIXEL` for each pixel of the row, and the read-ahead, to read.
        bits: Where the row starts.
        tables: Of the scan.
        before: What the first difference adds to.
        row: Out.

    Returns:
        Where the row ends, and whether every code was valid.
    """
    value, column, columns = _U(before), _0, _U(len(row))
    while column < columns:
        bits = _refill(data, bits)
        if column + _FAST_PIXELS <= columns:
            is_flat = (bits.pending ^ tables.flat_pattern) >> tables.flat_shift == _0
            if is_flat and tables.flat_pixels > _0:
                for k in range(_FLAT_PIXELS):
                    row[column + _U(k)] = value
                column += tables.flat_pixels
                bits = _drop(bits, _64 - tables.flat_shift)
                continue
            step = _0
            for _ in range(_LOOKUPS_PER_REFILL):
                window = bits.pending >> _WINDOW_SHIFT
                step = _U(tables.steps[window])
                sums = tables.sums[window]
                first, second = value + sums[_0], value + sums[_1]
                third, fourth = value + sums[_2], value + sums[_3]
                row[column], row[column + _1] = first, second
                row[column + _2], row[column + _3] = third, fourth
                value = fourth
                column += step >> _4
                bits = _drop(bits, step & _NIBBLE)
            if step != _0:
                continue
            bits = _refill(data, bits)
        difference, n_bits = _read_symbol(bits.pending, tables.symbols)
        if n_bits == _0:
            return bits, False
        value += difference
        row[column] = value
        column += _1
        bits = _drop(bits, n_bits)
    return bits, True


@compiled(types.UniTuple(types.int64, 3)(_BYTES, types.int64, _TABLES, types.uint16, _IMAGE))
def sum_rows(
    data: NDArray[np.uint8],
    n_bytes: int,
    tables: Tables,
    first: int,
    pixels: NDArray[np.uint16],
) -> tuple[int, int, int]:
    """Decode a scan; each row sums up from the pixel above its first one (T.81 H.1.2.1).

    With predictor 1 the sums are the pixels; `restore_rows` makes pixels of them for others.

    Args:
        data: Entropy-coded bytes without stuffing, then zeros: `MAX_BITS_PER_PIXEL` for each
            pixel of a row, and `READ_AHEAD_BYTES`.
        n_bytes: How many of them are coded data.
        tables: Of the scan.
        first: What the first pixel is predicted as.
        pixels: Out.

    Returns:
        COMPLETE, INVALID_CODE or DATA_END; rows decoded before; bits used.
    """
    bits = Bits(_0, _0, _0)
    before, n_used = np.uint16(first), 0
    for row in range(pixels.shape[0]):
        bits, is_valid = _sum_row(data, bits, tables, before, pixels[row])
        n_used = int(bits.position * _8 - bits.n_pending)
        if n_used > 8 * n_bytes:
            return DATA_END, row, n_used
        if not is_valid:
            return INVALID_CODE, row, n_used
        before = pixels[row, 0]
    return COMPLETE, pixels.shape[0], n_used
