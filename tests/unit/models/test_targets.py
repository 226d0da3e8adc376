import numpy as np

from models.geometry import Box
from models.network import MAPS
from models.targets import UNKNOWN, Lesion, cell_targets, image_targets

MASS = MAPS.index("mass_malignant")
SHAPE_PX = (128, 64)


def test_cells_inside_are_lesion_and_its_rim_is_unknown() -> None:
    lesion = Lesion(Box(32, 16, 96, 64), "mass_malignant", 1.0)
    target = cell_targets([lesion], SHAPE_PX)[MASS]
    assert target[3:5, 2].tolist() == [1, 1]
    assert target[2, 1] == UNKNOWN
    assert (target[:2] == 0).all()


def test_a_lesion_smaller_than_a_cell_marks_its_cell() -> None:
    target = cell_targets([Lesion(Box(35, 20, 37, 22), "mass_malignant", 1.0)], SHAPE_PX)
    assert np.argwhere(target[MASS] == 1).tolist() == [[2, 1]]


def test_a_benign_lesion_is_background_of_the_malignancy_map() -> None:
    target = cell_targets([Lesion(Box(32, 16, 96, 64), "mass_benign", 0.0)], SHAPE_PX)
    assert target[0].max() == 0
    assert target[MAPS.index("mass_benign")].max() == 1


def test_the_rim_of_one_lesion_does_not_hide_another() -> None:
    small = Lesion(Box(35, 20, 37, 22), "mass_malignant", 1.0)
    large = Lesion(Box(32, 16, 96, 64), "mass_malignant", 1.0)
    assert cell_targets([small, large], SHAPE_PX)[MASS, 2, 1] == 1


def test_a_lesion_outside_the_image_marks_nothing() -> None:
    target = cell_targets([Lesion(Box(-40, -40, -20, -20), "mass_benign", 0.0)], SHAPE_PX)
    assert not target.any()


def test_what_the_label_does_not_say_is_unknown() -> None:
    label = {"is_malignant": True, "finding": None, "assessment": None}
    assert image_targets(label, []).tolist() == [1, *[UNKNOWN] * 6]


def test_every_lesions_class_counts_beside_the_strongest() -> None:
    label = {"is_malignant": True, "finding": "mass", "assessment": "malignant"}
    other = Lesion(Box(0, 0, 9, 9), "calcification_benign", 0.0)
    found = dict(zip(MAPS, image_targets(label, [other]).tolist(), strict=True))
    assert {name for name, value in found.items() if value} == {
        "malignancy",
        "mass_malignant",
        "calcification_benign",
    }
