"""Turns display values into the stored values that a mammograph would write.

Mirroring, lead markers, quantum noise, bits, MONOCHROME1 and padding: pixels only, no header.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.synthetic.equipment import Equipment
from tasks.synthetic.texture import Field, quantum_noise_tile

_AIR_BELOW = 0.02
_NOISE_AT_1_MM = 0.0016
"""Standard deviation of the noise in display values, for pixels of 1 mm; it goes as 1/size."""


@dataclass(frozen=True)
class Acquisition:
    """How one image is taken.

    Args:
        equipment: Whose conventions hold.
        spacing_mm: Of a pixel.
        image_laterality: R puts the chest wall at the right.
        marker: Lead letters, such as R CC.
    """

    equipment: Equipment
    spacing_mm: float
    image_laterality: str
    marker: str


def acquire(
    rng: np.random.Generator, display_values: Field, acquisition: Acquisition
) -> NDArray[np.uint16]:
    """Make stored values.

    Args:
        rng: Source of the noise's place and the marker's.
        display_values: [rows, columns], chest wall at the left, 0 where there is air.
        acquisition: How it is taken.

    Returns:
        [rows, columns], below 2**bits_stored, mirrored for a right breast.
    """
    stored_values = _with_noise(rng, display_values, acquisition)
    if acquisition.image_laterality == "R":
        stored_values = np.ascontiguousarray(stored_values[:, ::-1])
    _draw_marker(rng, stored_values, acquisition)
    equipment = acquisition.equipment
    if equipment.photometric_interpretation == "MONOCHROME1":
        return _invert(stored_values, equipment)
    return stored_values


def stored_inversion_sum(equipment: Equipment) -> int:
    """Sum of a MONOCHROME1 value and its MONOCHROME2 counterpart, with which air is 0."""
    if equipment.pixel_padding_value is not None:
        return equipment.pixel_padding_value
    return (1 << equipment.bits_stored) - 1


def _invert(stored_values: NDArray[np.uint16], equipment: Equipment) -> NDArray[np.uint16]:
    return np.uint16(stored_inversion_sum(equipment)) - stored_values


def _with_noise(
    rng: np.random.Generator, display_values: Field, acquisition: Acquisition
) -> NDArray[np.uint16]:
    """Scale to stored values and add the noise tile, block by block; air stays 0."""
    equipment = acquisition.equipment
    span = np.float32(equipment.brightest - equipment.darkest)
    deviation = span * np.float32(equipment.noise * _NOISE_AT_1_MM / acquisition.spacing_mm)
    tile = quantum_noise_tile() * deviation + np.float32(equipment.darkest)
    side = tile.shape[0]
    tile = np.roll(tile, tuple(rng.integers(0, side, 2)), (0, 1))
    stored_values = np.zeros(display_values.shape, np.uint16)
    for top in range(0, display_values.shape[0], side):
        for left in range(0, display_values.shape[1], side):
            block = display_values[top : top + side, left : left + side]
            is_tissue = block > _AIR_BELOW
            if not is_tissue.any():
                continue
            values = block * span + tile[: block.shape[0], : block.shape[1]]
            np.clip(values, 1, equipment.brightest, out=values)
            stored_values[top : top + side, left : left + side] = values * is_tissue
    return stored_values


def _draw_marker(
    rng: np.random.Generator, stored_values: NDArray[np.uint16], acquisition: Acquisition
) -> None:
    """Lay the lead letters into the air of a corner, away from the chest wall."""
    letters = _letters(
        acquisition.marker, 0.28 * rng.uniform(0.9, 1.1) / acquisition.spacing_mm
    )
    height, width = letters.shape
    rows, columns = stored_values.shape
    margin = int(rng.uniform(5, 11) / acquisition.spacing_mm)
    left = margin if acquisition.image_laterality == "R" else columns - margin - width
    for top in (margin, rows - margin - height):
        box = stored_values[max(0, top) : top + height, max(0, left) : left + width]
        if box.shape == letters.shape and not box.any():
            box[:] = letters * np.float32(acquisition.equipment.brightest / 255)
            return


def _letters(text: str, scale: float) -> NDArray[np.uint8]:
    """Text on a canvas of its own size."""
    thickness = max(1, round(0.7 * scale))
    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, height), below = cv2.getTextSize(text, font, scale, thickness)
    canvas = np.zeros((height + below + thickness, width + thickness), np.uint8)
    cv2.putText(canvas, text, (0, height), font, scale, 255, thickness, cv2.LINE_AA)
    return canvas
