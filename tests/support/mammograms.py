"""Small breasts as stored values, for tests of pixels."""

import numpy as np
from numpy.typing import NDArray


def draw_breast(
    rows: int = 320, columns: int = 240, *, peak: int = 3000, seed: int = 0
) -> NDArray[np.uint16]:
    """Draw a breast with its chest wall at the left, on a background of 0.

    Args:
        rows: Height, in pixels.
        columns: Width, in pixels.
        peak: Value of the densest tissue.
        seed: Of its texture.

    Returns:
        [rows, columns], 12 bits.
    """
    row, column = np.mgrid[:rows, :columns].astype(np.float64)
    depth = 1 - ((row / rows - 0.5) / 0.4) ** 2 - (column / columns / 0.7) ** 2
    texture = np.random.default_rng(seed).normal(0, 0.03, (rows, columns))
    tissue = peak * (0.3 + 0.6 * np.sqrt(np.clip(depth, 0, None)) + texture)
    return np.where(depth > 0, np.clip(tissue, 1, 4095), 0).astype(np.uint16)
