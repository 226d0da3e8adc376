"""Looks up, turns and shrinks the breast's part of an image in one pass over stored values.

Pixel for pixel what OpenCV makes of the same crop with INTER_AREA, and a test compares. Rows
are added up before columns, which is faster; where the order of float32 sums could decide a
pixel, it is made again in OpenCV's. What lies outside the outline is not looked at.
"""

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from tasks.preprocess.compiled import compiled

DISPLAY_STEP = 257
"""Display values of 16 bits to one of 8."""

UNSURE_PER_TAP = 1 / 64
"""Two orders of adding up n products of display values differ by less than n of this: each
addition errs by at most 2^-24 of 65 535, a 256th, in either order; twice that for safety."""


class Crop(NamedTuple):
    """A part of an image, in its pixels.

    Args:
        top: First row.
        left: First column.
        width: Columns.
        is_flipped: Whether it is read from its right end.
    """

    top: int
    left: int
    width: int
    is_flipped: bool


class Cells(NamedTuple):
    """Which source pixels each result pixel averages along an axis, and by what share.

    Args:
        first: [n_out], the first of them.
        n: [n_out], how many there are.
        weights: [n_taps, n_out], the share of each; 0 past `n`.
    """

    first: NDArray[np.int64]
    n: NDArray[np.int64]
    weights: NDArray[np.float32]


Axes = tuple[Cells, Cells]
"""Along rows (down) and along columns (across)."""

_ROW = types.Array(types.uint16, 1, "C", readonly=True)
_ROWS = types.Array(types.uint16, 2, "C", readonly=True)
_REALS = types.float32[::1]
_SPAN = types.UniTuple(types.int64, 2)
_CROP = types.NamedTuple((types.int64, types.int64, types.int64, types.boolean), Crop)
_CELLS = types.NamedTuple((types.int64[::1], types.int64[::1], types.float32[:, ::1]), Cells)
_AXES = types.UniTuple(_CELLS, 2)


@compiled(types.uint8(types.float32))
def to_pixel(value: float | np.float32) -> int:
    """Round a display value as OpenCV does, then to 8 bits."""
    whole = min(max(int(np.rint(value)), 0), 65_535)
    return (whole + DISPLAY_STEP // 2) // DISPLAY_STEP


@compiled(types.void(_REALS, types.float32, _SPAN, types.uint8[::1]))
def round_row(
    totals: NDArray[np.float32],
    unsure: np.float32,
    span: tuple[int, int],
    pixels: NDArray[np.uint8],
) -> None:
    """Round a row's least values that another order of adding up may give."""
    for x in range(span[0], span[1]):
        pixels[x] = to_pixel(totals[x] - unsure)


@compiled(_SPAN(types.uint8[::1]))
def find_span(inside: NDArray[np.uint8]) -> tuple[int, int]:
    """The first column inside and that past the last; twice 0 where none is."""
    low, high = 0, inside.size
    while low < high and inside[low] == 0:
        low += 1
    while high > low and inside[high - 1] == 0:
        high -= 1
    return (low, high) if low < high else (0, 0)


@compiled(_SPAN(_CELLS, _SPAN, _CROP))
def source_span(across: Cells, span: tuple[int, int], crop: Crop) -> tuple[int, int]:
    """The columns of the crop, as they lie in the file, that a span of cells averages."""
    last = span[1] - 1
    start, end = across.first[span[0]], across.first[last] + across.n[last]
    return (crop.width - end, crop.width - start) if crop.is_flipped else (start, end)


@compiled(types.void(_ROW, _REALS, types.int64, _SPAN, _REALS))
def look_up(
    row: NDArray[np.uint16],
    table: NDArray[np.float32],
    left: int,
    span: tuple[int, int],
    values: NDArray[np.float32],
) -> None:
    """Look a span of the crop's columns up; unsigned, as no index counts from the end."""
    shift = np.uint64(left)
    for column in range(span[0], span[1]):
        values[np.uint64(column)] = table[row[np.uint64(column) + shift]]


@compiled(types.void(_REALS, types.float32, _SPAN, types.boolean, _REALS))
def add_row(
    values: NDArray[np.float32],
    share: float,
    span: tuple[int, int],
    is_first: bool,
    sums: NDArray[np.float32],
) -> None:
    """Add a row's share to the sums of its columns."""
    if is_first:
        for column in range(span[0], span[1]):
            sums[np.uint64(column)] = share * values[np.uint64(column)]
    else:
        for column in range(span[0], span[1]):
            sums[np.uint64(column)] += share * values[np.uint64(column)]


@compiled(types.void(_REALS, _CELLS, _SPAN, _CROP, _REALS))
def add_columns(
    sums: NDArray[np.float32],
    across: Cells,
    span: tuple[int, int],
    crop: Crop,
    totals: NDArray[np.float32],
) -> None:
    """Add the columns of each cell up, tap after tap, so that many cells are done at once.

    Past a cell's end the share is 0 and the column may be another's, or past the crop: there
    `sums` has a margin of as many zeros as there are taps.
    """
    n_taps = across.weights.shape[0]
    origin, turn = (crop.width - 1, -1) if crop.is_flipped else (0, 1)
    for tap in range(n_taps):
        shares = across.weights[tap]
        for x in range(span[0], span[1]):
            at = np.uint64(x)
            place = np.uint64(origin + turn * (across.first[at] + tap) + n_taps)
            part = sums[place] * shares[at]
            totals[at] = part if tap == 0 else totals[at] + part


@compiled(types.float32(_ROWS, _REALS, _CROP, _AXES, _SPAN))
def average(
    stored: NDArray[np.uint16],
    table: NDArray[np.float32],
    crop: Crop,
    cells: Axes,
    at: tuple[int, int],
) -> np.float32:
    """Average the cell of one result pixel in OpenCV's order: along each row, then down."""
    (down, across), (y, x) = cells, at
    origin, turn = (crop.width - 1, -1) if crop.is_flipped else (0, 1)
    total = np.float32(0)
    for row in range(down.n[y]):
        line = np.float32(0)
        for column in range(across.n[x]):
            place = crop.left + origin + turn * (across.first[x] + column)
            value = table[stored[crop.top + down.first[y] + row, place]]
            line += value * across.weights[column, x]
        total += down.weights[row, y] * line
    return np.float32(total)


@compiled(types.void(_ROWS, _REALS, _CROP, _AXES, types.uint8[:, ::1], types.uint8[:, ::1]))
def shrink_rows(
    stored: NDArray[np.uint16],
    table: NDArray[np.float32],
    crop: Crop,
    cells: Axes,
    inside: NDArray[np.uint8],
    pixels: NDArray[np.uint8],
) -> None:
    """Fill each row of the result from its first pixel inside to its last.

    A source row that two result rows share is looked up once, over both their spans.

    Args:
        stored: Bit patterns of the whole image.
        table: [65536], the display value of each.
        crop: What of the image is shrunk.
        cells: Along rows (down) and along columns (across).
        inside: [n_out, n_out across], 0 where the result is not wanted.
        pixels: The same shape, 0-255; not written outside the spans.
    """
    down, across = cells
    n_taps = across.weights.shape[0]
    values = np.zeros(crop.width, np.float32)
    sums = np.zeros(crop.width + 2 * n_taps, np.float32)
    totals = np.zeros(across.n.size, np.float32)
    unsure = np.float32(UNSURE_PER_TAP * (n_taps + down.weights.shape[0]))
    done, span = -1, find_span(inside[0])
    for y in range(inside.shape[0]):
        low, high = span
        span = find_span(inside[y + 1]) if y + 1 < inside.shape[0] else (0, 0)
        if low == high:
            continue
        start, end = source_span(across, (low, high), crop)
        for tap in range(down.n[y]):
            row = down.first[y] + tap
            if row != done:
                left, right = start, end
                if tap == down.n[y] - 1 and span[0] < span[1]:
                    below = source_span(across, span, crop)
                    left, right = min(left, below[0]), max(right, below[1])
                look_up(stored[crop.top + row], table, crop.left, (left, right), values)
                done = row
            add_row(values, down.weights[tap, y], (start, end), tap == 0, sums[n_taps:])
        add_columns(sums, across, (low, high), crop, totals)
        round_row(totals, unsure, (low, high), pixels[y])
        for x in range(low, high):
            if pixels[y, x] != to_pixel(totals[x] + unsure):
                pixels[y, x] = to_pixel(average(stored, table, crop, cells, (y, x)))
