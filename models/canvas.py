"""A stored image on the canvas that the network takes: at the top left, background around it.

The contract's rule for whole images, kept for crops of any size: a crop is never resized, which
would change its scale and blur it, and background is what the network's breast mask leaves out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE_STEP_PX = 32
"""The network's deepest stride: a canvas's sides are multiples of it."""


def canvas_side(sides_px: Iterable[int]) -> int:
    """Side of the smallest square canvas that holds every crop.

    A square, because a crop comes in its eight positions.
    """
    return -(-max(sides_px) // SIDE_STEP_PX) * SIDE_STEP_PX


def on_canvas(row: Mapping[str, Any], shape_px: Sequence[int]) -> NDArray[np.uint8]:
    """The pixels of a row of `images`, at the size that the network takes.

    Args:
        row: pixels, of the whole canvas or of a crop at its own size, and the geometry columns.
        shape_px: Height and width of the canvas.
    """
    pixels = np.frombuffer(row["pixels"], np.uint8)
    own = (row["crop_height_px"], row["crop_width_px"])
    if row["scale"] != 1 or pixels.size != own[0] * own[1] or own == tuple(shape_px):
        return pixels.reshape(shape_px)
    canvas = np.zeros(shape_px, np.uint8)
    canvas[: own[0], : own[1]] = pixels.reshape(own)
    return canvas
