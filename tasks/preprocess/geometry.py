"""The way between original pixels and network pixels, for points and boxes.

Coordinates are continuous: pixel i covers [i, i + 1), its centre is i + 0.5. It reads no pixel.
"""

import math
from dataclasses import dataclass
from typing import TypedDict

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX


class PixelBox(TypedDict):
    """A rectangle in whole original pixels, as the lake's regions store it."""

    top_px: int
    left_px: int
    height_px: int
    width_px: int


@dataclass(frozen=True)
class Geometry:
    """Where a network input comes from; its fields are columns of `images`.

    Args:
        crop_top_px: First row of the crop, in original pixels.
        crop_left_px: First column of the crop, in original pixels.
        crop_height_px: Height of the crop, in original pixels.
        crop_width_px: Width of the crop, in original pixels.
        is_flipped: Whether the crop was mirrored, so that the chest wall lies at the left.
        scale: Network pixels for one original pixel, alike on both axes.
    """

    crop_top_px: int
    crop_left_px: int
    crop_height_px: int
    crop_width_px: int
    is_flipped: bool
    scale: float

    def to_original(self, row: float, column: float) -> tuple[float, float]:
        """Map a point of the network input to (row, column) of the original."""
        column /= self.scale
        if self.is_flipped:
            column = self.crop_width_px - column
        return self.crop_top_px + row / self.scale, self.crop_left_px + column

    def to_network(self, row: float, column: float) -> tuple[float, float]:
        """Map a point of the original to (row, column) of the network input."""
        column -= self.crop_left_px
        if self.is_flipped:
            column = self.crop_width_px - column
        return (row - self.crop_top_px) * self.scale, column * self.scale

    def box_to_original(self, top: float, left: float, height: float, width: float) -> PixelBox:
        """Map a box of network pixels to the whole original pixels that it touches.

        Returns:
            The box inside the crop, at least one pixel high and wide.
        """
        corners = [self.to_original(top, left), self.to_original(top + height, left + width)]
        rows, columns = ([corner[axis] for corner in corners] for axis in (0, 1))
        top_px, bottom_px = _whole_span(rows, self.crop_top_px, self.crop_height_px)
        left_px, right_px = _whole_span(columns, self.crop_left_px, self.crop_width_px)
        return PixelBox(
            top_px=top_px,
            left_px=left_px,
            height_px=bottom_px - top_px,
            width_px=right_px - left_px,
        )


def fit_scale(crop_height_px: int, crop_width_px: int) -> float:
    """The largest scale at which a crop lies inside the network input with its aspect kept."""
    return min(INPUT_HEIGHT_PX / crop_height_px, INPUT_WIDTH_PX / crop_width_px)


def _whole_span(ends: list[float], start_px: int, length_px: int) -> tuple[int, int]:
    """Widen a span to whole pixels of the crop; a millionth of a pixel is rounding."""
    first = min(max(math.floor(min(ends) + 1e-6), start_px), start_px + length_px - 1)
    last = max(min(math.ceil(max(ends) - 1e-6), start_px + length_px), first + 1)
    return first, last
