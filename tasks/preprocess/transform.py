"""A mammogram's file to the network input: the one path of pixels, for training and serving.

It is byte-equal wherever it runs, and its version is a digest of everything it depends on.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from models import contract
from tasks.errors import Rejected
from tasks.preprocess import breast as breast_module
from tasks.preprocess.area_scaling import can_shrink, shrink
from tasks.preprocess.breast import Breast, Mask, find_breast, sample_stride
from tasks.preprocess.burned_in_text import check_burned_in_text
from tasks.preprocess.codecs import decode
from tasks.preprocess.geometry import Geometry, fit_scale
from tasks.preprocess.quality import Quality, measure_quality
from tasks.preprocess.reading import DEFAULT_LIMITS, ReadLimits, read_dataset
from tasks.preprocess.values import (
    DISPLAY_MAX,
    DisplayValues,
    StoredValues,
    apply_table,
    display_table,
)

__all__ = [
    "PREPROCESSING_VERSION",
    "Geometry",
    "NetworkInput",
    "make_network_input",
]

cv2.setNumThreads(1)  # a worker is one core's; and no result may depend on a thread count

PARAMETERS = {
    "revision": 1,  # raise it when code changes a pixel without changing a constant
    "input": [contract.IMAGE.name, contract.IMAGE.dtype, list(contract.IMAGE.shape)],
    "voi": "LUT sequence's first item, else first window, else range of the sample",
    "display_max": DISPLAY_MAX,
    "resize": ["area below 1", "linear above 1", "crop at top left, chest wall left"],
    "breast": {
        name: value for name, value in sorted(vars(breast_module).items()) if name.isupper()
    },
}
"""Everything that decides a pixel, as data."""

PREPROCESSING_VERSION = hashlib.sha256(
    json.dumps(PARAMETERS, sort_keys=True).encode()
).hexdigest()[:12]
"""12 hexadecimal digits of the parameters' digest; a column of every row made here."""

CLEAR_LEAN = 0.05
"""Two samples of one image, a few pixels apart, agree on a side that is this clear; a half
disc leans by 0.22."""

Pixels = NDArray[np.uint8]
_DISPLAY_STEP = DISPLAY_MAX // 255


@dataclass(frozen=True)
class NetworkInput:
    """One image as the network takes it.

    Args:
        pixels: [INPUT_HEIGHT_PX, INPUT_WIDTH_PX], 0-255, chest wall at the left.
        geometry: The way back to the original pixels.
        breast_area_fraction: Share of the original image that the breast covers, 0-1.
        quality: What was measured beside; None for a picture cut out by somebody else.
    """

    pixels: Pixels
    geometry: Geometry
    breast_area_fraction: float
    quality: Quality | None = None


def make_network_input(data: bytes, limits: ReadLimits = DEFAULT_LIMITS) -> NetworkInput:
    """Turn a DICOM file into the network input.

    Args:
        data: The whole file.
        limits: What the file may ask for.

    Raises:
        Rejected: If it cannot be decoded, shows no breast, or shows text beside it.
    """
    dataset = read_dataset(data, limits)
    stored = decode(dataset, limits.max_frame_pixels)
    return prepare(dataset, stored)


def prepare(dataset: Dataset, stored: StoredValues) -> NetworkInput:
    """Find the breast, turn it to the left, crop, look up and resize.

    A mirrored file gives the same bytes: it is turned back before anything is measured.

    Args:
        dataset: Its attributes from Modality LUT to Presentation LUT Shape.
        stored: [rows, columns] stored values.

    Raises:
        Rejected: If an attribute is not usable, there is no breast, or text beside it.
    """
    taken = _sample(stored)
    table = display_table(dataset, taken)
    sample, breast, is_flipped = _find_turned(stored, table, apply_table(taken, table))
    in_file = breast.mirrored(stored.shape[1]) if is_flipped else breast
    check_burned_in_text(dataset, stored, table, in_file)
    geometry = _geometry(in_file, is_flipped=is_flipped)
    pixels = _scale(stored, table, geometry, breast.mask)
    quality = measure_quality(sample, breast, sample_stride(*stored.shape), pixels)
    return NetworkInput(pixels, geometry, breast.area_fraction, quality)


def _find_turned(
    stored: StoredValues, table: DisplayValues, sample: DisplayValues
) -> tuple[DisplayValues, Breast, bool]:
    """Find the breast with its chest wall at the left.

    The image is turned first where its right half is brighter, so that most breasts are looked
    for once; only a side that is clear then needs no second look.

    Args:
        stored: [rows, columns] stored values.
        table: From `display_table`.
        sample: Display values of the image as it lies in the file.

    Returns:
        The sample that it was found in, the breast there, and whether that one is turned.
    """
    middle = sample.shape[1] // 2
    if sample[:, middle:].sum() > sample[:, :middle].sum():
        with suppress(Rejected):
            turned, breast = _find_mirrored(stored, table)
            if breast.lean < -CLEAR_LEAN:
                return turned, breast, True
    breast = find_breast(sample, *stored.shape)
    if not breast.is_chest_wall_right:
        return sample, breast, False
    return (*_find_mirrored(stored, table), True)


def _find_mirrored(stored: StoredValues, table: DisplayValues) -> tuple[DisplayValues, Breast]:
    sample = apply_table(_sample(stored[:, ::-1]), table)
    return sample, find_breast(sample, *stored.shape)


def _sample(stored: StoredValues) -> StoredValues:
    stride = sample_stride(*stored.shape)
    return np.ascontiguousarray(stored[::stride, ::stride])


def _crop(stored: StoredValues, geometry: Geometry) -> StoredValues:
    top, left = geometry.crop_top_px, geometry.crop_left_px
    crop = stored[top : top + geometry.crop_height_px, left : left + geometry.crop_width_px]
    if geometry.is_flipped:
        return np.asarray(cv2.flip(crop, 1), crop.dtype)
    return crop


def _scale(
    stored: StoredValues, table: DisplayValues, geometry: Geometry, mask: Mask
) -> Pixels:
    """Look the crop up and scale it into the input, in one pass where that is possible."""
    if not can_shrink(stored, geometry.scale):
        return _resize(apply_table(_crop(stored, geometry), table), mask)
    heights = (geometry.crop_height_px, geometry.crop_width_px)
    shape = tuple(round(side * geometry.scale) for side in heights)
    inside = cv2.resize(mask, shape[::-1], interpolation=cv2.INTER_NEAREST)
    scaled = shrink(np.ascontiguousarray(stored), table, geometry, np.asarray(inside, np.uint8))
    pixels = np.zeros(contract.IMAGE.shape[1:], np.uint8)
    pixels[: shape[0], : shape[1]] = scaled
    return pixels


def _resize(crop: DisplayValues, mask: Mask) -> Pixels:
    """Scale a crop into the top left of the input; outside the breast's outline it is 0."""
    scale = fit_scale(*crop.shape)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=method)
    inside = cv2.resize(mask, scaled.shape[::-1], interpolation=cv2.INTER_NEAREST)
    scaled[inside == 0] = 0
    pixels = np.zeros(contract.IMAGE.shape[1:], np.uint8)
    height, width = scaled.shape
    pixels[:height, :width] = (scaled.astype(np.uint32) + _DISPLAY_STEP // 2) // _DISPLAY_STEP
    return pixels


def _geometry(breast: Breast, *, is_flipped: bool) -> Geometry:
    return Geometry(
        crop_top_px=breast.top_px,
        crop_left_px=breast.left_px,
        crop_height_px=breast.height_px,
        crop_width_px=breast.width_px,
        is_flipped=is_flipped,
        scale=fit_scale(breast.height_px, breast.width_px),
    )
