import json
import os
import shutil
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gdcm
import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.encaps import get_frame
from pydicom.uid import ExplicitVRLittleEndian

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.compiled import compiled
from tasks.preprocess.jpeg_lossless import Unsupported, decode_jpeg_lossless
from tasks.synthetic.dicom import build_mammogram_bytes
from tasks.synthetic.jpeg_lossless import encode_jpeg_lossless
from tests.support.jpeg_lossless_streams import encode, mammogram_like

DAMAGED, TRUNCATED = RejectionReason.DAMAGED_PIXELS, RejectionReason.TRUNCATED
VALUES = mammogram_like(90, 150, 12)
FRAME = encode_jpeg_lossless(VALUES, 12)
N_DAMAGED_FRAMES = 420


def decode(frame: bytes, shape: tuple[int, int] = (90, 150)) -> NDArray[np.uint16]:
    return decode_jpeg_lossless(frame, rows=shape[0], columns=shape[1])


def reason(frame: bytes, shape: tuple[int, int] = (90, 150)) -> RejectionReason:
    with pytest.raises(Rejected) as caught:
        decode(frame, shape)
    return caught.value.reason


def edit(marker: bytes, offset: int, value: bytes) -> bytes:
    at = FRAME.index(marker) + offset
    return FRAME[:at] + value + FRAME[at + len(value) :]


def insert_segment(marker: int, body: bytes) -> bytes:
    return FRAME[:2] + struct.pack(">BBH", 0xFF, marker, 2 + len(body)) + body + FRAME[2:]


@st.composite
def frames(draw: st.DrawFn) -> tuple[NDArray[np.uint16], int]:
    """Images of 2 to 16 bits with noise and flat runs, wider than the fast way needs."""
    bits = draw(st.integers(2, 16))
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 180))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    noise = rng.integers(0, 1 << draw(st.integers(1, bits)), (rows, columns))
    is_flat = rng.random((rows, columns)).cumsum(axis=1) % 40 < draw(st.integers(0, 40))
    return np.where(is_flat, draw(st.integers(0, (1 << bits) - 1)), noise).astype(
        np.uint16
    ), bits


@settings(deadline=None, max_examples=200)
@given(frames())
def test_every_image_comes_back_bit_exact(frame: tuple[NDArray[np.uint16], int]) -> None:
    values, bits = frame
    np.testing.assert_array_equal(
        decode(encode_jpeg_lossless(values, bits), values.shape), values
    )


@settings(deadline=None, max_examples=200)
@given(frames(), st.integers(1, 7))
def test_every_predictor_is_undone(
    frame: tuple[NDArray[np.uint16], int], predictor: int
) -> None:
    values, bits = frame
    stream = encode(values, bits, predictor)
    np.testing.assert_array_equal(decode(stream, values.shape), values)
    np.testing.assert_array_equal(imagecodecs.jpegsof3_decode(stream), values)


@pytest.mark.skipif(not shutil.which("dcmcjpeg"), reason="dcmtk is not installed")
@pytest.mark.parametrize("point_transform", [0, 3])
@pytest.mark.parametrize("predictor", [1, 2, 3, 4, 5, 6, 7])
def test_dcmtk_agrees(predictor: int, point_transform: int, tmp_path: Path) -> None:
    raw, compressed, decompressed = (tmp_path / name for name in ("raw", "compressed", "back"))
    raw.write_bytes(build_mammogram_bytes(VALUES, transfer_syntax_uid=ExplicitVRLittleEndian))
    options = ["+el", "+sv", str(predictor), "+pt", str(point_transform)]
    subprocess.run(["dcmcjpeg", *options, str(raw), str(compressed)], check=True)
    subprocess.run(["dcmdjpeg", str(compressed), str(decompressed)], check=True)
    frame = get_frame(dcmread(compressed).PixelData, 0, number_of_frames=1)
    np.testing.assert_array_equal(decode(frame), dcmread(decompressed).pixel_array)


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_frames_that_gdcm_writes_come_back(bits: int, tmp_path: Path) -> None:
    values = mammogram_like(70, 130, bits).astype(np.uint8 if bits == 8 else np.uint16)
    raw, compressed = tmp_path / "raw", tmp_path / "compressed"
    raw.write_bytes(
        build_mammogram_bytes(
            values, transfer_syntax_uid=ExplicitVRLittleEndian, BitsStored=bits
        )
    )
    reader, change, writer = (
        gdcm.ImageReader(),
        gdcm.ImageChangeTransferSyntax(),
        gdcm.ImageWriter(),
    )
    reader.SetFileName(str(raw))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    writer.SetFileName(str(compressed))
    assert writer.Write()
    frame = get_frame(dcmread(compressed).PixelData, 0, number_of_frames=1)
    np.testing.assert_array_equal(decode(frame, (70, 130)), values)


def test_frames_that_imagecodecs_writes_come_back() -> None:
    frame = imagecodecs.ljpeg_encode(VALUES, bitspersample=12)
    np.testing.assert_array_equal(decode(frame), VALUES)


def test_codes_longer_than_a_window_are_read() -> None:
    steps = np.repeat(2 ** np.arange(16), np.maximum(1, 2 ** (15 - np.arange(16))))
    values = (np.cumsum(steps) & 0xFFFF).astype(np.uint16)[None]
    frame = encode_jpeg_lossless(values, 16)
    np.testing.assert_array_equal(decode(frame, values.shape), values)


def test_a_table_without_a_code_for_no_difference_is_read() -> None:
    values = np.tile(np.array([5, 9], np.uint16), (3, 100))
    values[1] += 1
    frame = encode_jpeg_lossless(values, 12)
    np.testing.assert_array_equal(decode(frame, values.shape), values)


def test_views_comments_fill_bytes_and_padding_change_nothing() -> None:
    dressed = insert_segment(0xFE, b"a comment").replace(b"\xff\xc3", b"\xff\xff\xc3", 1)
    dressed = dressed[:-2] + b"\xff\xff\xd9\x00"
    for frame in (dressed, memoryview(FRAME), memoryview(bytearray(FRAME))):
        np.testing.assert_array_equal(decode(frame), VALUES)


def test_a_frame_that_lacks_only_its_end_of_image_is_read() -> None:
    np.testing.assert_array_equal(decode(FRAME[:-2]), VALUES)


def test_threads_share_the_decoder() -> None:
    with ThreadPoolExecutor(4) as pool:
        for values in pool.map(decode, [FRAME] * 16):
            np.testing.assert_array_equal(values, VALUES)


@pytest.mark.parametrize(
    "frame",
    [
        insert_segment(0xDD, b"\x00\x08"),
        edit(b"\xff\xc3", 1, b"\xc1"),
        edit(b"\xff\xc3", 5, b"\x00\x00"),
        edit(b"\xff\xda", 7, b"\x00"),
        edit(b"\xff\xda", 8, b"\x3f"),
        insert_segment(0xC3, struct.pack(">BHHB", 8, 90, 150, 3) + bytes(9)),
    ],
    ids=["restart", "process", "lines later", "predictor 0", "spectral", "components"],
)
def test_what_the_decoder_leaves_out_is_unsupported(frame: bytes) -> None:
    with pytest.raises(Unsupported):
        decode(frame)


@pytest.mark.parametrize(
    "frame",
    [
        b"GIF89a",
        edit(b"\xff\xc3", 1, b"\x02"),
        edit(b"\xff\xc3", 0, b"\x00"),
        edit(b"\xff\xc3", 3, b"\x0c"),
        edit(b"\xff\xc3", 4, b"\x11"),
        edit(b"\xff\xc3", 4, b"\x04"),
        edit(b"\xff\xc4", 5, b"\x03"),
        edit(b"\xff\xc4", 21, b"\x11"),
        edit(b"\xff\xc4", 21, FRAME[FRAME.index(b"\xff\xc4") + 22 :][:1]),
        edit(b"\xff\xc4", 4, b"\x01"),
        edit(b"\xff\xc4", 20, b"\xff"),
        edit(b"\xff\xda", 5, b"\x02"),
        edit(b"\xff\xda", 9, b"\x0c"),
        FRAME[:2] + FRAME[FRAME.index(b"\xff\xc4") :],
        FRAME[:-2] + b"\x12\x34\xff\xd9",
        FRAME[:-2] + b"\xff\xd0",
        FRAME[:400] + b"\xff\xd9" + FRAME[400:],
        FRAME[:400] + bytes(40) + FRAME[440:],
    ],
)
def test_a_damaged_frame_is_rejected(frame: bytes) -> None:
    assert reason(frame) is DAMAGED


@pytest.mark.parametrize("length", [3, 12, 40, 60, len(FRAME) // 2, len(FRAME) - 4])
def test_a_frame_that_ends_early_is_truncated(length: int) -> None:
    assert reason(FRAME[:length]) is TRUNCATED


def test_another_size_than_rows_and_columns_is_refused() -> None:
    assert reason(FRAME, (150, 90)) is RejectionReason.FRAME_SIZE_MISMATCH


def test_a_size_that_the_data_cannot_fill_is_refused_before_memory_is_taken() -> None:
    assert reason(edit(b"\xff\xc3", 5, b"\xff\xff\xff\xff"), (65535, 65535)) is DAMAGED


def test_a_value_of_more_bits_than_stored_is_damage() -> None:
    with pytest.raises(Rejected, match="does not fit into 9 bits"):
        decode_jpeg_lossless(FRAME, rows=90, columns=150, bits_stored=9)


def test_loops_compile_where_no_cache_can_be_kept() -> None:
    namespace: dict[str, object] = {}
    exec("def double(n): return 2 * n", namespace)  # no file, so no folder for a cache
    assert compiled("int64(int64)")(namespace["double"])(21) == 42


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """Counts by decoder, from a process that checks array bounds and may take 200 s."""
    cache = str(tmp_path_factory.mktemp("bounds_checked"))
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-m", "tests.support.jpeg_lossless_fuzz", str(N_DAMAGED_FRAMES)]
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, timeout=200
    )
    return json.loads(done.stdout)


def test_damage_never_crashes_hangs_or_leaves_the_arrays(
    counts: dict[str, dict[str, int]],
) -> None:
    for name in ("ours", "ours, told bits stored"):
        assert counts[name].keys() <= {"exact", "rejected", "unsupported", "wrong_pixels"}
        assert sum(counts[name].values()) == N_DAMAGED_FRAMES


def test_damage_is_noticed_far_more_often_than_by_the_library(
    counts: dict[str, dict[str, int]],
) -> None:
    assert counts["ours, told bits stored"]["wrong_pixels"] < N_DAMAGED_FRAMES / 50
    assert counts["ours"]["wrong_pixels"] < N_DAMAGED_FRAMES / 10
    assert counts["imagecodecs.ljpeg"]["wrong_pixels"] > N_DAMAGED_FRAMES / 2
