"""Text in the pixels: a name or number that a unit burned into an image.

It looks beside the breast for a line of many bright strokes, and reads none. Lead markers (R,
L, CC, MLO and a number) have fewer strokes and pass. Text over the breast is not looked for.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.attributes import text
from tasks.preprocess.breast import find_breast, sample_stride
from tasks.preprocess.values import (
    DISPLAY_MAX,
    DisplayValues,
    StoredValues,
    apply_table,
    display_table,
)

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


def check_burned_in_text(dataset: Dataset, stored: StoredValues) -> None:
    """Refuse an image that says it holds text, or shows some beside the breast.

    Args:
        dataset: Its attributes from Modality LUT to Presentation LUT Shape.
        stored: [rows, columns] stored values.

    Raises:
        Rejected: BURNED_IN_TEXT; or as `find_breast` does.

    References:
        DICOM PS3.3 C.7.6.1.1.10 (Burned In Annotation (0028,0301): text that identifies).
    """
    if text(dataset, "BurnedInAnnotation") == "YES":
        raise _refusal("Burned In Annotation (0028,0301) is YES.")
    if n_strokes := count_strokes(_bright(dataset, stored)):
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


def _bright(dataset: Dataset, stored: StoredValues) -> Bright:
    """What is much brighter than the background, without the breast."""
    stride = max(1, max(stored.shape) // LONGER_SIDE_PX)
    sample = np.ascontiguousarray(stored[::stride, ::stride])
    values = apply_table(sample, display_table(dataset, sample))
    is_beside = _outline(values) == 0
    background = np.median(values[is_beside][::64]) if is_beside.any() else 0
    return ((values > background + CONTRAST * DISPLAY_MAX) & is_beside).astype(np.uint8)


def _outline(values: DisplayValues) -> Bright:
    """255 in the breast's outline, 0 beside it."""
    stride = sample_stride(*values.shape)
    breast = find_breast(np.ascontiguousarray(values[::stride, ::stride]), *values.shape)
    outline = np.zeros(values.shape, np.uint8)
    inside = cv2.resize(
        breast.mask, (breast.width_px, breast.height_px), interpolation=cv2.INTER_NEAREST
    )
    rows = slice(breast.top_px, breast.top_px + breast.height_px)
    outline[rows, breast.left_px : breast.left_px + breast.width_px] = inside
    return outline


def _refusal(why: str) -> Rejected:
    return Rejected(RejectionReason.BURNED_IN_TEXT, f"{why} The image is kept out.")
