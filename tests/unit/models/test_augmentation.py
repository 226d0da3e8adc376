import numpy as np
import pytest

from models.augmentation import Augmentation, augment, move_box
from models.geometry import Box
from models.targets import Lesion
from tests.support.network_inputs import breast


def test_the_lesion_moves_with_its_pixels() -> None:
    generator = np.random.default_rng(0)
    for seed in range(10):
        image, corner = breast(seed, is_malignant=True)
        assert corner is not None
        box = Box(corner[0], corner[1], corner[0] + 24, corner[1] + 24)
        limits = Augmentation(shift_px=4, noise=0)
        moved, (lesion,) = augment(image, [Lesion(box, "mass_benign", 0)], limits, generator)
        rows, columns = np.nonzero(moved > 150)
        centre = (
            (lesion.box.top + lesion.box.bottom) / 2,
            (lesion.box.left + lesion.box.right) / 2,
        )
        assert (rows.mean(), columns.mean()) == pytest.approx(centre, abs=2)


def test_background_stays_zero_and_tissue_above_zero() -> None:
    image, _ = breast(1, is_malignant=False)
    limits = Augmentation(rotation_degrees=0, scaling=0, shift_px=0, noise=30)
    changed, _ = augment(image, [], limits, np.random.default_rng(0))
    assert np.array_equal(changed > 0, image > 0)
    assert not np.array_equal(changed, image)


def test_no_strength_changes_nothing() -> None:
    image, _ = breast(1, is_malignant=True)
    none = Augmentation(0, 0, 0, 1, 0)
    assert np.array_equal(augment(image, [], none, np.random.default_rng(0))[0], image)


def test_a_turned_box_keeps_its_middle() -> None:
    quarter = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 100.0]])  # of (column, row)
    assert move_box(Box(10, 20, 30, 60), quarter) == Box(40, 10, 80, 30)
