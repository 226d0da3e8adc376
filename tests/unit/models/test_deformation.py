import numpy as np

from models.augmentation import Augmentation, augment
from models.deformation import bend, cut_out
from tests.support.network_inputs import breast


def test_a_bent_breast_keeps_its_brightness_and_its_lesion_near() -> None:
    image, corner = breast(1, is_malignant=True)
    assert corner is not None
    bent = bend(image, 4.0, np.random.default_rng(0))
    rows, columns = np.nonzero(bent > 150)
    assert not np.array_equal(bent, image)
    assert abs(rows.mean() - corner[0] - 11.5) < 4
    assert abs(columns.mean() - corner[1] - 11.5) < 4


def test_no_strength_bends_and_cuts_nothing() -> None:
    image, _ = breast(1, is_malignant=False)
    generator = np.random.default_rng(0)
    assert bend(image, 0.0, generator) is image
    assert cut_out(image, 0.0, generator) is image


def test_cut_out_hides_a_square_of_the_breast_in_half_the_images() -> None:
    image, _ = breast(2, is_malignant=False)
    before = image.copy()
    changed = [cut_out(image, 0.25, np.random.default_rng(seed)) for seed in range(40)]
    n_hidden = sum(not np.array_equal(one, image) for one in changed)
    assert 8 < n_hidden < 32
    assert all(np.array_equal(one > 0, image > 0) for one in changed)
    assert np.array_equal(image, before)


def test_a_crop_comes_in_its_eight_positions() -> None:
    image = np.arange(1, 65, dtype=np.uint8).reshape(8, 8)
    still = Augmentation(0, 0, 0, 1, 0, is_crop=True)
    seen = {
        augment(image, [], still, np.random.default_rng(seed))[0].tobytes()
        for seed in range(80)
    }
    sides = (image, image[:, ::-1])
    assert seen == {np.rot90(side, k).tobytes() for side in sides for k in range(4)}
