"""Whether the network looks at the lesion: pointing game, overlap, and free-response ROC.

Network pixels throughout; ends of a box are exclusive. It draws and thresholds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.geometry import Box


@dataclass(frozen=True)
class Mark:
    """A box that the system drew, with its score."""

    box: Box
    score: float


def is_hit(row: float, column: float, lesions: Sequence[Box], tolerance_px: float = 0) -> bool:
    """Whether a point lies within any lesion, or within a tolerance of it."""
    return any(
        lesion.top - tolerance_px <= row < lesion.bottom + tolerance_px
        and lesion.left - tolerance_px <= column < lesion.right + tolerance_px
        for lesion in lesions
    )


def pointing_game(
    saliencies: Sequence[NDArray[np.floating]],
    lesions: Sequence[Sequence[Box]],
    stride_px: float,
) -> tuple[int, int]:
    """How many images have their highest cell inside a lesion.

    Args:
        saliencies: One map [rows, columns] an image.
        lesions: The lesions of each image; images without any do not count.
        stride_px: Network pixels a cell of the map.

    Returns:
        Hits and images that count.

    References:
        Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016.
    """
    hits = n_images = 0
    for saliency, truth in zip(saliencies, lesions, strict=True):
        if truth:
            row, column = np.unravel_index(int(np.argmax(saliency)), saliency.shape)
            hits += is_hit((int(row) + 0.5) * stride_px, (int(column) + 0.5) * stride_px, truth)
            n_images += 1
    return hits, n_images


def intersection_over_union(a: Box, b: Box) -> float:
    """Area that two boxes share over the area that they cover, 0-1."""
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    width = min(a.right, b.right) - max(a.left, b.left)
    if height <= 0 or width <= 0:
        return 0.0
    shared = height * width
    return shared / (_area(a) + _area(b) - shared)


def _area(box: Box) -> float:
    return (box.bottom - box.top) * (box.right - box.left)


@dataclass(frozen=True)
class Froc:
    """Sensitivity by lesion against false marks an image, from the strictest threshold on."""

    threshold: list[float]
    false_marks_per_image: list[float]
    sensitivity: list[float]

    def sensitivity_at(self, false_marks_per_image: float) -> float:
        """The highest sensitivity with at most this many false marks an image."""
        reached = [
            found
            for marks, found in zip(self.false_marks_per_image, self.sensitivity, strict=True)
            if marks <= false_marks_per_image
        ]
        return max(reached, default=0.0)


def froc(
    marks: Sequence[Sequence[Mark]], lesions: Sequence[Sequence[Box]], minimum_iou: float = 0.1
) -> Froc:
    """Free-response ROC over all images.

    A lesion is found by any mark that overlaps it enough; further marks on a lesion count for
    nothing, marks on no lesion are false.

    Args:
        marks: The marks of each image.
        lesions: The lesions of each image.
        minimum_iou: Overlap that makes a mark a hit.

    Raises:
        ValueError: If no image has a lesion.

    References:
        Bunch et al., "A Free-Response Approach to the Measurement and Characterization of
        Radiographic-Observer Performance", 1978.
    """
    n_lesions = sum(len(truth) for truth in lesions)
    if n_lesions == 0:
        raise ValueError("No image has a lesion: a FROC curve needs some.")
    found: list[float] = []
    false: list[float] = []
    for drawn, truth in zip(marks, lesions, strict=True):
        hits, misses = _match(drawn, truth, minimum_iou)
        found += hits
        false += misses
    thresholds = np.unique([*found, *false])[::-1]
    return Froc(
        [float(value) for value in thresholds],
        [float((np.asarray(false) >= value).sum()) / len(lesions) for value in thresholds],
        [float((np.asarray(found) >= value).sum()) / n_lesions for value in thresholds],
    )


def _match(
    drawn: Sequence[Mark], truth: Sequence[Box], minimum_iou: float
) -> tuple[list[float], list[float]]:
    """Highest score of the marks on each lesion that has one, and the scores of false marks."""
    best: dict[int, float] = {}
    false: list[float] = []
    for mark in drawn:
        overlaps = [intersection_over_union(mark.box, lesion) for lesion in truth]
        hit = [place for place, overlap in enumerate(overlaps) if overlap >= minimum_iou]
        for place in hit:
            best[place] = max(best.get(place, -np.inf), mark.score)
        if not hit:
            false.append(mark.score)
    return list(best.values()), false
