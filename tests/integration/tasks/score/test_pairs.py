"""Files that show one picture in two ways, scored by the packaged model."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.export import answer_eagerly
from models.packaged import load_packaged
from tasks.preprocess.transform import make_network_input
from tasks.synthetic.equipment import HOLOGIC_DIMENSIONS, Unit
from tasks.synthetic.exams import GeneratedImage, generate_image, plan_exam
from tasks.synthetic.plan import CampaignPlan
from tests.support.servers import ROOT

PLAN = CampaignPlan(
    4, size_scale=0.4, cancer_fraction=1, fleet=(Unit(1, "U", HOLOGIC_DIMENSIONS),)
)
EXACT = {"VOILUTFunction": "LINEAR_EXACT", "WindowCenter": 2048, "WindowWidth": 4096}


@pytest.fixture(scope="module")
def network():
    return load_packaged(ROOT / "triton_repo" / "mammography" / "1")


@pytest.fixture(scope="module", params=[("L", "CC"), ("R", "MLO")], ids=" ".join)
def image(request) -> GeneratedImage:
    return generate_image(PLAN, plan_exam(PLAN, 0), *request.param)


@pytest.fixture
def score(network):
    def of(data: bytes) -> float:
        pixels = make_network_input(data).pixels[None, None]
        return float(answer_eagerly(network, pixels)["malignancy_score"].ravel()[0])

    return of


def test_both_polarities_have_one_score(image, score) -> None:
    inverted = replace(image, stored_values=np.uint16(4096) - image.stored_values)
    options = {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}
    other = inverted.encode(**EXACT, **options, BitsStored=13)
    assert score(other) == pytest.approx(score(image.encode(**EXACT)), abs=1e-6)


def test_twelve_and_sixteen_bits_have_one_score(image, score) -> None:
    deep = replace(image, stored_values=image.stored_values * np.uint16(16))
    window = {"VOILUTFunction": "LINEAR_EXACT", "WindowCenter": 2048 * 16}
    other = deep.encode(BitsStored=16, WindowWidth=4096 * 16, **window)
    assert score(other) == pytest.approx(score(image.encode(**EXACT)), abs=1e-6)


def test_a_mirrored_file_has_the_same_score(image, score) -> None:
    mirrored = np.ascontiguousarray(image.stored_values[:, ::-1])
    other = replace(image, stored_values=mirrored).encode()
    assert score(other) == pytest.approx(score(image.encode()), abs=1e-6)


def test_a_marker_and_a_frame_move_the_score_by_less_than_a_hundredth(image, score) -> None:
    stored = image.stored_values.copy()
    rows, columns = stored.shape
    is_left = image.truth.image_laterality == "L"
    place = (columns - 150 if is_left else 30, rows - 60)
    letters = cv2.putText(np.zeros(stored.shape, np.uint8), "XY 7", place, 0, 1.5, (255,), 4)
    stored[(np.asarray(letters) > 0) & (stored == 0)] = 4095
    stored[:8] = stored[-8:] = 4095
    stored[:, (slice(-8, None) if is_left else slice(8))] = 4095
    moved = score(replace(image, stored_values=stored).encode()) - score(image.encode())
    assert abs(moved) < 0.01
