"""Crops of any size on one canvas, unchanged; whole images as they are stored."""

import numpy as np
import pytest

from models.canvas import canvas_side, on_canvas


def row(pixels: np.ndarray, height: int, width: int, scale: float = 1.0) -> dict:
    geometry = {"crop_height_px": height, "crop_width_px": width, "scale": scale}
    return {"pixels": pixels.tobytes(), **geometry}


@pytest.mark.parametrize(
    ("sides", "side"), [([227], 256), ([256, 96], 256), ([257], 288), ([1], 32)]
)
def test_the_canvas_is_the_next_multiple_of_the_networks_stride(sides: list[int], side: int):
    assert canvas_side(sides) == side


@pytest.mark.parametrize("shape", [(227, 227), (50, 200), (256, 64)])
def test_a_crop_keeps_its_pixels_at_the_top_left_of_background(shape: tuple[int, int]):
    crop = np.random.default_rng(0).integers(1, 256, shape, np.uint8)
    canvas = on_canvas(row(crop, *shape), (256, 256))
    assert np.array_equal(canvas[: shape[0], : shape[1]], crop)
    assert np.count_nonzero(canvas) == crop.size


@pytest.mark.parametrize(("crop", "scale"), [((900, 400), 1.1), ((1024, 512), 1.0)])
def test_a_whole_image_is_taken_as_it_is_stored(crop: tuple[int, int], scale: float):
    pixels = np.random.default_rng(0).integers(0, 256, (1024, 512), np.uint8)
    assert np.array_equal(on_canvas(row(pixels, *crop, scale), (1024, 512)), pixels)
