"""Looks up, turns and shrinks the breast's part of an image in one pass over stored values.

Pixel for pixel what OpenCV makes of the same crop with INTER_AREA, and a test compares: the
sums are those of its float32, in its order. What lies outside the outline is not looked at.
"""

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from tasks.preprocess.compiled import compiled

DISPLAY_STEP = 257
"""Display values of 16 bits to one of 8."""


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

    first: NDArray[np.uint64]
    n: NDArray[np.int64]
    weights: NDArray[np.float32]


_ROW = types.Array(types.uint16, 1, "C", readonly=True)
_ROWS = types.Array(types.uint16, 2, "C", readonly=True)
_REALS = types.float32[::1]
_SPAN = types.UniTuple(types.int64, 2)
_CROP = types.NamedTuple((types.int64, types.int64, types.int64, types.boolean), Crop)
_CELLS = types.NamedTuple((types.uint64[::1], types.int64[::1], types.float32[:, ::1]), Cells)


@compiled(types.void(_ROW, _REALS, _CROP, _SPAN, _REALS))
def look_up(
    row: NDArray[np.uint16],
    table: NDArray[np.float32],
    crop: Crop,
    span: tuple[int, int],
    values: NDArray[np.float32],
) -> None:
    """Look the columns of a span of the crop up; of a turned one from its right end.

    Indices are unsigned, as numba takes a signed one for what may count from the end.
    """
    if crop.is_flipped:
        last = np.uint64(crop.left + crop.width - 1)
        for column in range(span[0], span[1]):
            values[np.uint64(column)] = table[row[last - np.uint64(column)]]
    else:
        first = np.uint64(crop.left)
        for column in range(span[0], span[1]):
            values[np.uint64(column)] = table[row[first + np.uint64(column)]]


@compiled(types.void(_REALS, _CELLS, _SPAN, _REALS))
def average(
    values: NDArray[np.float32], cells: Cells, span: tuple[int, int], line: NDArray[np.float32]
) -> None:
    """Average a span of cells along a row, tap after tap, so that many are done at once."""
    for tap in range(cells.weights.shape[0]):
        offset, shares = np.uint64(tap), cells.weights[tap]
        for x in range(span[0], span[1]):
            at = np.uint64(x)
            part = values[cells.first[at] + offset] * shares[at]
            line[at] = part if tap == 0 else line[at] + part


@compiled(
    types.void(
        _ROWS, _REALS, _CROP, types.UniTuple(_CELLS, 2), types.int64[:, ::1], types.uint8[:, :]
    )
)
def shrink_rows(
    stored: NDArray[np.uint16],
    table: NDArray[np.float32],
    crop: Crop,
    cells: tuple[Cells, Cells],
    spans: NDArray[np.int64],
    pixels: NDArray[np.uint8],
) -> None:
    """Fill each row of the result between the ends of its span.

    A source row that two result rows share is averaged once, over both their spans.

    Args:
        stored: Bit patterns of the whole image.
        table: [65536], the display value of each.
        crop: What of the image is shrunk.
        cells: Along rows (down) and along columns (across).
        spans: [n_out, 2], first column and that past the last, by result row.
        pixels: [n_out, n_out across], 0-255; written within the spans.
    """
    down, across = cells
    n_taps = across.weights.shape[0]
    values = np.zeros(crop.width + n_taps, np.float32)
    line, total = np.zeros(across.n.size, np.float32), np.zeros(across.n.size, np.float32)
    done = -1
    for y in range(spans.shape[0]):
        low, high = spans[y]
        for tap in range(down.n[y] if low < high else 0):
            row = int(down.first[y]) + tap
            if row != done:
                left, right = low, high
                if tap == down.n[y] - 1 and y + 1 < spans.shape[0]:
                    left, right = min(left, spans[y + 1, 0]), max(right, spans[y + 1, 1])
                start = int(across.first[left])
                end = min(int(across.first[right - 1]) + n_taps, crop.width)
                look_up(stored[crop.top + row], table, crop, (start, end), values)
                average(values, across, (left, right), line)
                done = row
            share = down.weights[tap, y]
            for x in range(low, high):
                total[x] = share * line[x] if tap == 0 else total[x] + share * line[x]
        for x in range(low, high):
            value = min(max(int(np.rint(total[x])), 0), 65_535)
            pixels[y, x] = (value + DISPLAY_STEP // 2) // DISPLAY_STEP
