"""Boxes by hand: hits, overlap, FROC."""

import numpy as np
import pytest

from models.evaluation.localisation import (
    Mark,
    froc,
    intersection_over_union,
    is_hit,
    pointing_game,
)
from models.geometry import Box

LESION = Box(0, 0, 10, 10)


def test_a_point_hits_within_the_box_or_the_tolerance():
    assert is_hit(9.5, 0, [LESION])
    assert not is_hit(10, 0, [LESION])
    assert is_hit(10, 0, [LESION], tolerance_px=2)


def test_the_pointing_game_counts_images_with_lesions_only():
    inside, outside = np.zeros((4, 4)), np.zeros((4, 4))
    inside[0, 0] = outside[3, 3] = 1
    assert pointing_game([inside, outside, inside], [[LESION], [LESION], []], 5) == (1, 2)


def test_overlap_by_hand():
    assert intersection_over_union(LESION, Box(0, 5, 10, 15)) == pytest.approx(50 / 150)
    assert intersection_over_union(LESION, Box(10, 10, 20, 20)) == 0
    assert intersection_over_union(LESION, LESION) == 1


def test_froc_counts_a_lesion_once_and_false_marks_by_image():
    far = Box(50, 50, 60, 60)
    marks = [[Mark(LESION, 0.9), Mark(LESION, 0.8), Mark(far, 0.7)], [Mark(far, 0.95)]]
    found = froc(marks, [[LESION, Box(20, 20, 30, 30)], []])
    assert found.threshold == [0.95, 0.9, 0.7]
    assert found.false_marks_per_image == [0.5, 0.5, 1.0]
    assert found.sensitivity == [0.0, 0.5, 0.5]
    assert (found.sensitivity_at(0.5), found.sensitivity_at(0.1)) == (0.5, 0.0)


def test_a_froc_needs_a_lesion():
    with pytest.raises(ValueError, match="No image has a lesion"):
        froc([[]], [[]])
