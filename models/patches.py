"""Square parts of network inputs: what a lesion is can be learned from its surroundings alone.

A patch costs a fraction of its image, so that training sees many more lesions a second; the
whole image is learned afterwards, from the patches' weights. Which image, how often and how it
is changed is decided elsewhere.

References:
    Shen et al., "Deep Learning to Improve Breast Cancer Detection on Screening Mammography",
    Scientific Reports 2019: a patch classifier whose weights start the whole-image one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract import ASSESSMENTS
from models.geometry import Box
from models.targets import Lesion

_NEAR_LESION = 0.8  # share of patches around a lesion, where the image has one
_JITTER = 0.3  # of the patch's side: a lesion need not lie in the middle
_STEP_PX = 16

Image = NDArray[np.uint8]
Affine = NDArray[np.float64]


def draw_corner(
    image: Image,
    lesions: Sequence[Lesion],
    matrix: Affine,
    side_px: int,
    generator: np.random.Generator,
) -> tuple[int, int]:
    """Where a patch begins, in the pixels of the moved image: row and column.

    Args:
        image: [height, width], before it was moved.
        lesions: In pixels of the moved image.
        matrix: [2, 3], moves (column, row).
        side_px: Of the patch; at most the image's sides.
        generator: Of the chances taken.
    """
    if lesions and generator.random() < _NEAR_LESION:
        row, column = _centre(lesions[int(generator.integers(len(lesions)))])
        row, column = np.array([row, column]) + generator.uniform(-1, 1, 2) * _JITTER * side_px
    else:
        column, row = matrix @ (*_somewhere_in_breast(image, generator), 1.0)
    corner = np.array([row, column]) - side_px / 2
    top, left = np.clip(corner, 0, np.array(image.shape) - side_px).astype(int)
    return int(top), int(left)


def _centre(lesion: Lesion) -> tuple[float, float]:
    box = lesion.box
    return (box.top + box.bottom) / 2, (box.left + box.right) / 2


def _somewhere_in_breast(image: Image, generator: np.random.Generator) -> tuple[int, int]:
    """Column and row of some pixel of the breast; the middle where there is none."""
    rows, columns = np.nonzero(image[::_STEP_PX, ::_STEP_PX])
    if not len(rows):
        return image.shape[1] // 2, image.shape[0] // 2
    place = int(generator.integers(len(rows)))
    return int(columns[place]) * _STEP_PX, int(rows[place]) * _STEP_PX


def lesions_within(
    lesions: Sequence[Lesion], corner: tuple[int, int], side_px: int
) -> list[Lesion]:
    """The lesions whose middle lies in a patch, in its pixels."""
    top, left = corner
    moved = [replace(lesion, box=_shifted(lesion.box, top, left)) for lesion in lesions]
    return [
        lesion for lesion in moved if all(0 <= place < side_px for place in _centre(lesion))
    ]


def _shifted(box: Box, top: int, left: int) -> Box:
    return Box(box.top - top, box.left - left, box.bottom - top, box.right - left)


def patch_label(label: Mapping[str, Any], lesions: Sequence[Lesion]) -> dict[str, Any]:
    """What is true of a patch, from the lesions in it; unknown where no lesion was outlined.

    Args:
        label: Of its image; regions is null where they are not known.
        lesions: Those in the patch.
    """
    unknown = {"is_malignant": None, "finding": None, "assessment": None}
    if label["regions"] is None and label["finding"] != "no_finding":
        return {**label, **unknown, "breast_density": None}
    names = [lesion.finding_class.split("_") for lesion in lesions]
    finding, assessment = max(names, key=_severity, default=("no_finding", "no_finding"))
    return {
        **label,
        "is_malignant": any(lesion.malignancy == 1.0 for lesion in lesions),
        "finding": finding,
        "assessment": assessment,
        "breast_density": None,
    }


def _severity(name: Sequence[str]) -> int:
    return ASSESSMENTS.index(name[1])
