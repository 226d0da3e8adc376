"""The breast in an image: its outline, its crop and the side of the chest wall.

It looks at an eighth of the rows and columns and knows neither tags nor manufacturers.
"""

from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.values import DisplayValues

Mask: TypeAlias = NDArray[np.uint8]
"""[rows, columns] of a sample: 255 inside, 0 outside."""

Contour: TypeAlias = NDArray[np.int32]
"""[points, 1, 2] of column and row, as OpenCV has them."""

MAX_STRIDE_PX = 8
MIN_SAMPLE_SIDE_PX = 256
"""The sample's longer side keeps at least this many pixels, where the image has them."""

THRESHOLD_FRACTION = 0.06
"""Tissue starts this far up from the background's level to the brightest percentile."""
LEVEL_PERCENTILES = (2.0, 99.0)

MEDIAN_PX = 5
"""Width of the median that takes noise and dead pixels out of the sample."""
OPENING_PX = 5
"""Lines and letters' strokes narrower than this, in sample pixels, are no tissue."""
MARGIN_PX = 3
"""Sample pixels added around the outline, so that the skin line stays whole."""

FRAME_DEPTH_FRACTION = 0.05
"""A frame lies within this share of the image's side."""
FRAME_TOLERANCE = 0.04
"""A frame's line varies by no more than this share of the display range."""

MIN_AREA_FRACTION = 0.01
MAX_ASPECT = 10
"""A box that is longer than this many times its width holds a line, not a breast."""
MIN_CONTRAST = 256
"""In display values of 65 535: less is a blank image."""
MAX_NOISE_FRACTION = 0.5
"""Of a blank image's deviation more than this is noise that averaging takes away."""


@dataclass(frozen=True)
class Breast:
    """Where the breast is.

    Args:
        top_px: First row of its box, in original pixels.
        left_px: First column of its box.
        height_px: Height of its box.
        width_px: Width of its box.
        lean: How much more of its hull lies in the right half of its box than in the left, as a
            share of both, -1 to 1. The chest wall is the long side of the D.
        area_fraction: Share of the image that it covers, 0-1.
        mask: The box's part of the outline, with its margin, at sample size.
    """

    top_px: int
    left_px: int
    height_px: int
    width_px: int
    lean: float
    area_fraction: float
    mask: Mask

    @property
    def is_chest_wall_right(self) -> bool:
        """Whether the chest wall lies at the right edge."""
        return self.lean > 0

    def mirrored(self, columns: int) -> Self:
        """Where it lies in the mirrored image, which has as many columns."""
        return replace(
            self,
            left_px=columns - self.left_px - self.width_px,
            lean=-self.lean,
            mask=self.mask[:, ::-1],
        )


def sample_stride(rows: int, columns: int) -> int:
    """Every how many rows and columns the breast is looked for: 8 in a full-size mammogram."""
    return max(1, min(MAX_STRIDE_PX, max(rows, columns) // MIN_SAMPLE_SIDE_PX))


def find_breast(sample: DisplayValues, rows: int, columns: int) -> Breast:
    """Find the breast: the largest bright part that is neither frame nor marker.

    Args:
        sample: [rows / stride, columns / stride], every `sample_stride`-th display value.
        rows: Rows of the image.
        columns: Columns of the image.

    Raises:
        Rejected: If the image is blank, or nothing in it is large enough.
    """
    smooth = _smooth(sample)
    foreground = _clear_frame(_threshold(smooth), smooth)
    contour = _largest_contour(foreground)
    outline = _fill(contour, foreground.shape)
    area_fraction = np.count_nonzero(outline) / outline.size
    if area_fraction < MIN_AREA_FRACTION or _is_noise(sample):
        raise Rejected(
            RejectionReason.NO_BREAST_FOUND,
            f"The largest bright part covers {area_fraction:.2%} of the image.",
        )
    breast = _describe(contour, outline, rows, columns)
    sides = (breast.height_px, breast.width_px)
    if max(sides) > MAX_ASPECT * min(sides):
        raise Rejected(
            RejectionReason.NO_BREAST_FOUND,
            f"The largest bright part is a line of {sides[0]} x {sides[1]} pixels.",
        )
    return breast


def _smooth(sample: DisplayValues) -> DisplayValues:
    return np.asarray(cv2.medianBlur(sample, MEDIAN_PX), np.uint16)


def _threshold(smooth: DisplayValues) -> Mask:
    background, bright = np.percentile(smooth, LEVEL_PERCENTILES)
    if bright - background < MIN_CONTRAST:
        raise Rejected(
            RejectionReason.NO_BREAST_FOUND,
            f"The image is blank: its display values differ by {bright - background:.0f} "
            "of 65535.",
        )
    level = background + THRESHOLD_FRACTION * (bright - background)
    return (smooth > np.uint16(level)).view(np.uint8) * np.uint8(255)


def _is_noise(sample: DisplayValues) -> bool:
    averaged = cv2.blur(sample, (9, 9))
    return _deviation(averaged) < MAX_NOISE_FRACTION * _deviation(sample)


def _deviation(values: cv2.typing.MatLike) -> float:
    return float(cv2.meanStdDev(values)[1].item())


def _clear_frame(foreground: Mask, smooth: DisplayValues) -> Mask:
    """Blank each side as far in as a bright line of one value runs along it."""
    cleared = foreground.copy()
    for side in range(4):
        lines, bright = np.rot90(smooth, side), np.rot90(foreground, side)
        depth = max(1, int(len(lines) * FRAME_DEPTH_FRACTION))
        share = np.count_nonzero(bright[:depth], axis=1) * 255 / lines.shape[1]
        is_bright = np.flatnonzero(share > 0.95 * 255)
        is_frame = is_bright[_is_even(lines[is_bright])] if is_bright.size else is_bright
        if is_frame.size:
            np.rot90(cleared, side)[: int(is_frame[-1]) + 1] = 0
    return cleared


def _is_even(lines: DisplayValues) -> NDArray[np.bool_]:
    low, high = np.percentile(lines, (5, 95), axis=1)
    return (high - low) < FRAME_TOLERANCE * np.iinfo(np.uint16).max


def _largest_contour(foreground: Mask) -> Contour:
    """The outline of the largest connected part without its thin attachments."""
    kernel = np.ones((OPENING_PX, OPENING_PX), np.uint8)
    opened = cv2.morphologyEx(foreground, cv2.MORPH_OPEN, kernel)
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea, default=np.empty((0, 1, 2), np.int32))
    return np.asarray(largest, np.int32)


def _fill(contour: Contour, shape: tuple[int, ...]) -> Mask:
    outline = np.zeros(shape, np.uint8)
    if contour.size:
        cv2.drawContours(outline, [contour], -1, 255, cv2.FILLED)
    return outline


def _describe(contour: Contour, outline: Mask, rows: int, columns: int) -> Breast:
    stride = sample_stride(rows, columns)
    kernel = np.ones((2 * MARGIN_PX + 1,) * 2, np.uint8)
    grown = np.asarray(cv2.dilate(outline, kernel), np.uint8)
    left, top, width, height = cv2.boundingRect(grown)
    return Breast(
        top_px=top * stride,
        left_px=left * stride,
        height_px=min((top + height) * stride, rows) - top * stride,
        width_px=min((left + width) * stride, columns) - left * stride,
        lean=_lean(contour, outline.shape),
        area_fraction=np.count_nonzero(outline) / outline.size,
        mask=grown[top : top + height, left : left + width],
    )


def _lean(contour: Contour, shape: tuple[int, ...]) -> float:
    """The hull's lean, because a narrow window blackens fat at the chest wall."""
    hull = cv2.convexHull(contour)
    left, _, width, _ = cv2.boundingRect(hull)
    filled = cv2.fillConvexPoly(np.zeros(shape, np.uint8), hull, (255,))
    half = max(1, width // 2)
    box = filled[:, left : left + width]
    right_area, left_area = (np.count_nonzero(part) for part in (box[:, -half:], box[:, :half]))
    return (right_area - left_area) / max(right_area + left_area, 1)
