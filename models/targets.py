"""What the maps and scores should be: lesions in network pixels to cells of the saliency grid.

A lesion is the ellipse in its box; cells that the box touches but the ellipse does not fill
stay unknown: nobody can say on which side of the edge they lie.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract import SALIENCY_STRIDE_PX
from models.geometry import Box
from models.network import MAPS

UNKNOWN = -1.0
Targets = NDArray[np.float32]


@dataclass(frozen=True)
class Lesion:
    """A lesion in network pixels.

    Args:
        box: Its bounds.
        finding_class: One of `contract.FINDING_CLASSES`.
        malignancy: What the malignancy map should say there, 0-1.
    """

    box: Box
    finding_class: str
    malignancy: float


def cell_targets(lesions: Iterable[Lesion], shape_px: Sequence[int]) -> Targets:
    """Rasterise lesions to the grid of every map.

    Args:
        lesions: In network pixels; what lies outside the image is cut.
        shape_px: Height and width of the network input, in pixels.

    Returns:
        [len(MAPS), height / 16, width / 16]; UNKNOWN at the rim of a lesion.
    """
    height, width = (side // SALIENCY_STRIDE_PX for side in shape_px)
    targets = np.zeros((len(MAPS), height, width), np.float32)
    lesions = list(lesions)
    cells = [_inside_and_touched(lesion.box, height, width) for lesion in lesions]
    for lesion, (_, touched) in zip(lesions, cells, strict=True):
        for place in _maps_of(lesion):
            targets[place][touched & (targets[place] == 0)] = UNKNOWN
    for lesion, (inside, _) in zip(lesions, cells, strict=True):
        for place, value in _maps_of(lesion).items():
            targets[place][inside] = np.maximum(targets[place][inside], value)
    return targets


def _maps_of(lesion: Lesion) -> dict[int, float]:
    return {0: lesion.malignancy, MAPS.index(lesion.finding_class): 1.0}


def _inside_and_touched(
    box: Box, height: int, width: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells that the ellipse holds by their centre, and cells that the box touches."""
    top, left, bottom, right = (
        edge / SALIENCY_STRIDE_PX for edge in (box.top, box.left, box.bottom, box.right)
    )
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    radius_y, radius_x = (bottom - top) / 2, (right - left) / 2
    centre_y, centre_x = top + radius_y, left + radius_x
    distance = ((rows + 0.5 - centre_y) / max(radius_y, 0.5)) ** 2 + (
        (columns + 0.5 - centre_x) / max(radius_x, 0.5)
    ) ** 2
    holds_centre = (rows == int(centre_y)) & (columns == int(centre_x))
    touched = (rows + 1 > top) & (rows < bottom) & (columns + 1 > left) & (columns < right)
    return (distance <= 1) | holds_centre, touched


def image_targets(label: Mapping[str, Any], lesions: Iterable[Lesion]) -> Targets:
    """What the pooled scores of one image should be.

    Args:
        label: is_malignant, finding and assessment; null where unknown.
        lesions: Its lesions, where they are known.

    Returns:
        [len(MAPS)]; UNKNOWN where the label does not say.
    """
    targets = np.full(len(MAPS), UNKNOWN, np.float32)
    if label["is_malignant"] is not None:
        targets[0] = float(label["is_malignant"])
    if label["finding"] is not None and label["assessment"] is not None:
        named = {lesion.finding_class for lesion in lesions}
        named.add(f"{label['finding']}_{label['assessment']}")
        targets[1:] = [float(name in named) for name in MAPS[1:]]
    return targets
