import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX
from models.geometry import box_to_network
from tasks.preprocess.geometry import Geometry, fit_scale

sides = st.integers(1, 5000)
geometries = st.builds(
    lambda top, left, height, width, is_flipped: Geometry(
        top, left, height, width, is_flipped, fit_scale(height, width)
    ),
    st.integers(0, 999),
    st.integers(0, 999),
    sides,
    sides,
    st.booleans(),
)
fractions = st.floats(0, 1)


@given(geometries, fractions, fractions)
def test_a_point_comes_back_from_the_network(geometry, down, right) -> None:
    row = geometry.crop_top_px + down * geometry.crop_height_px
    column = geometry.crop_left_px + right * geometry.crop_width_px
    back = geometry.to_original(*geometry.to_network(row, column))
    assert back == pytest.approx((row, column), abs=1e-6)


@given(geometries, fractions, fractions)
def test_the_crop_lies_in_the_input(geometry, down, right) -> None:
    row, column = geometry.to_network(
        geometry.crop_top_px + down * geometry.crop_height_px,
        geometry.crop_left_px + right * geometry.crop_width_px,
    )
    assert -1e-6 <= row <= INPUT_HEIGHT_PX + 1e-6
    assert -1e-6 <= column <= INPUT_WIDTH_PX + 1e-6


@given(geometries, st.data())
def test_a_box_of_original_pixels_comes_back_whole(geometry, data) -> None:
    top = data.draw(st.integers(0, geometry.crop_height_px - 1)) + geometry.crop_top_px
    left = data.draw(st.integers(0, geometry.crop_width_px - 1)) + geometry.crop_left_px
    bottom = geometry.crop_top_px + geometry.crop_height_px
    right = geometry.crop_left_px + geometry.crop_width_px
    region = {
        "top_px": top,
        "left_px": left,
        "height_px": data.draw(st.integers(1, bottom - top)),
        "width_px": data.draw(st.integers(1, right - left)),
    }
    box = box_to_network(region, vars(geometry))
    back = geometry.box_to_original(
        box.top, box.left, box.bottom - box.top, box.right - box.left
    )
    assert back == region


@given(geometries, st.integers(0, 63), st.integers(0, 31))
def test_a_box_never_leaves_the_crop(geometry, cell_row, cell_column) -> None:
    box = geometry.box_to_original(16 * cell_row, 16 * cell_column, 16, 16)
    assert geometry.crop_top_px <= box["top_px"]
    assert geometry.crop_left_px <= box["left_px"]
    assert box["top_px"] + box["height_px"] <= geometry.crop_top_px + geometry.crop_height_px
    assert box["left_px"] + box["width_px"] <= geometry.crop_left_px + geometry.crop_width_px
    assert box["height_px"] >= 1
    assert box["width_px"] >= 1


def test_the_left_of_a_flipped_input_is_the_right_of_the_crop() -> None:
    geometry = Geometry(10, 20, 1024, 512, is_flipped=True, scale=1.0)
    assert geometry.to_original(0, 0) == (10, 532)
    assert geometry.box_to_original(0, 0, 16, 16) == {
        "top_px": 10,
        "left_px": 516,
        "height_px": 16,
        "width_px": 16,
    }
