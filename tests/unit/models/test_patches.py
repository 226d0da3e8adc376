import numpy as np

from models.augmentation import Augmentation, augment
from models.geometry import Box
from models.patches import draw_corner, lesions_within, patch_label
from models.targets import Lesion

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
BENIGN = Lesion(Box(40, 40, 60, 60), "mass_benign", 0.0)
CANCER = Lesion(Box(140, 90, 160, 110), "calcification_malignant", 1.0)
LABEL = {"is_malignant": True, "regions": [], "finding": "mass", "breast_density": "B"}


def test_a_patch_lies_within_the_image() -> None:
    image = np.ones((200, 120), np.uint8)
    for seed in range(50):
        generator = np.random.default_rng(seed)
        top, left = draw_corner(image, [BENIGN, CANCER], IDENTITY, 64, generator)
        assert 0 <= top <= 136
        assert 0 <= left <= 56


def test_patches_without_lesions_come_from_the_breast() -> None:
    image = np.zeros((320, 320), np.uint8)
    image[:64, :64] = 9
    corners = [
        draw_corner(image, [], IDENTITY, 32, np.random.default_rng(seed)) for seed in range(20)
    ]
    assert max(max(corner) for corner in corners) <= 64


def test_a_lesion_lies_on_its_pixels_in_the_patch() -> None:
    image = np.full((256, 256), 10, np.uint8)
    image[140:160, 90:110] = 200
    limits = Augmentation(rotation_degrees=0, scaling=0, shift_px=0, noise=0, gamma=1)
    for seed in range(10):
        generator = np.random.default_rng(seed)
        patch, lesions = augment(image, [CANCER], limits, generator, 96)
        assert patch.shape == (96, 96)
        for lesion in lesions:
            row = int((lesion.box.top + lesion.box.bottom) / 2)
            column = int((lesion.box.left + lesion.box.right) / 2)
            assert patch[row, column] == 200


def test_a_lesion_whose_middle_is_cut_off_is_left_out() -> None:
    assert lesions_within([BENIGN, CANCER], (0, 0), 96) == [BENIGN]
    (moved,) = lesions_within([BENIGN, CANCER], (120, 60), 96)
    assert moved.box == Box(20, 30, 40, 50)


def test_a_patch_is_malignant_by_what_it_shows() -> None:
    assert patch_label(LABEL, [])["is_malignant"] is False
    both = patch_label(LABEL, [BENIGN, CANCER])
    assert (both["is_malignant"], both["finding"]) == (True, "calcification")
    assert (both["assessment"], both["breast_density"]) == ("malignant", None)


def test_without_outlined_lesions_nothing_is_known_of_a_patch() -> None:
    found = patch_label({**LABEL, "regions": None}, [])
    assert (found["is_malignant"], found["finding"]) == (None, None)
