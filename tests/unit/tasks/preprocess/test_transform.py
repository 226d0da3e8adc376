import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import uid

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX
from tasks.errors import UNSCORABLE_REASONS, Rejected, RejectionReason
from tasks.preprocess import transform
from tasks.preprocess.breast import find_breast
from tasks.preprocess.transform import (
    PARAMETERS,
    PREPROCESSING_VERSION,
    NetworkInput,
    make_network_input,
)
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.mammograms import draw_breast

RAW = uid.ExplicitVRLittleEndian


def make(stored: np.ndarray, **attributes) -> NetworkInput:
    return make_network_input(
        build_mammogram_bytes(stored, **{"transfer_syntax_uid": RAW, **attributes})
    )


@pytest.mark.parametrize("size", [(64, 48), (320, 240), (1300, 1000), (2600, 2000), (80, 400)])
def test_any_size_fills_one_side_of_the_input(size) -> None:
    made = make(draw_breast(*size))
    assert made.pixels.shape == (INPUT_HEIGHT_PX, INPUT_WIDTH_PX)
    assert made.pixels.dtype == np.uint8
    used_rows, used_columns = made.pixels.any(axis=1), made.pixels.any(axis=0)
    assert used_rows[-96:].any() or used_columns[-48:].any()
    assert used_columns[:2].all()


def test_a_breast_on_either_side_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    monkeypatch.setattr(
        transform, "find_breast", lambda *given: found.append(1) or find_breast(*given)
    )
    for stored in (draw_breast(640, 480), draw_breast(640, 480)[:, ::-1]):
        make(np.ascontiguousarray(stored))
    assert len(found) == 2


@pytest.mark.parametrize("is_right", [False, True])
def test_what_is_bright_on_the_other_side_does_not_turn_a_breast(is_right: bool) -> None:
    stored = draw_breast(640, 480) // 2
    marked = stored.copy()
    marked[20:330, 360:470] = 4095
    turned = (
        np.ascontiguousarray(one[:, :: -1 if is_right else 1]) for one in (stored, marked)
    )
    alone, beside = (make(one) for one in turned)
    assert marked[:, 240:].sum() > marked[:, :240].sum(), "the bright part tips no scale"
    assert beside.geometry == alone.geometry
    assert beside.geometry.is_flipped == is_right


def test_background_outside_the_outline_is_zero() -> None:
    stored = draw_breast(640, 480)
    troubled = stored.copy()
    troubled[600:630, 300:330] = 4095
    troubled[stored == 0] += 20
    made, clean = make(troubled), make(stored)
    outside = clean.pixels == 0
    assert made.pixels[outside].mean() < 1
    assert abs(made.pixels.astype(int) - clean.pixels).mean() < 1


@given(st.integers(100, 700), st.integers(80, 600), st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_a_mirrored_file_gives_the_same_input(rows, columns, seed) -> None:
    stored = draw_breast(rows, columns, seed=seed)
    left, right = make(stored), make(np.ascontiguousarray(stored[:, ::-1]))
    np.testing.assert_array_equal(left.pixels, right.pixels)
    assert right.geometry.is_flipped
    row, column = left.geometry.to_original(100, 50)
    assert right.geometry.to_original(100, 50) == pytest.approx((row, columns - column))


@pytest.mark.parametrize(
    "syntax",
    [
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.DeflatedExplicitVRLittleEndian,
        uid.RLELossless,
        uid.JPEGLossless,
        uid.JPEGLosslessSV1,
        uid.JPEGLSLossless,
        uid.JPEG2000Lossless,
        uid.HTJ2KLossless,
    ],
    ids=lambda syntax: syntax.name,
)
def test_every_lossless_syntax_gives_the_same_input(syntax) -> None:
    stored = draw_breast()
    made = make(stored, transfer_syntax_uid=syntax)
    np.testing.assert_array_equal(made.pixels, make(stored).pixels)


def test_monochrome1_gives_the_input_of_monochrome2() -> None:
    stored = draw_breast()
    inverted = make(4095 - stored, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(inverted.pixels, make(stored).pixels)


def test_twelve_and_sixteen_bits_give_the_same_input() -> None:
    stored = draw_breast()
    deep = make(
        stored * 16,
        BitsStored=16,
        WindowCenter=2048 * 16,
        WindowWidth=4095 * 16,
        VOILUTFunction="LINEAR_EXACT",
    )
    shallow = make(stored, WindowCenter=2048, WindowWidth=4095, VOILUTFunction="LINEAR_EXACT")
    np.testing.assert_array_equal(deep.pixels, shallow.pixels)


@pytest.mark.parametrize("is_flipped", [False, True])
def test_a_lesion_is_where_the_geometry_says(is_flipped) -> None:
    stored = draw_breast(1600, 1200)
    stored[700:740, 300:340] = 4095
    if is_flipped:
        stored = np.ascontiguousarray(stored[:, ::-1])
    made = make(stored)
    rows, columns = np.nonzero(made.pixels > 250)
    box = made.geometry.box_to_original(
        rows.min(), columns.min(), np.ptp(rows) + 1, np.ptp(columns) + 1
    )
    left = 1200 - 340 if is_flipped else 300
    assert list(box.values()) == pytest.approx([700, left, 40, 40], abs=5)


def test_a_blank_image_is_a_reason() -> None:
    with pytest.raises(Rejected) as caught:
        make(np.zeros((320, 240), np.uint16))
    assert caught.value.reason == RejectionReason.NO_BREAST_FOUND


@given(st.integers(1, 3000), st.integers(1, 40), st.booleans(), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_any_shape_is_an_input_or_a_reason(long, short, is_wide, seed) -> None:
    noise = np.random.default_rng(seed).integers(0, 4096, (long, short)).astype(np.uint16)
    smooth = np.sort(np.sort(noise, axis=0), axis=1)
    reason = None
    try:
        make(np.ascontiguousarray(smooth.T if is_wide else smooth))
    except Rejected as error:
        reason = error.reason
    assert reason in (None, RejectionReason.NO_BREAST_FOUND)


def test_the_version_is_the_parameters_digest() -> None:
    record = json.dumps(PARAMETERS, sort_keys=True).encode()
    assert hashlib.sha256(record).hexdigest()[:12] == PREPROCESSING_VERSION
    assert {"input", "breast", "resize", "voi", "revision"} <= PARAMETERS.keys()


def test_another_process_without_vector_instructions_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, sys;"
        "from tasks.preprocess.transform import make_network_input;"
        "data = sys.stdin.buffer.read();"
        "print(hashlib.sha256(make_network_input(data).pixels.tobytes()).hexdigest())"
    )
    data = build_mammogram_bytes(draw_breast(1300, 1000), transfer_syntax_uid=RAW)
    here = hashlib.sha256(make_network_input(data).pixels.tobytes()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=data,
        capture_output=True,
        check=True,
        env={**os.environ, "OPENCV_CPU_DISABLE": "AVX2", "NPY_DISABLE_CPU_FEATURES": "AVX2"},
    )
    assert there.stdout.decode().strip() == here


@given(st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_damaged_file_is_an_input_or_a_reason(random) -> None:
    """Only syntaxes whose decoders do not die of damage; those that do run in workers."""
    syntax = random.choice([RAW, uid.JPEGLSLossless, uid.DeflatedExplicitVRLittleEndian])
    data = bytearray(build_mammogram_bytes(draw_breast(64, 48), transfer_syntax_uid=syntax))
    for _ in range(random.randint(1, 20)):
        data[random.randrange(132, len(data))] = random.randrange(256)
    reason = None
    try:
        make_network_input(bytes(data[: random.randint(len(data) // 2, len(data))]))
    except Rejected as error:
        reason = error.reason
    assert reason is None or reason in UNSCORABLE_REASONS


def test_opencv_runs_on_one_thread() -> None:
    assert transform.cv2.getNumThreads() == 1
