import shutil
import subprocess
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pydicom import dcmread

from tasks.synthetic.dicom import build_mammogram_bytes
from tasks.synthetic.jpeg_lossless import encode_jpeg_lossless

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)


@st.composite
def frames(draw: st.DrawFn) -> tuple[np.ndarray, int]:
    bits = draw(st.integers(2, 16))
    elements = st.integers(0, (1 << bits) - 1)
    return draw(hnp.arrays(np.uint16, SHAPES, elements=elements)), bits


@settings(deadline=None, max_examples=150)
@given(frames())
def test_two_decoders_give_the_values_back(frame: tuple[np.ndarray, int]) -> None:
    values, bits = frame
    stream = encode_jpeg_lossless(values, bits)
    np.testing.assert_array_equal(imagecodecs.ljpeg_decode(stream), values)
    np.testing.assert_array_equal(imagecodecs.jpegsof3_decode(stream), values)


def test_the_scan_header_names_predictor_1() -> None:
    stream = encode_jpeg_lossless(np.zeros((3, 4), np.uint16), 12)
    scan = stream.index(b"\xff\xda")
    assert stream[scan + 7] == 1


def test_skewed_differences_keep_codes_within_16_bits() -> None:
    steps = np.repeat(2 ** np.arange(16), np.maximum(1, 2 ** (15 - np.arange(16))))
    values = (np.cumsum(steps) & 0xFFFF).astype(np.uint16)[None]
    stream = encode_jpeg_lossless(values, 16)
    np.testing.assert_array_equal(imagecodecs.ljpeg_decode(stream), values)


@pytest.mark.parametrize(
    ("values", "bits"), [(np.array([[16]], np.uint16), 4), (np.zeros((0, 3), np.uint16), 8)]
)
def test_what_a_frame_cannot_hold_is_refused(values: np.ndarray, bits: int) -> None:
    with pytest.raises(ValueError, match=r"fit|shape"):
        encode_jpeg_lossless(values, bits)


@pytest.mark.skipif(not shutil.which("dcmdjpeg"), reason="dcmtk is not installed")
def test_dcmtk_reads_the_object_bit_exact(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 4096, (65, 33)).astype(np.uint16)
    compressed, raw = tmp_path / "a.dcm", tmp_path / "b.dcm"
    compressed.write_bytes(build_mammogram_bytes(values))
    subprocess.run(["dcmdjpeg", str(compressed), str(raw)], check=True)
    np.testing.assert_array_equal(dcmread(raw).pixel_array, values)
