"""Regions are the connected peaks of a saliency map."""

import numpy as np

from models.contract import SALIENCY, SALIENCY_STRIDE_PX
from tasks.score.regions import MAX_REGIONS, find_regions


def saliency(*cells: tuple[int, int, float]) -> np.ndarray:
    values = np.zeros(SALIENCY.shape, np.float32)
    for row, column, score in cells:
        values[row, column] = score
    return values


def test_a_quiet_map_has_no_region():
    assert find_regions(saliency((3, 3, 0.05))) == []


def test_touching_cells_are_one_box_in_network_pixels():
    (box,) = find_regions(saliency((2, 3, 0.8), (3, 4, 0.6)))
    assert (box.top_px, box.left_px) == (2 * SALIENCY_STRIDE_PX, 3 * SALIENCY_STRIDE_PX)
    assert (box.height_px, box.width_px) == (2 * SALIENCY_STRIDE_PX, 2 * SALIENCY_STRIDE_PX)
    assert round(box.score, 4) == 0.8


def test_regions_come_strongest_first_and_few():
    cells = [(2 * place, 0, 0.5 + place / 100) for place in range(10)]
    boxes = find_regions(saliency(*cells))
    assert len(boxes) == MAX_REGIONS
    assert [box.score for box in boxes] == sorted((box.score for box in boxes), reverse=True)


def test_a_cell_below_half_the_peak_is_no_region():
    assert len(find_regions(saliency((0, 0, 0.9), (20, 20, 0.4)))) == 1


def test_a_quiet_map_is_boxed_by_its_own_peak_where_that_is_asked():
    quiet, loud = saliency((3, 3, 0.05), (9, 9, 0.01)), saliency((3, 3, 0.6), (9, 9, 0.4))
    assert [round(box.score, 4) for box in find_regions(quiet, is_weak_boxed=True)] == [0.05]
    assert find_regions(loud, is_weak_boxed=True) == find_regions(loud)
    assert find_regions(saliency(), is_weak_boxed=True) == []
