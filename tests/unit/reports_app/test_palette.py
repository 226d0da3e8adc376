"""Colours that stand in one figure stay apart for readers who see two primaries of three.

References:
    Machado et al., IEEE TVCG 15 (2009) 1291: severity 1.0, of linear RGB.
"""

from itertools import combinations, pairwise

import cv2
import numpy as np
import pytest

from reports_app.palette import BANDS, CATEGORIES, FINDINGS, STATES

SIGHT = {
    "all": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
JUST_SEEN = 2.3
"""Difference in CIELAB that half of observers notice (Mahy et al. 1994)."""


def as_lab(colour, sight):
    """CIELAB of a colour as somebody sees it."""
    code = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    seen = np.clip(SIGHT[sight] @ linear, 0, 1).astype(np.float32)
    return cv2.cvtColor(seen.reshape(1, 1, 3), cv2.COLOR_LRGB2LAB).reshape(3)


def closest(pairs, sight):
    """The least difference among pairs of colours."""
    return min(np.linalg.norm(as_lab(a, sight) - as_lab(b, sight)) for a, b in pairs)


def test_the_simulation_hides_from_the_red_blind_what_is_told_by_red_and_green():
    red_and_green = [("#b24a4a", "#6f6f33")]
    assert closest(red_and_green, "all") > 30
    assert closest(red_and_green, "protanopia") < closest(red_and_green, "all") / 2


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    "colours",
    [CATEGORIES, STATES.values(), FINDINGS.values()],
    ids=["sites", "states", "finds"],
)
def test_colours_of_one_figure_are_told_apart(colours, sight):
    assert closest(combinations(colours, 2), sight) > 4 * JUST_SEEN


@pytest.mark.parametrize("sight", SIGHT)
def test_bands_that_follow_each_other_are_told_apart_and_darken(sight):
    assert closest(pairwise(BANDS), sight) > 2 * JUST_SEEN
    lightness = [as_lab(colour, sight)[0] for colour in BANDS]
    assert lightness == sorted(lightness, reverse=True)
