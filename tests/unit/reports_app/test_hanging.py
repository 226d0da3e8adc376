"""Where views hang and where regions lie on them, against hand-made geometry."""

from dataclasses import astuple

import pytest

from reports_app.exam import ExamImage, Region
from reports_app.hanging import (
    frame_sizes,
    hang,
    hanging_order,
    is_mirrored,
    region_box,
    shown_size_px,
)
from tasks.preprocess.geometry import Geometry

LEFT = Geometry(100, 0, 1000, 400, is_flipped=False, scale=0.5)
RIGHT = Geometry(100, 600, 1000, 400, is_flipped=True, scale=0.5)
REGION = Region(top_px=350, left_px=40, height_px=100, width_px=80, finding="mass", score=0.8)


def image(laterality, view, score=None, geometry=LEFT, spacing_mm=0.1):
    return ExamImage(
        sop_instance_key=f"{laterality}{view}{score}",
        laterality=laterality,
        view=view,
        state="scored" if score is not None else "unscorable",
        reason=None if score is not None else "truncated",
        malignancy_score=score,
        finding=None,
        assessment=None,
        regions=(),
        geometry=geometry,
        spacing_mm=spacing_mm,
    )


def test_right_hangs_at_the_viewers_left_and_cc_before_mlo():
    names = [[slot.name for slot in pair] for pair in hang([]).pairs]
    assert names == [["R-CC", "L-CC"], ["R-MLO", "L-MLO"]]


def test_of_repeated_views_the_higher_score_hangs_and_the_other_stays_visible():
    low, high = image("L", "CC", 0.2), image("L", "CC", 0.6)
    hanging = hang([low, high])
    assert hanging.pairs[0][1].image is high
    assert hanging.others == (low,)


def test_an_image_with_pixels_hangs_before_one_without():
    bare, whole = image("R", "CC", geometry=None), image("R", "CC", 0.1)
    assert hang([bare, whole]).pairs[0][0].image is whole


def test_an_unscorable_view_takes_its_empty_place():
    lost = image("R", "MLO", geometry=None)
    assert hang([lost]).pairs[1][0].image is lost


def test_views_are_listed_as_they_hang():
    images = [image(None, "MLO"), image("L", "MLO"), image("R", "CC"), image("L", "CC")]
    assert [one.name for one in hanging_order(images)] == ["R-CC", "L-CC", "L-MLO", "MLO"]


def test_only_right_breasts_are_mirrored_so_that_chest_walls_meet():
    assert is_mirrored(image("R", "CC"))
    assert not is_mirrored(image("L", "CC"))


def test_the_padding_of_the_network_input_is_not_shown():
    assert shown_size_px(LEFT) == (500, 200)


def test_a_region_of_the_left_breast_keeps_its_place():
    box = region_box(REGION, LEFT, mirrored=False)
    assert astuple(box) == pytest.approx((0.1, 0.25, 0.2, 0.1))


def test_a_region_of_the_right_breast_comes_back_to_its_original_side():
    region = Region(350, 640, 100, 80, "mass", 0.8)
    box = region_box(region, RIGHT, mirrored=True)
    assert astuple(box) == pytest.approx((0.1, 0.25, 0.2, 0.1))


def test_a_region_beyond_the_crop_ends_at_its_edge():
    box = region_box(Region(0, 300, 2000, 500, "mass", 0.5), LEFT, mirrored=False)
    assert astuple(box) == pytest.approx((0.75, 0, 0.25, 1))


def test_views_share_one_scale_in_millimetres():
    small = image("L", "CC", 0.1, geometry=LEFT, spacing_mm=0.05)
    large = image("R", "CC", 0.1, geometry=RIGHT, spacing_mm=0.1)
    assert frame_sizes([small, large])[id(small)] == pytest.approx((0.5, 0.5))


def test_views_share_one_scale_in_pixels_where_a_spacing_is_unknown():
    small = image("L", "CC", 0.1, geometry=LEFT, spacing_mm=0.05)
    large = image("R", "CC", 0.1, geometry=RIGHT, spacing_mm=None)
    assert frame_sizes([small, large])[id(small)] == (1, 1)
