"""Text in the pixels: a name or number that a unit burned into an image.

It looks beside the breast for a line of many bright strokes, and reads none. Lead markers (R,
L, CC, MLO and a number) have fewer strokes and pass. Text over the breast is not looked for.
"""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numba import types
from numpy.typing import NDArray
from pydicom import Dataset

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.attributes import text
from tasks.preprocess.breast import Breast, Mask
from tasks.preprocess.compiled import compiled
from tasks.preprocess.values import DISPLAY_MAX, DisplayValues, StoredValues, apply_table

Bright = NDArray[np.uint8]
"""[rows, columns]: 1 where a stroke may be, else 0."""

MIN_STROKES = 12
"""Crossed by one row of pixels: R MLO has nine at most, eight digits have twelve."""
MIN_ROWS_FRACTION = 0.3
"""Of a line's rows that cross at least half as many strokes."""

LONGER_SIDE_PX = 1600
"""Text is looked for where the longer side is about as long: strokes have two pixels."""
CONTRAST = 0.25
"""Text is this much brighter than the background, of the display range."""
HEIGHT_PX = (6, 110)
"""Of a line of text, at that size."""
MIN_ASPECT = 3.0
"""A line's width over its height."""
COVERAGE = (0.08, 0.75)
"""Share of a line's box that is bright: a solid label is none, nor is sparse noise."""
GAP_PX = 25
"""Strokes nearer than this are one line."""
_COARSE = 16
"""Every how many pixels the background's level is taken from."""


def check_burned_in_text(
    dataset: Dataset, stored: StoredValues, table: DisplayValues, breast: Breast
) -> None:
    """Refuse an image that says it holds text, or shows some beside the breast.

    Args:
        dataset: Its attributes.
        stored: [rows, columns] stored values.
        table: From `display_table`.
        breast: Where it lies in `stored`.

    Raises:
        Rejected: BURNED_IN_TEXT.

    References:
        DICOM PS3.3 C.7.6.1.1.10 (Burned In Annotation (0028,0301): text that identifies).
    """
    if text(dataset, "BurnedInAnnotation") == "YES":
        raise _refusal("Burned In Annotation (0028,0301) is YES.")
    if n_strokes := count_strokes(_bright(stored, table, breast)):
        raise _refusal(f"Beside the breast stands a line of {n_strokes} strokes.")


def count_strokes(bright: Bright) -> int:
    """Count the strokes of the line that has most; 0 where none is longer than a marker."""
    left, top, width, height = cv2.boundingRect(bright)
    bright = bright[top : top + height, left : left + width]
    if not bright.size:
        return 0
    joined = cv2.dilate(bright, np.ones((3, GAP_PX), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    is_line = (widths >= MIN_ASPECT * heights) & (heights >= HEIGHT_PX[0])
    is_line &= heights <= HEIGHT_PX[1]
    found = [_strokes(bright, stats[index + 1]) for index in np.flatnonzero(is_line)]
    return max(found, default=0)


def _strokes(bright: Bright, line: NDArray[np.int32]) -> int:
    """How many strokes most rows of a line's box cross; 0 if it is no text."""
    left, top, width, height = (int(side) for side in line[:4])
    box = bright[top : top + height, left : left + width]
    crossed = np.count_nonzero(np.diff(box, axis=1, prepend=0) == 1, axis=1)
    n_strokes = int(crossed.max())
    is_steady = np.mean(crossed >= n_strokes / 2) >= MIN_ROWS_FRACTION
    is_text = COVERAGE[0] <= float(box.mean()) <= COVERAGE[1] and is_steady
    return n_strokes if is_text and n_strokes >= MIN_STROKES else 0


def _bright(stored: StoredValues, table: DisplayValues, breast: Breast) -> Bright:
    """What is much brighter than the background, without the breast."""
    stride = max(1, max(stored.shape) // LONGER_SIDE_PX)
    shape = tuple(-(-side // stride) for side in stored.shape)
    mask = np.ascontiguousarray(breast.mask)
    hidden = _Hidden(mask, *_places_in_mask(shape, stride, breast))
    coarse = np.ascontiguousarray(stored[:: stride * _COARSE, :: stride * _COARSE])
    beside = apply_table(coarse, table)[~_is_hidden(hidden, _COARSE)]
    background = float(np.median(beside)) if beside.size else 0.0
    threshold = np.uint16(min(background + CONTRAST * DISPLAY_MAX, DISPLAY_MAX))
    patterns = np.ascontiguousarray(stored).view(f"uint{8 * stored.dtype.itemsize}")
    bright = np.zeros(shape, np.uint8)
    _mark(patterns, (table > threshold).view(np.uint8), stride, hidden, bright)
    return bright


class _Hidden(NamedTuple):
    """The breast's outline, at another size than the pixels that it hides.

    Args:
        mask: Not 0 in the outline.
        rows: For each row of pixels its row of the mask; -1 beside the mask.
        columns: The same for columns.
    """

    mask: Mask
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


def _places_in_mask(
    shape: tuple[int, ...], stride: int, breast: Breast
) -> Iterator[NDArray[np.int64]]:
    """For each row, then for each column: the nearest one of the mask, as OpenCV scales it."""
    starts, sides = (breast.top_px, breast.left_px), (breast.height_px, breast.width_px)
    for n, start, side, n_mask in zip(shape, starts, sides, breast.mask.shape, strict=True):
        size = (side // stride, 1)
        line = np.arange(n_mask, dtype=np.float32)[np.newaxis]
        nearest = cv2.resize(line, size, interpolation=cv2.INTER_NEAREST)[0]
        places = np.full(n, -1, np.int64)
        places[start // stride : start // stride + size[0]] = nearest
        yield places


def _is_hidden(hidden: _Hidden, step: int) -> NDArray[np.bool_]:
    """Whether the outline covers each `step`-th pixel of each `step`-th row."""
    rows, columns = hidden.rows[::step, np.newaxis], hidden.columns[::step]
    return (rows >= 0) & (columns >= 0) & (hidden.mask[rows, columns] > 0)


_PLACES = types.int64[::1]


@compiled(
    [
        types.void(
            types.Array(kind, 2, "C", readonly=True),
            types.uint8[::1],
            types.int64,
            types.NamedTuple((types.uint8[:, ::1], _PLACES, _PLACES), _Hidden),
            types.uint8[:, ::1],
        )
        for kind in (types.uint8, types.uint16)
    ]
)
def _mark(
    patterns: NDArray[np.uint8 | np.uint16],
    is_bright: NDArray[np.uint8],
    stride: int,
    hidden: _Hidden,
    bright: Bright,
) -> None:
    """Set 1 where the stored value is bright and no outline is; every `stride`-th pixel."""
    step, n_columns = np.uint64(stride), hidden.columns.size
    beside = np.zeros(hidden.mask.shape[1], np.uint8)
    for y in range(hidden.rows.size):
        row, marked, mask_row = patterns[y * stride], bright[y], hidden.rows[y]
        outline = hidden.mask[mask_row] if mask_row >= 0 else beside
        for x in range(n_columns):
            at = np.uint64(x)
            column = hidden.columns[at]
            if column < 0 or outline[np.uint64(column)] == 0:
                marked[at] = is_bright[row[at * step]]


def _refusal(why: str) -> Rejected:
    return Rejected(RejectionReason.BURNED_IN_TEXT, f"{why} The image is kept out.")
