from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.geometry import box_to_network
from tasks.preprocess.geometry import Geometry


@given(st.booleans(), st.integers(0, 300), st.integers(0, 300))
def test_boxes_go_where_the_preprocessing_says(is_flipped: bool, row: int, column: int) -> None:
    geometry = Geometry(40, 70, 3000, 1500, is_flipped, 0.34)
    region = {"top_px": 40 + row, "left_px": 70 + column, "height_px": 90, "width_px": 50}
    box = box_to_network(region, asdict(geometry))
    corners = [
        geometry.to_network(region["top_px"] + down, region["left_px"] + right)
        for down, right in ((0, 0), (90, 50))
    ]
    assert [box.top, box.bottom] == pytest.approx([corner[0] for corner in corners])
    assert [box.left, box.right] == pytest.approx(sorted(corner[1] for corner in corners))


def test_a_box_survives_the_way_there_and_back_within_a_network_pixel() -> None:
    geometry = Geometry(40, 70, 3000, 1500, is_flipped=True, scale=0.34)
    region = {"top_px": 100, "left_px": 200, "height_px": 90, "width_px": 50}
    box = box_to_network(region, asdict(geometry))
    back = geometry.box_to_original(
        box.top, box.left, box.bottom - box.top, box.right - box.left
    )
    assert back == pytest.approx(region, abs=1 / 0.34)
