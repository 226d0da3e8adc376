"""Renders one view of a breast as display values: tissue, lesions and their boxes.

Tissue is made on a grid of about 0.28 mm and enlarged; lesions are drawn at full size. The
chest wall is at the left; mirroring, markers and noise belong to the acquisition.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.synthetic.anatomy import Breast, Outline, draw_outline
from tasks.synthetic.lesion_shapes import lesion_patch
from tasks.synthetic.lesions import Lesion, extent_mm
from tasks.synthetic.texture import Field
from tasks.synthetic.tissue import render_tissue, resized

_GRID_MM = 0.28
_BOX_MARGIN_MM = 4.0


@dataclass(frozen=True)
class VisibleLesion:
    """A lesion with its box in this view's pixels, and the centre that it was drawn at."""

    lesion: Lesion
    top_px: int
    left_px: int
    height_px: int
    width_px: int


@dataclass(frozen=True)
class View:
    """One rendered view.

    Args:
        display_values: [rows, columns], 0 where there is air, to about 1.
        lesions: Those that can be seen in it.
    """

    display_values: Field
    lesions: tuple[VisibleLesion, ...]


def render_view(
    rng: np.random.Generator,
    breast: Breast,
    view: str,
    lesions: Sequence[Lesion],
    shape: tuple[int, int],
    spacing_mm: float,
) -> View:
    """Render one view of a breast.

    Args:
        rng: Source of positioning and texture.
        breast: Which breast.
        view: CC or MLO.
        lesions: Of this breast; those not seen in `view` are left out.
        shape: Rows and columns of the image.
        spacing_mm: Of its pixels.

    Returns:
        Display values and lesion boxes, chest wall at the left.
    """
    grid_mm = max(_GRID_MM, spacing_mm)
    size_mm = (shape[0] * spacing_mm, shape[1] * spacing_mm)
    grid_shape = (round(size_mm[0] / grid_mm), round(size_mm[1] / grid_mm))
    outline = draw_outline(rng, breast, view, size_mm, grid_shape[0])
    display_values = resized(render_tissue(rng, breast, outline, grid_shape), shape)
    visible = tuple(
        _add_lesion(display_values, lesion, view, outline, spacing_mm)
        for lesion in lesions
        if view in lesion.views
    )
    return View(display_values, visible)


def _add_lesion(
    display_values: Field, lesion: Lesion, view: str, outline: Outline, spacing_mm: float
) -> VisibleLesion:
    """Add the lesion's patch in place; parts beyond the image or on air are cut off."""
    row_mm, column_mm = _place(lesion, view, outline)
    row, column = int(row_mm / spacing_mm), int(column_mm / spacing_mm)
    patch = lesion_patch(lesion, view, spacing_mm)
    half = patch.shape[0] // 2
    top, left = max(0, row - half), max(0, column - half)
    window = display_values[top : row + half + 1, left : column + half + 1]
    patch = patch[top - row + half :, left - column + half :][
        : window.shape[0], : window.shape[1]
    ]
    window += patch * (window > 0)
    side = max(1, round(2 * extent_mm(lesion) / spacing_mm))
    return _clipped_box(lesion, row, column, side, display_values.shape)


def _clipped_box(
    lesion: Lesion, row: int, column: int, side: int, shape: tuple[int, ...]
) -> VisibleLesion:
    top, left = max(0, row - side // 2), max(0, column - side // 2)
    bottom, right = (
        min(shape[0], row - side // 2 + side),
        min(shape[1], column - side // 2 + side),
    )
    return VisibleLesion(lesion, top, left, bottom - top, right - left)


def _place(lesion: Lesion, view: str, outline: Outline) -> tuple[float, float]:
    """Where the lesion projects to, drawn towards the breast's middle until it fits."""
    room_mm = extent_mm(lesion) + _BOX_MARGIN_MM
    for pull in (1.0, 0.75, 0.5, 0.25):
        row_mm = outline.nipple_row_mm + pull * lesion.offset(view) * outline.half_height_mm
        skin_mm = outline.skin_at(row_mm)
        column_mm = outline.depth_mm * (1 - lesion.from_nipple)
        first, last = outline.muscle_at(row_mm) + room_mm, skin_mm - room_mm
        if first < last:
            return row_mm, float(np.clip(column_mm, first, last))
    return outline.nipple_row_mm, outline.depth_mm / 2
