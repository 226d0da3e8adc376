"""Breast tissue on a coarse grid: fat, strands, glands, vessels, muscle and skin.

Display values of a healthy breast; lesions are laid on it afterwards, at full size.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.synthetic.anatomy import Breast, Outline
from tasks.synthetic.texture import Field, power_law_noise, strands

_STRAND_RADIUS_MM = 60.0


@dataclass(frozen=True)
class _Grid:
    """Coordinates of the grid, each [rows, columns], and the breast on it."""

    spacing_mm: float
    row_mm: Field
    column_mm: Field
    skin_distance_mm: Field
    is_breast: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int]:
        return self.row_mm.shape[0], self.row_mm.shape[1]


def resized(field: Field, shape: tuple[int, int]) -> Field:
    """Enlarge or shrink a field, bilinearly, to `shape` rows and columns."""
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _make_grid(outline: Outline, shape: tuple[int, int]) -> _Grid:
    spacing = outline.spacing_mm
    row = (np.arange(shape[0], dtype=np.float32) + np.float32(0.5)) * np.float32(spacing)
    column = (np.arange(shape[1], dtype=np.float32) + np.float32(0.5)) * np.float32(spacing)
    row_mm, column_mm = np.meshgrid(row, column, indexing="ij")
    is_breast = column_mm < outline.skin_mm[:, None].astype(np.float32)
    # Only skin counts as an edge: the image's own border does not.
    padded = cv2.copyMakeBorder(is_breast.astype(np.uint8), 1, 1, 1, 0, cv2.BORDER_REPLICATE)
    distance = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5), np.float32)[1:-1, 1:]
    return _Grid(spacing, row_mm, column_mm, distance * np.float32(spacing), is_breast)


def render_tissue(
    rng: np.random.Generator, breast: Breast, outline: Outline, shape: tuple[int, int]
) -> Field:
    """Render a healthy breast.

    Args:
        rng: Source of the texture.
        breast: Whose density it has.
        outline: Its skin and muscle, in as many rows as `shape` has.
        shape: Rows and columns of the grid.

    Returns:
        [rows, columns], display values 0-1, 0 outside the breast, chest wall at the left.
    """
    grid = _make_grid(outline, shape)
    fine = power_law_noise(rng, grid.shape, 2.6, 20 / grid.spacing_mm)
    rays = _make_rays(rng, grid, outline)
    web = _strand_web(rng, rays)
    gland = _gland(rng, grid, rays, outline, breast)
    fat = rng.uniform(0.15, 0.21)
    tissue = fat + 0.024 * fine + web * (0.19 + 0.07 * gland)
    tissue += gland * (rng.uniform(0.24, 0.32) + 0.05 * fine)
    tissue += 0.12 * _vessels(rng, grid, outline)
    tissue = _with_muscle(rng, tissue, fine, grid, outline)
    return np.clip(_with_skin(rng, tissue, grid) * grid.is_breast, 0, 1)


@dataclass(frozen=True)
class _Rays:
    """Bent polar coordinates around the nipple, in grid cells, and a slow bending field."""

    along: Field
    across: Field
    bend: Field
    spacing_mm: float

    def noise(self, rng: np.random.Generator, exponent: float, coarsest_mm: float) -> Field:
        """Draw noise whose structures are stretched towards the nipple; deviation about 1."""
        shape = (int(self.along.max()) + 8, int(self.across.max()) + 8)
        return power_law_noise(rng, shape, exponent, coarsest_mm / self.spacing_mm)

    def lay(self, field: Field) -> Field:
        """Bring a field from these coordinates onto the grid."""
        laid = cv2.remap(
            field, self.across, self.along, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT
        )
        return np.asarray(laid, np.float32)


def _make_rays(rng: np.random.Generator, grid: _Grid, outline: Outline) -> _Rays:
    coarse = power_law_noise(rng, (grid.shape[0] // 4, grid.shape[1] // 4), 3.6, 40)
    bend = resized(coarse, grid.shape)
    down = grid.row_mm - np.float32(outline.nipple_row_mm)
    back = np.float32(outline.depth_mm + 6) - grid.column_mm
    along = (cv2.magnitude(down, back) + 6 * bend) * np.float32(0.5)
    across = np.arctan2(down, back) * np.float32(_STRAND_RADIUS_MM) + 5 * bend
    cells = np.float32(1 / grid.spacing_mm)
    return _Rays(
        (along - along.min()) * cells, (across - across.min()) * cells, bend, grid.spacing_mm
    )


def _strand_web(rng: np.random.Generator, rays: _Rays) -> Field:
    """Strands of two sizes that run towards the nipple and come and go, 0 to about 1."""
    large = rays.lay(strands(rays.noise(rng, 3.6, 30), 0.10))
    small = rays.lay(strands(rays.noise(rng, 3.2, 10), 0.22))
    presence = np.clip(0.75 + 0.5 * np.roll(rays.bend, 31, 0), 0.1, 1.5)
    return (0.6 * large + 0.4 * small) * presence


def _gland(
    rng: np.random.Generator, grid: _Grid, rays: _Rays, outline: Outline, breast: Breast
) -> Field:
    """Share of glandular tissue, 0-1: a cone behind the nipple, broken up by noise."""
    noise = rays.lay(rays.noise(rng, 3.7, 45))
    beneath = np.clip((grid.skin_distance_mm - 4) / 16, 0, 1)
    row = (grid.row_mm - np.float32(outline.nipple_row_mm)) * np.float32(
        1 / (0.62 * outline.half_height_mm)
    )
    column = (grid.column_mm - np.float32(0.56 * outline.depth_mm)) * np.float32(
        1 / (0.42 * outline.depth_mm)
    )
    field = 1.5 * np.exp(-0.5 * (row**2 + column**2)) + 0.5 * noise
    field = field * (0.25 + 0.75 * beneath) - 1.2 * (1 - beneath)
    threshold = np.quantile(field[grid.is_breast][::7], 1 - breast.dense_fraction)
    return 1 / (1 + np.exp(np.clip((threshold - field) / 0.22, -20, 20)))


def _vessels(rng: np.random.Generator, grid: _Grid, outline: Outline) -> Field:
    """A few winding vessels and ducts from the chest wall towards the nipple."""
    canvas = np.zeros(grid.shape, np.uint8)
    for _ in range(int(rng.integers(4, 9))):
        start = np.array(
            [0.0, outline.nipple_row_mm + rng.uniform(-0.9, 0.9) * outline.half_height_mm]
        )
        end = np.array([outline.depth_mm * rng.uniform(0.7, 0.98), outline.nipple_row_mm])
        share = np.linspace(0, 1, 24)[:, None]
        winding = np.cumsum(rng.normal(0, 1.5, (24, 2)), 0)
        points = start + (end - start) * share ** rng.uniform(0.7, 1.4) + winding
        first = int(rng.integers(0, 10))
        fixed = np.round(
            points[first : first + int(rng.integers(8, 14))] / grid.spacing_mm * 16
        )
        width_px = max(1, round(rng.uniform(0.5, 1.4) / grid.spacing_mm))
        value = int(rng.uniform(90, 255))
        cv2.polylines(canvas, [fixed.astype(np.int32)], False, value, width_px, cv2.LINE_AA, 4)
    blurred = cv2.GaussianBlur(canvas, (0, 0), 0.9)
    return blurred.astype(np.float32) / 255


def _with_muscle(
    rng: np.random.Generator, tissue: Field, fine: Field, grid: _Grid, outline: Outline
) -> Field:
    """Lay the pectoral muscle over the tissue behind it."""
    if not outline.muscle_mm.any():
        return tissue
    inside_mm = outline.muscle_mm[:, None].astype(np.float32) - grid.column_mm
    cover = 1 / (1 + np.exp(np.clip(-inside_mm / 0.7, -20, 20)))
    streaks = power_law_noise(rng, (grid.shape[0], grid.shape[1]), 2.4, 12)
    streaks = cv2.blur(streaks, (1, max(3, round(9 / grid.spacing_mm)) | 1))
    level = rng.uniform(0.58, 0.70) + 0.0012 * np.clip(inside_mm, 0, 40)
    muscle = level + 0.02 * fine + 0.035 * streaks + 0.25 * (tissue - 0.22)
    return tissue + cover * (muscle - tissue)


def _with_skin(rng: np.random.Generator, tissue: Field, grid: _Grid) -> Field:
    """Thin the tissue towards the edge, where compression ends, and lay the skin on it."""
    distance = grid.skin_distance_mm
    thickness = 1 - 0.62 * np.exp(distance * np.float32(-1 / rng.uniform(3.0, 5.0)))
    skin = np.exp(-(((distance - 0.8) / rng.uniform(0.6, 0.9)) ** 2))
    return tissue * thickness + np.float32(rng.uniform(0.10, 0.17)) * skin
