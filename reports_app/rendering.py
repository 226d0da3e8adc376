"""Stored network inputs and heat maps as PNG, trimmed to the breast and mirrored for hanging.

It changes no value of a mammogram: the PNG holds the stored uint8 pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX

_FAST_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 3)

_HEAT_BGR = (0, 140, 255)
"""One orange for every strength: only its opacity grows, no colours need telling apart."""

_FAINTEST = 26
"""Cells below a tenth of full strength stay clear."""


def mammogram_png(
    pixels: NDArray[np.uint8], size_px: tuple[int, int], *, mirrored: bool
) -> bytes:
    """Encode the shown part of a network input.

    Args:
        pixels: Of the contract's height and width.
        size_px: Height and width of the part that the crop fills, at the top left.
        mirrored: Whether left and right change places.
    """
    return _png(trim(pixels, size_px, mirrored=mirrored))


def saliency_png(
    saliency: NDArray[np.uint8], size_px: tuple[int, int], *, mirrored: bool
) -> bytes:
    """Encode a heat map as an orange layer whose opacity is the malignancy of each place.

    Args:
        saliency: The contract's cells, 0-255.
        size_px: As for the mammogram that it lies on.
        mirrored: As for that mammogram.
    """
    full = cv2.resize(
        saliency, (INPUT_WIDTH_PX, INPUT_HEIGHT_PX), interpolation=cv2.INTER_LINEAR
    )
    strength = np.where(full < _FAINTEST, 0, full).astype(np.uint8)
    layer = np.empty((INPUT_HEIGHT_PX, INPUT_WIDTH_PX, 4), np.uint8)
    layer[..., :3] = _HEAT_BGR
    layer[..., 3] = strength
    return _png(trim(layer, size_px, mirrored=mirrored))


def trim(
    pixels: NDArray[np.uint8], size_px: tuple[int, int], *, mirrored: bool
) -> NDArray[np.uint8]:
    """Cut out the part of a network input that the crop fills, as it hangs."""
    shown = pixels[: size_px[0], : size_px[1]]
    return np.ascontiguousarray(shown[:, ::-1] if mirrored else shown)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    is_written, encoded = cv2.imencode(".png", pixels, _FAST_PNG)
    if not is_written:
        raise ValueError(f"Pixels of the shape {pixels.shape} cannot be written as PNG.")
    return encoded.tobytes()
