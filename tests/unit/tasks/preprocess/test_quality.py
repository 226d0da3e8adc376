"""Each flaw of an image is measured and named, and a sound image has no flag."""

from dataclasses import fields

import cv2
import numpy as np
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from tasks.errors import RejectionReason
from tasks.lake.schemas import IMAGES
from tasks.preprocess.quality import DEFECTS, FINDINGS, Quality, quality_columns
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import NetworkInput, make_network_input, prepare
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.mammograms import draw_breast

ROWS, COLUMNS = 2048, 1664


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """A breast with structure of every size down to a few pixels."""
    breast = draw_breast(ROWS, COLUMNS).astype(np.float32)
    rng = np.random.default_rng(1)
    for size in (8, 16, 32, 64):
        grain = rng.normal(0, 6 * size, (ROWS // size, COLUMNS // size)).astype(np.float32)
        breast += cv2.resize(grain, (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC) * (
            breast > 0
        )
    return np.clip(breast, 0, 4000).astype(np.uint16)


def prepared(stored: np.ndarray, **attributes) -> NetworkInput:
    options = {"transfer_syntax_uid": ExplicitVRLittleEndian, **attributes}
    return prepare(read_dataset(build_mammogram_bytes(stored, **options)), stored)


def flags(stored: np.ndarray, **attributes) -> set[str]:
    quality = prepared(stored, **attributes).quality
    assert quality is not None
    return set(quality.quality_flags.split(",")) - {""}


def with_letters(stored: np.ndarray) -> np.ndarray:
    letters = np.zeros(stored.shape, np.uint8)
    cv2.putText(letters, "L CC", (1150, 200), cv2.FONT_HERSHEY_SIMPLEX, 5, (255,), 24)
    return np.where(letters > 0, np.uint16(4095), stored)


def with_frame(stored: np.ndarray) -> np.ndarray:
    framed = stored.copy()
    framed[:16], framed[-16:], framed[:, :16], framed[:, -16:] = 4095, 4095, 4095, 4095
    return framed


def moved(stored: np.ndarray, axis: int) -> np.ndarray:
    """The breast goes on by 28 pixels during the exposure; the noise of the detector stays."""
    kernel = np.ones((28, 1) if axis == 0 else (1, 28)) / 28
    blurred = cv2.filter2D(stored.astype(np.float32), -1, kernel)
    noise = np.random.default_rng(0).normal(0, 6, stored.shape)
    return np.where(stored > 0, np.clip(blurred + noise, 1, 4095), 0).astype(np.uint16)


def test_a_sound_image_has_no_flag(sound):
    assert flags(sound) == set()


@pytest.mark.parametrize("axis", [0, 1])
def test_motion_along_either_axis_is_blur(sound, axis):
    assert flags(moved(sound, axis)) == {"blurred"}


def test_a_window_too_low_saturates_and_one_too_high_blackens(sound):
    assert "saturated" in flags(sound, WindowCenter=900, WindowWidth=600)
    holed = cv2.circle(sound.copy(), (450, ROWS // 2), 300, (0,), cv2.FILLED)
    assert "blackened" in flags(holed)


def test_a_breast_that_leaves_the_image_is_cut_off(sound):
    quality = prepared(np.ascontiguousarray(sound[:, : COLUMNS // 2])).quality
    assert "cut_off" in quality.quality_flags
    assert 0.3 < quality.cut_off_fraction < 0.8


def test_a_tiny_breast_is_small(sound):
    canvas = np.zeros_like(sound)
    tiny = cv2.resize(sound, None, fx=0.27, fy=0.27, interpolation=cv2.INTER_AREA)
    canvas[700 : 700 + len(tiny), : tiny.shape[1]] = tiny
    assert "small_breast" in flags(canvas)


def test_letters_and_a_frame_are_named_and_are_no_defects(sound):
    assert flags(with_letters(sound)) == {"marker"}
    assert flags(with_frame(sound)) == {"frame"}
    assert flags(with_frame(with_letters(sound))) == {"marker", "frame"}
    assert not {"marker", "frame"} & set(DEFECTS)


def test_a_mirrored_image_has_the_same_measures(sound):
    turned = np.ascontiguousarray(with_letters(sound)[:, ::-1])
    assert prepared(turned).quality == prepared(with_letters(sound)).quality


def test_a_blank_image_is_set_aside_and_not_measured():
    blank = np.full((64, 48), 700, np.uint16)
    data = build_mammogram_bytes(blank, transfer_syntax_uid=ExplicitVRLittleEndian)
    with pytest.raises(Exception, match=RejectionReason.NO_BREAST_FOUND):
        make_network_input(data)


def test_every_measure_is_a_column_and_every_flag_is_in_its_meaning():
    columns = {column.name: column for column in IMAGES.columns}
    assert {field.name for field in fields(Quality)} <= columns.keys()
    assert quality_columns(None) == dict.fromkeys(field.name for field in fields(Quality))
    assert all(name in columns["quality_flags"].meaning for name in FINDINGS)
