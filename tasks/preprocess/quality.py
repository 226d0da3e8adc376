"""Technical quality of an image, measured on what its network input is made of anyway.

It measures and names; it sets nothing aside, and a threshold here changes no pixel.
"""

from dataclasses import asdict, dataclass, fields

import cv2
import numpy as np
from numba import types
from numpy.typing import NDArray

from tasks.preprocess.breast import FRAME_DEPTH_FRACTION, FRAME_TOLERANCE, Breast, Mask
from tasks.preprocess.compiled import compiled
from tasks.preprocess.values import DISPLAY_MAX, DisplayValues

BRIGHT = round(0.6 * DISPLAY_MAX)
"""Lead letters, markers and frames are brighter; background is not."""

SKIN_PX = 7
"""Sample pixels off the outline: the skin line and the margin are no measure of exposure."""

FINE_PX, COARSE_PX = 1, 4
"""Network pixels apart: motion of a millimetre levels the fine differences of its direction,
the coarse ones hardly."""

SMALL_AREA = 0.04
SATURATED_SHARE = 0.10
BLACKENED_SHARE = 0.10
CUT_OFF_SHARE = 0.02
MARKER_SHARE = 0.0001
BLURRED_BELOW = 0.33
"""Generated images have 0.42-0.48, after motion of 1 mm 0.27-0.31; real ones: not measured."""

DEFECTS = ("small_breast", "saturated", "blackened", "cut_off", "blurred")
"""What may ask for the image to be taken again; each is a flag of the priority list."""

FINDINGS = (*DEFECTS, "marker", "frame")
"""Every word that `quality_flags` may hold, in its order."""

DUPLICATED = "duplicated_pixels"
"""A flag of exams: no image shows by itself that another one has its pixels."""


@dataclass(frozen=True)
class Quality:
    """An image's measures; the fields are columns of `images`.

    Args:
        saturated_fraction: Share of the breast that is as white as can be shown, 0-1.
        blackened_fraction: Share of the breast that is as black as the background, 0-1.
        cut_off_fraction: Share of the side opposite the chest wall that the breast touches.
        sharpness: Fine against coarse differences along the axis that has fewer of them;
            0.25 is a ramp, 1 is noise.
        marker_area_fraction: Share of the image that is bright outside the breast, 0-1.
        quality_flags: Those of `FINDINGS` that were found, joined by a comma.
    """

    saturated_fraction: float
    blackened_fraction: float
    cut_off_fraction: float
    sharpness: float
    marker_area_fraction: float
    quality_flags: str


def quality_columns(quality: Quality | None) -> dict[str, float | str | None]:
    """The columns of `images`; null for a picture that was cut out by somebody else."""
    if quality is None:
        return dict.fromkeys(field.name for field in fields(Quality))
    return asdict(quality)


def measure_quality(
    sample: DisplayValues, breast: Breast, stride: int, pixels: NDArray[np.uint8]
) -> Quality:
    """Measure an image that is turned so that the chest wall lies at the left.

    Args:
        sample: [rows / stride, columns / stride] display values.
        breast: Found in that sample.
        stride: Original pixels from one of the sample to the next.
        pixels: [INPUT_HEIGHT_PX, INPUT_WIDTH_PX] network input.
    """
    mask = _whole_mask(sample.shape, breast, stride)
    kernel = np.ones((2 * SKIN_PX + 1,) * 2, np.uint8)
    tissue = sample[cv2.erode(mask, kernel) > 0]
    outside = (mask == 0) & (sample > BRIGHT)
    has_frame = _take_frame_out(outside, sample)
    measures = {
        "saturated_fraction": _share(tissue == DISPLAY_MAX),
        "blackened_fraction": _share(tissue == 0),
        "cut_off_fraction": _share(mask[:, -1] > 0),
        "sharpness": _sharpness(pixels),
        "marker_area_fraction": _share(outside),
    }
    is_found = _judge(measures, breast.area_fraction) | {"frame": has_frame}
    flags = ",".join(name for name in FINDINGS if is_found[name])
    return Quality(**measures, quality_flags=flags)


def _judge(measures: dict[str, float], breast_area_fraction: float) -> dict[str, bool]:
    return {
        "small_breast": breast_area_fraction < SMALL_AREA,
        "saturated": measures["saturated_fraction"] > SATURATED_SHARE,
        "blackened": measures["blackened_fraction"] > BLACKENED_SHARE,
        "cut_off": measures["cut_off_fraction"] > CUT_OFF_SHARE,
        "blurred": measures["sharpness"] < BLURRED_BELOW,
        "marker": measures["marker_area_fraction"] > MARKER_SHARE,
    }


def _share(is_so: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(is_so) / max(is_so.size, 1))


def _whole_mask(shape: tuple[int, ...], breast: Breast, stride: int) -> Mask:
    """The breast's mask at its place in the sample."""
    mask = np.zeros(shape, np.uint8)
    top, left = breast.top_px // stride, breast.left_px // stride
    height, width = breast.mask.shape
    mask[top : top + height, left : left + width] = breast.mask
    return mask


def _take_frame_out(outside: NDArray[np.bool_], sample: DisplayValues) -> bool:
    """Clear the sides along which a bright line of one value runs, and tell if one does."""
    has_frame = False
    for side in range(4):
        lines = np.rot90(sample, side)
        depth = max(1, int(len(lines) * FRAME_DEPTH_FRACTION))
        edge = lines[:depth].astype(np.float32)
        is_even = edge.std(axis=1) < FRAME_TOLERANCE * DISPLAY_MAX
        is_line = is_even & (edge.mean(axis=1) > BRIGHT)
        if is_line.any():
            has_frame = True
            np.rot90(outside, side)[: int(np.flatnonzero(is_line)[-1]) + 1] = False
    return has_frame


def _sharpness(pixels: NDArray[np.uint8]) -> float:
    """Of the two axes the lower ratio of fine to coarse differences; 1 where all is even."""
    _, covered = cv2.threshold(pixels, 0, 255, cv2.THRESH_BINARY)
    inside = cv2.erode(covered, np.ones((9, 9), np.uint8))
    left, top, width, height = cv2.boundingRect(inside)
    box = (slice(top, top + height), slice(left, left + width))
    breast, mask = (np.ascontiguousarray(part[box], np.uint8) for part in (pixels, inside))
    down = [_mean_difference(breast, mask, step, 0) for step in (FINE_PX, COARSE_PX)]
    across = [_mean_difference(breast, mask, 0, step) for step in (FINE_PX, COARSE_PX)]
    return min(fine / coarse if coarse else 1.0 for fine, coarse in (down, across))


@compiled(types.float64(types.uint8[:, ::1], types.uint8[:, ::1], types.int64, types.int64))
def _mean_difference(pixels: NDArray[np.uint8], inside: Mask, down: int, across: int) -> float:
    """Mean of the differences between pixels inside and those so far above or to the left."""
    total = n = 0
    for y in range(down, pixels.shape[0]):
        some, others = pixels[y, across:], pixels[y - down, : pixels.shape[1] - across]
        mask = inside[y, across:]
        row_total = row_n = np.uint32(0)
        for x in range(mask.size):
            at = np.uint64(x)
            difference = np.uint8(max(some[at], others[at]) - min(some[at], others[at]))
            row_total = np.uint32(row_total + np.uint32(difference & mask[at]))
            row_n = np.uint32(row_n + np.uint32(mask[at] & np.uint8(1)))
        total += row_total
        n += row_n
    return total * (1 / n) if n else 0.0  # as OpenCV divides, to the last bit
