"""A woman's breasts in millimetres: size, density, outline in each view, pectoral muscle.

Geometry only, drawn with the chest wall at the left; texture and pixels are made elsewhere.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from models.contract import DENSITIES

DENSITY_SHARES = (0.10, 0.40, 0.40, 0.10)
"""Of A, B, C, D in a screening population (BCSC)."""

DENSE_FRACTIONS = {"A": 0.06, "B": 0.20, "C": 0.45, "D": 0.75}
"""Part of the breast's area that looks dense."""


@dataclass(frozen=True)
class Breast:
    """What both views of a breast share.

    Args:
        depth_mm: Nipple to chest wall.
        half_height_mm: Nipple to the upper and lower end, in CC.
        density: A, B, C or D.
        dense_fraction: Dense part of the area, 0-1.
    """

    depth_mm: float
    half_height_mm: float
    density: str
    dense_fraction: float


@dataclass(frozen=True)
class Outline:
    """One view's geometry; the chest wall is at column 0.

    Args:
        nipple_row_mm: Where the nipple is.
        depth_mm: Nipple to chest wall.
        half_height_mm: Nipple to the lower end.
        skin_mm: [rows], the skin's distance from the chest wall.
        muscle_mm: [rows], the pectoral muscle's; 0 where there is none.
        spacing_mm: Between rows.
    """

    nipple_row_mm: float
    depth_mm: float
    half_height_mm: float
    skin_mm: NDArray[np.floating[Any]]
    muscle_mm: NDArray[np.floating[Any]]
    spacing_mm: float

    def skin_at(self, row_mm: float) -> float:
        """Distance of the skin from the chest wall at a row."""
        return float(self.skin_mm[self._index(row_mm)])

    def muscle_at(self, row_mm: float) -> float:
        """Distance of the muscle's edge from the chest wall at a row."""
        return float(self.muscle_mm[self._index(row_mm)])

    def _index(self, row_mm: float) -> int:
        return int(np.clip(row_mm / self.spacing_mm, 0, len(self.skin_mm) - 1))


def draw_breasts(rng: np.random.Generator) -> dict[str, Breast]:
    """Draw a woman's right and left breast: alike, not equal."""
    density = str(rng.choice(DENSITIES, p=DENSITY_SHARES))
    depth_mm = float(np.clip(rng.normal(88, 18), 50, 130))
    half_height_mm = float(np.clip(depth_mm * rng.normal(0.98, 0.07), 55, 115))
    dense_fraction = DENSE_FRACTIONS[density] * float(rng.uniform(0.8, 1.2))
    return {
        laterality: Breast(
            depth_mm * float(rng.normal(1, 0.03)),
            half_height_mm * float(rng.normal(1, 0.03)),
            density,
            min(0.9, dense_fraction * float(rng.normal(1, 0.06))),
        )
        for laterality in ("R", "L")
    }


def draw_outline(
    rng: np.random.Generator, breast: Breast, view: str, size_mm: tuple[float, float], rows: int
) -> Outline:
    """Draw the skin line and the muscle of one view.

    Args:
        rng: Source of the positioning.
        breast: Whose size it takes, as far as the detector has room.
        view: CC or MLO.
        size_mm: Height and width of the detector.
        rows: How many rows the outline is given in.

    Returns:
        The outline, in rows of `size_mm[0] / rows`.
    """
    height_mm, width_mm = size_mm
    spacing_mm = height_mm / rows
    row_mm = (np.arange(rows) + 0.5) * spacing_mm
    depth_mm = min(breast.depth_mm, 0.86 * width_mm)
    half_mm = min(breast.half_height_mm, 0.44 * height_mm)
    if view == "CC":
        nipple_mm = height_mm * rng.uniform(0.47, 0.53)
        skin_mm = _cc_skin(rng, row_mm - nipple_mm, depth_mm, half_mm)
        muscle_mm = np.zeros(rows)
    else:
        # The fold below the breast belongs on the image, near its lower edge.
        nipple_mm = height_mm - half_mm * rng.uniform(1.12, 1.3)
        nipple_mm = float(np.clip(nipple_mm, 0.5 * height_mm, 0.7 * height_mm))
        half_mm = min(half_mm, 0.92 * (height_mm - nipple_mm))
        skin_mm = _mlo_skin(rng, row_mm, nipple_mm, depth_mm, half_mm)
        muscle_mm = _muscle(rng, row_mm, nipple_mm, float(skin_mm[0]))
    wobble = np.sin(row_mm / rng.uniform(18, 30) + rng.uniform(0, 6.28)) * rng.uniform(0, 0.7)
    nipple = rng.uniform(1.5, 4.5) * np.exp(
        -(((row_mm - nipple_mm) / rng.uniform(4.5, 7)) ** 2)
    )
    skin_mm = np.where(skin_mm > 0, np.maximum(skin_mm + wobble + nipple, 0), 0)
    return Outline(nipple_mm, depth_mm, half_mm, skin_mm, muscle_mm, spacing_mm)


def _cc_skin(
    rng: np.random.Generator,
    from_nipple_mm: NDArray[np.floating[Any]],
    depth_mm: float,
    half_mm: float,
) -> NDArray[np.floating[Any]]:
    """Half a superellipse, a little fuller on one side."""
    halves = half_mm * np.where(
        from_nipple_mm < 0, rng.uniform(0.98, 1.1), rng.uniform(0.9, 1.02)
    )
    inside = np.clip(1 - np.abs(from_nipple_mm / halves) ** rng.uniform(1.75, 2.15), 0, None)
    return depth_mm * inside ** rng.uniform(0.62, 0.74)


def _mlo_skin(
    rng: np.random.Generator,
    row_mm: NDArray[np.floating[Any]],
    nipple_mm: float,
    depth_mm: float,
    half_mm: float,
) -> NDArray[np.floating[Any]]:
    """Axillary tail at the top, the breast, the fold, and some of the abdomen below it."""
    top = rng.uniform(0.5, 0.68)
    knots = [
        (-5.0, top - 0.03),
        (0.3 * nipple_mm, top + 0.34 * (1 - top)),
        (0.7 * nipple_mm, top + 0.86 * (1 - top)),
        (nipple_mm, 1.0),
        (nipple_mm + 0.35 * half_mm, rng.uniform(0.88, 0.93)),
        (nipple_mm + 0.7 * half_mm, rng.uniform(0.56, 0.66)),
        (nipple_mm + half_mm, rng.uniform(0.20, 0.28)),
        (nipple_mm + 1.15 * half_mm, rng.uniform(0.15, 0.20)),
        (nipple_mm + 3 * half_mm, 0.22),
    ]
    rows, widths = np.array(knots).T
    return depth_mm * PchipInterpolator(rows, widths)(row_mm)


def _muscle(
    rng: np.random.Generator,
    row_mm: NDArray[np.floating[Any]],
    nipple_mm: float,
    top_skin_mm: float,
) -> NDArray[np.floating[Any]]:
    """A triangle with a faintly curved edge, ending near the height of the nipple."""
    top_mm = top_skin_mm * rng.uniform(0.42, 0.68)
    end_mm = nipple_mm * rng.uniform(0.78, 1.08)
    share = np.clip(1 - row_mm / end_mm, 0, 1)
    bow = rng.uniform(-0.06, 0.22)
    return top_mm * (share + bow * share * (1 - share))
