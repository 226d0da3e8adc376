"""Shrinking in one pass, held to OpenCV's look-up and area averaging."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tasks.preprocess.area_scaling import can_shrink, shrink
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.values import apply_table


def by_opencv(stored, table, geometry, inside):
    """What the one pass must equal."""
    top, left = geometry.crop_top_px, geometry.crop_left_px
    crop = stored[top : top + geometry.crop_height_px, left : left + geometry.crop_width_px]
    crop = np.ascontiguousarray(crop[:, ::-1] if geometry.is_flipped else crop)
    scale = geometry.scale
    shown = apply_table(crop, table)
    scaled = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    pixels = ((scaled.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return pixels & inside


@given(
    height=st.integers(8, 400),
    width=st.integers(8, 400),
    scale=st.floats(0.02, 0.999),
    is_flipped=st.booleans(),
    is_signed=st.booleans(),
    seed=st.integers(0, 1 << 16),
)
@settings(max_examples=150)
def test_every_byte_is_opencvs(height, width, scale, is_flipped, is_signed, seed):
    rng = np.random.default_rng(seed)
    top, left = int(rng.integers(20)), int(rng.integers(20))
    size = (top + height + int(rng.integers(20)), left + width + int(rng.integers(20)))
    stored = rng.integers(0, 1 << 16, size).astype(np.uint16)
    stored = stored.view(np.int16) if is_signed else stored
    table = rng.integers(0, 1 << 16, 1 << 16).astype(np.uint16)
    geometry = Geometry(top, left, height, width, is_flipped, scale)
    shape = (round(height * scale), round(width * scale))
    # OpenCV copies where the size stays; the scale that fits a crop always changes one side.
    assume(0 not in shape and shape != (height, width) and can_shrink(stored, scale))
    is_inside = cv2.blur(rng.random(shape), (5, 5)) > rng.choice([0, 0.5, 0.55, 2])
    inside = np.where(is_inside, np.uint8(255), np.uint8(0))
    made = shrink(stored, table, geometry, inside)
    np.testing.assert_array_equal(made, by_opencv(stored, table, geometry, inside))


@pytest.mark.parametrize(
    ("dtype", "scale"), [("u2", 0.5), ("u2", 0.25), ("u2", 1.0), ("u2", 1.5), ("u1", 0.3)]
)
def test_what_opencv_does_in_another_way_is_left_to_it(dtype, scale):
    assert not can_shrink(np.zeros((2, 2), dtype), scale)
