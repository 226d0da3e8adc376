"""Shrinks the breast's part of an image by averaging areas, straight from its stored values.

Pixel for pixel what a look-up and OpenCV's INTER_AREA make of the same crop, at half the time;
it refuses what `can_shrink` does not name.
"""

import numpy as np
from numpy.typing import NDArray

from tasks.preprocess.area_kernel import Cells, Crop, shrink_rows
from tasks.preprocess.geometry import Geometry

MIN_SHARE_PX = 1e-3
"""A pixel that a cell covers by less than this has no share in it."""


def shrink(
    stored: NDArray[np.generic],
    table: NDArray[np.uint16],
    geometry: Geometry,
    inside: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Look up, turn, crop and shrink an image where the breast is.

    Args:
        stored: [rows, columns] of 16 bits, contiguous; `can_shrink` allows the scale.
        table: [65536], the display value of each bit pattern.
        geometry: The crop, its side and its scale.
        inside: [height, width] of the result: 255 where the breast is, else 0.

    Returns:
        The shape of `inside`, 0-255; 0 outside.
    """
    step = 1 / geometry.scale
    crop = Crop(
        geometry.crop_top_px,
        geometry.crop_left_px,
        geometry.crop_width_px,
        geometry.is_flipped,
    )
    cells = (
        find_cells(geometry.crop_height_px, inside.shape[0], step),
        find_cells(geometry.crop_width_px, inside.shape[1], step),
    )
    pixels = np.zeros(inside.shape, np.uint8)
    values = table.astype(np.float32)
    shrink_rows(stored.view(np.uint16), values, crop, cells, inside, pixels)
    return pixels & inside


def find_cells(n_in: int, n_out: int, step: float) -> Cells:
    """Cut an axis into cells of `step` source pixels; pixels at a cell's edges count in part.

    Args:
        n_in: Source pixels.
        n_out: Result pixels.
        step: Source pixels a result pixel, above 1.
    """
    start = np.arange(n_out) * step
    end = start + step
    width = np.minimum(step, n_in - start)
    stop = np.minimum(np.floor(end), n_in - 1)
    whole = np.minimum(np.ceil(start), stop)
    before, after = whole - start, np.minimum(end - stop, 1.0)
    has_before, has_after = before > MIN_SHARE_PX, end - stop > MIN_SHARE_PX
    first = whole - has_before
    n = (has_before + (stop - whole) + has_after).astype(np.int64)
    taps = np.arange(n.max())[:, np.newaxis]
    place = first + taps
    shares = np.where((place >= whole) & (place < stop), 1.0, 0.0)
    shares = np.where(has_before & (taps == 0), before, shares)
    shares = np.where(has_after & (taps == n - 1), np.minimum(after, width), shares)
    return Cells(first.astype(np.int64), n, (shares / width).astype(np.float32))


def can_shrink(stored: NDArray[np.generic], scale: float) -> bool:
    """Whether this pass makes what OpenCV does: 16 bits, made smaller, by no whole number."""
    return stored.dtype.itemsize == 2 and scale < 1 and not (1 / scale).is_integer()
