"""At which side a header puts the chest wall, and whether the pixels agree."""

import pytest

from tasks.ingest.laterality import is_on_wrong_side
from tasks.ingest.manufacturers import RULES
from tests.support.headers import instance_of

FLIPPED = {"PatientOrientation": None, "FieldOfViewHorizontalFlip": "YES"}


@pytest.mark.parametrize(
    ("options", "side", "source"),
    [
        ({"PatientOrientation": ["A", "R"]}, "left", "patient_orientation"),
        ({"PatientOrientation": ["A", "FR"]}, "left", "patient_orientation"),
        ({"PatientOrientation": ["P", "R"]}, "right", "patient_orientation"),
        ({"PatientOrientation": ["P", "F"]}, "right", "patient_orientation"),
        ({"PatientOrientation": ["P", "L"]}, None, "contradiction"),
        ({"PatientOrientation": None}, "left", "image_laterality"),
        ({"PatientOrientation": "A"}, "left", "image_laterality"),
        ({"PatientOrientation": ["H", "F"]}, "left", "image_laterality"),
        ({"PatientOrientation": None, "image_laterality": "R"}, "right", "image_laterality"),
        (
            {"PatientOrientation": None, "ImageLaterality": None, "Laterality": "R"},
            "right",
            "laterality",
        ),
        ({"ImageLaterality": None}, None, "none"),
    ],
)
def test_the_header_puts_the_chest_wall_at_a_side(options, side, source) -> None:
    instance = instance_of(**options)
    assert instance["chest_wall_side"] == side
    assert instance["chest_wall_side_source"] == source


@pytest.mark.parametrize(
    ("manufacturer", "side"),
    [
        ("FUJIFILM Corporation", "right"),
        ("Planmed Oy", "right"),
        ("I.M.S. S.r.l.", "right"),
        ("METALTRONICA S.p.A.", "right"),
        ("HOLOGIC, Inc.", "left"),
        ("GE MEDICAL SYSTEMS", "left"),
    ],
)
def test_a_flip_mirrors_the_pixels_of_some_manufacturers(manufacturer, side) -> None:
    assert instance_of(Manufacturer=manufacturer, **FLIPPED)["chest_wall_side"] == side


def test_patient_orientation_outranks_the_flip() -> None:
    instance = instance_of(Manufacturer="Planmed Oy", FieldOfViewHorizontalFlip="YES")
    assert instance["chest_wall_side_source"] == "patient_orientation"


@pytest.mark.parametrize(
    ("side", "is_right", "is_wrong"),
    [("left", False, False), ("left", True, True), ("right", True, False), (None, False, True)],
)
def test_pixels_on_another_side_than_the_header_tells_are_doubtful(side, is_right, is_wrong):
    assert is_on_wrong_side(side, is_chest_wall_right=is_right) == is_wrong


def test_no_manufacturer_has_two_rules() -> None:
    beginnings = [beginning for rule in RULES for beginning in rule.beginnings]
    assert not [
        (one, other)
        for one in beginnings
        for other in beginnings
        if one is not other and other.startswith(one)
    ]
