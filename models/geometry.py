"""From original pixels to network pixels, by the columns of an `images` row.

The way back, for regions that the network found, is `tasks.preprocess`'s; a test compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Box:
    """A rectangle in network pixels; ends are exclusive and need not be whole."""

    top: float
    left: float
    bottom: float
    right: float


def box_to_network(region: Mapping[str, Any], image: Mapping[str, Any]) -> Box:
    """Map a region of the original image into the network input.

    Args:
        region: top_px, left_px, height_px and width_px, in original pixels.
        image: crop_top_px, crop_left_px, crop_width_px, is_flipped and scale, of its row.
    """
    scale = float(image["scale"])
    top = region["top_px"] - image["crop_top_px"]
    left = region["left_px"] - image["crop_left_px"]
    if image["is_flipped"]:
        left = image["crop_width_px"] - left - region["width_px"]
    return Box(
        top * scale,
        left * scale,
        (top + region["height_px"]) * scale,
        (left + region["width_px"]) * scale,
    )
