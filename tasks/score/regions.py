"""Saliency map to regions: boxes around the peaks of an image's map of lesions.

It works in network pixels only; the way back to the DICOM pixels is the geometry's.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.contract import SALIENCY_STRIDE_PX

MINIMUM_PEAK = 0.5
"""Below it nothing is worth a box: nine of ten normal generated images have no higher cell."""

SHARE_OF_PEAK = 0.5
"""A region is what lies above this share of the image's highest cell."""

MAX_REGIONS = 5


@dataclass(frozen=True)
class Box:
    """A rectangle in network pixels with its highest saliency, 0-1."""

    top_px: int
    left_px: int
    height_px: int
    width_px: int
    score: float


def find_regions(saliency: NDArray[np.float32], *, is_weak_boxed: bool = False) -> list[Box]:
    """Box the connected parts of a saliency map, strongest first.

    Args:
        saliency: [rows, columns] in cells of `SALIENCY_STRIDE_PX` network pixels, 0-1.
        is_weak_boxed: Whether an image without a cell of `MINIMUM_PEAK` is boxed all the same,
            by its own peak: a free-response curve needs what the list does not show.

    Returns:
        At most `MAX_REGIONS` boxes; none where no cell reaches `MINIMUM_PEAK`.
    """
    peak = float(saliency.max())
    is_weak = peak < MINIMUM_PEAK
    if is_weak and not (is_weak_boxed and peak > 0):
        return []
    threshold = SHARE_OF_PEAK * peak if is_weak else max(MINIMUM_PEAK, SHARE_OF_PEAK * peak)
    mask = (saliency >= threshold).astype(np.uint8)
    n_labels, labels, statistics, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = [
        _box(statistics[label], float(saliency[labels == label].max()))
        for label in range(1, n_labels)
    ]
    return sorted(boxes, key=lambda box: (-box.score, box.top_px, box.left_px))[:MAX_REGIONS]


def _box(statistics: NDArray[np.int32], score: float) -> Box:
    left, top, width, height = (int(value) * SALIENCY_STRIDE_PX for value in statistics[:4])
    return Box(top, left, height, width, score)
