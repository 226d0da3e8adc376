"""Changes of a network input that leave it a mammogram, with its lesions moved along.

A breast is not flipped: its chest wall stays at the left and the nipple points away from the
pectoral muscle. A crop has neither and may come in any of its eight positions.
Background stays zero and breast stays above zero, as the network's breast mask needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.deformation import bend, cut_out
from models.geometry import Box
from models.patches import draw_corner, lesions_within
from models.targets import Lesion

Image = NDArray[np.uint8]
Affine = NDArray[np.float64]


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be changed; zeros leave it as it is.

    Args:
        rotation_degrees: Either way, about the middle of the chest wall.
        scaling: Share by which it may grow or shrink.
        shift_px: Upwards, downwards and beyond the chest wall.
        gamma: Largest exponent; the smallest is its inverse.
        noise: Standard deviation, in grey levels of 255.
        elastic_px: Largest displacement of the tissue, about.
        cut_out: Side of a square that hides tissue, as share of the shorter side.
        is_crop: Whether images are square crops without a chest wall: turned by quarters and
            mirrored too, and about their middle.
    """

    rotation_degrees: float = 8.0
    scaling: float = 0.1
    shift_px: float = 24.0
    gamma: float = 1.35
    noise: float = 4.0
    elastic_px: float = 0.0
    cut_out: float = 0.0
    is_crop: bool = False


def augment(
    image: Image,
    lesions: Sequence[Lesion],
    augmentation: Augmentation,
    generator: np.random.Generator,
    patch_px: int | None = None,
) -> tuple[Image, list[Lesion]]:
    """Move, brighten or darken, and roughen an image, or a patch of it.

    Args:
        image: [height, width].
        lesions: In its pixels.
        augmentation: How far.
        generator: Of the chances taken.
        patch_px: Side of the square that is kept; None keeps the image.
    """
    matrix = _draw_matrix(image.shape, augmentation, generator)
    lesions = [replace(one, box=move_box(one.box, matrix)) for one in lesions]
    size = (image.shape[1], image.shape[0])
    if patch_px is not None:
        corner = draw_corner(image, lesions, matrix, patch_px, generator)
        lesions = lesions_within(lesions, corner, patch_px)
        matrix[:, 2] -= corner[::-1]
        size = (patch_px, patch_px)
    # Replicated borders carry the chest wall on; the other borders are background.
    moved = cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    bent = bend(np.asarray(moved, np.uint8), augmentation.elastic_px, generator)
    toned = cv2.LUT(bent, _draw_tones(augmentation, generator))
    rough = _add_noise(np.asarray(toned, np.uint8), augmentation, generator)
    return cut_out(rough, augmentation.cut_out, generator), lesions


def _draw_matrix(
    shape: Sequence[int], limits: Augmentation, generator: np.random.Generator
) -> Affine:
    """An affine map of pixels (column, row): about the chest wall's middle, or a crop's."""
    middle = ((shape[1] - 1) / 2 if limits.is_crop else 0.0, shape[0] / 2)
    angle = generator.uniform(-1, 1) * limits.rotation_degrees
    scale = 1 + generator.uniform(-1, 1) * limits.scaling
    matrix = np.asarray(cv2.getRotationMatrix2D(middle, angle, scale), np.float64)
    matrix[0, 2] -= generator.uniform(0, 1) * limits.shift_px
    matrix[1, 2] += generator.uniform(-1, 1) * limits.shift_px
    return _turned(matrix, shape[0], generator) if limits.is_crop else matrix


def _turned(matrix: Affine, side_px: int, generator: np.random.Generator) -> Affine:
    """The map after one of a square's eight positions, drawn."""
    quarter = np.array([[0.0, -1.0, side_px - 1], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    mirror = np.array([[-1.0, 0.0, side_px - 1], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    turns, mirrors = int(generator.integers(4)), int(generator.integers(2))
    position = np.linalg.matrix_power(quarter, turns) @ np.linalg.matrix_power(mirror, mirrors)
    return matrix @ position


def _draw_tones(limits: Augmentation, generator: np.random.Generator) -> Image:
    """A look-up table: gamma, with 0 kept and everything else above 0."""
    gamma = limits.gamma ** generator.uniform(-1, 1)
    tones = np.round(255 * (np.arange(256) / 255) ** gamma).clip(1, 255)
    tones[0] = 0
    return tones.astype(np.uint8)


def _add_noise(image: Image, limits: Augmentation, generator: np.random.Generator) -> Image:
    if limits.noise == 0:
        return image
    deviation = generator.uniform(0, limits.noise)
    noise = generator.standard_normal(image.shape, np.float32) * np.float32(deviation)
    rough = (image + noise).clip(1, 255).astype(np.uint8)
    return np.where(image > 0, rough, np.uint8(0))


def move_box(box: Box, matrix: Affine) -> Box:
    """The bounds of the ellipse in `box` after an affine map of (column, row)."""
    radii = np.array([box.right - box.left, box.bottom - box.top]) / 2
    centre = matrix[:, :2] @ np.array([box.left + radii[0], box.top + radii[1]]) + matrix[:, 2]
    reach = np.hypot(matrix[:, 0] * radii[0], matrix[:, 1] * radii[1])
    (left, top), (right, bottom) = centre - reach, centre + reach
    return Box(float(top), float(left), float(bottom), float(right))
