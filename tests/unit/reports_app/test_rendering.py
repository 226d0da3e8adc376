"""PNG layers hold the stored values, trimmed and mirrored."""

import cv2
import numpy as np
import pytest

from reports_app.rendering import mammogram_png, saliency_png


@pytest.fixture
def pixels():
    return np.random.default_rng(1).integers(0, 256, (1024, 512), np.uint8)


def decode(png: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)


def test_a_mammogram_keeps_its_values(pixels):
    png = mammogram_png(pixels, (700, 300), mirrored=False)
    np.testing.assert_array_equal(decode(png), pixels[:700, :300])


def test_a_right_breast_is_mirrored_after_the_padding_is_gone(pixels):
    png = mammogram_png(pixels, (700, 300), mirrored=True)
    np.testing.assert_array_equal(decode(png), pixels[:700, 299::-1])


def test_the_heat_map_is_strongest_over_its_cell_and_clear_elsewhere():
    saliency = np.zeros((64, 32), np.uint8)
    saliency[10, 5] = 255
    layer = decode(saliency_png(saliency, (1024, 512), mirrored=False))
    assert layer[168, 88, 3] > 200
    assert layer[600, 300, 3] == 0


def test_the_heat_map_lies_on_its_mammogram_also_when_mirrored():
    saliency = np.zeros((64, 32), np.uint8)
    saliency[10, 5] = 255
    layer = decode(saliency_png(saliency, (800, 400), mirrored=True))
    assert layer.shape == (800, 400, 4)
    assert layer[168, 399 - 88, 3] > 200
