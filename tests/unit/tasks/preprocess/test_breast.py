import numpy as np
import pytest

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.breast import Breast, find_breast, sample_stride
from tests.support.mammograms import draw_breast


def find(stored: np.ndarray) -> Breast:
    stride = sample_stride(*stored.shape)
    display = (stored.astype(np.uint32) * 65535 // 4095).astype(np.uint16)
    sample = np.ascontiguousarray(display[::stride, ::stride])
    return find_breast(sample, *stored.shape)


def box(breast: Breast) -> np.ndarray:
    return np.array([breast.top_px, breast.left_px, breast.height_px, breast.width_px])


@pytest.mark.parametrize("size", [(64, 48), (320, 240), (1024, 832), (2048, 1664)])
def test_the_box_holds_the_breast_and_little_more(size) -> None:
    stored = draw_breast(*size)
    breast = find(stored)
    rows, columns = np.nonzero(stored)
    slack = 5 * sample_stride(*size)
    assert 0 <= rows.min() - breast.top_px <= slack
    assert 0 <= breast.top_px + breast.height_px - 1 - rows.max() <= slack
    assert 0 <= columns.min() - breast.left_px <= slack
    assert 0 <= breast.left_px + breast.width_px - 1 - columns.max() <= slack


def test_the_chest_wall_is_found_by_pixels() -> None:
    assert not find(draw_breast()).is_chest_wall_right
    assert find(draw_breast()[:, ::-1]).is_chest_wall_right


def test_the_area_is_the_breasts() -> None:
    stored = draw_breast(1024, 832)
    assert find(stored).area_fraction == pytest.approx((stored > 0).mean(), rel=0.03)


def marker(stored: np.ndarray) -> None:
    stored[20:60, -70:-20] = 4095


def frame(stored: np.ndarray) -> None:
    stored[:, :6] = stored[:, -6:] = stored[:6] = stored[-6:] = 4095


def inset_frame(stored: np.ndarray) -> None:
    for line in (stored[8], stored[-9], stored[:, 3], stored[:, -9]):
        line[:] = 4095


def film_noise(stored: np.ndarray) -> None:
    noise = np.random.default_rng(0).normal(80, 30, stored.shape)
    stored[:] = np.clip(stored + noise, 0, 4095).astype(np.uint16)


def dead_pixels(stored: np.ndarray) -> None:
    places = np.random.default_rng(0).integers(0, stored.size, stored.size // 200)
    stored.ravel()[places] = 4095


def leaning_marker(stored: np.ndarray) -> None:
    """A lead letter on a thin clip that reaches into the breast."""
    stored[40:70, -60:-20] = 4095
    stored[54:57, 60:-20] = 4095


@pytest.mark.parametrize(
    "trouble", [marker, frame, inset_frame, film_noise, dead_pixels, leaning_marker]
)
@pytest.mark.parametrize("is_right", [False, True])
def test_the_breast_is_found_beside(trouble, is_right) -> None:
    clean = draw_breast(640, 480)
    troubled = clean.copy()
    trouble(troubled)
    if is_right:
        clean, troubled = clean[:, ::-1], troubled[:, ::-1]
    found = find(troubled)
    assert found.is_chest_wall_right == is_right
    np.testing.assert_allclose(box(found), box(find(clean)), atol=16)


@pytest.mark.parametrize("value", [0, 1000, 4095])
def test_one_value_everywhere_is_no_breast(value) -> None:
    with pytest.raises(Rejected) as caught:
        find(np.full((320, 240), value, np.uint16))
    assert caught.value.reason == RejectionReason.NO_BREAST_FOUND


def test_noise_is_no_breast() -> None:
    noise = np.random.default_rng(0).integers(0, 4096, (640, 480)).astype(np.uint16)
    with pytest.raises(Rejected, match="no_breast_found"):
        find(noise)


def test_a_marker_alone_is_no_breast() -> None:
    stored = np.zeros((640, 480), np.uint16)
    marker(stored)
    with pytest.raises(Rejected, match="no_breast_found"):
        find(stored)


def test_a_tiny_image_is_no_breast() -> None:
    with pytest.raises(Rejected, match="no_breast_found"):
        find(np.array([[0, 4095]], np.uint16))
