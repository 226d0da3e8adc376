import tracemalloc
import zlib

import pytest
from pydicom import uid

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.codecs import decode
from tasks.preprocess.reading import ReadLimits, inflate, read_dataset
from tasks.preprocess.transform import make_network_input
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.mammograms import draw_breast

STORED = draw_breast(64, 48)
SMALL = ReadLimits(max_frame_pixels=64 * 48, max_header_bytes=1 << 16)


def reason(data: bytes, limits: ReadLimits = SMALL) -> RejectionReason:
    with pytest.raises(Rejected) as caught:
        read_dataset(data, limits)
    return caught.value.reason


def deflated(body: bytes) -> bytes:
    """A file whose deflated data set is `body`."""
    data = build_mammogram_bytes(STORED, transfer_syntax_uid=uid.DeflatedExplicitVRLittleEndian)
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    end_of_meta = 144 + int.from_bytes(data[140:144], "little")
    return data[:end_of_meta] + stream.compress(body) + stream.flush()


@pytest.mark.parametrize(
    "syntax",
    [uid.ImplicitVRLittleEndian, uid.DeflatedExplicitVRLittleEndian, uid.JPEG2000Lossless],
)
def test_only_what_pixels_need_is_kept(syntax) -> None:
    dataset = read_dataset(build_mammogram_bytes(STORED, transfer_syntax_uid=syntax))
    assert dataset.Rows, dataset.Columns == (64, 48)
    assert "PatientName" not in dataset
    assert "StudyInstanceUID" not in dataset
    assert "Mu" not in str(dataset)


def test_a_bomb_is_not_inflated() -> None:
    bomb = deflated(bytes(200 << 20))
    assert len(bomb) < 1 << 20
    tracemalloc.start()
    try:
        assert reason(bomb) == RejectionReason.FRAME_SIZE_MISMATCH
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_stream_of_exactly_the_limit_is_inflated() -> None:
    stream = zlib.compress(bytes(1000), wbits=-zlib.MAX_WBITS)
    assert inflate(stream, 1000) == bytes(1000)
    with pytest.raises(Rejected):
        inflate(stream, 999)


def test_a_million_elements_are_not_walked() -> None:
    element = b"\x09\x00\x10\x10LO\x02\x00ab"
    data = build_mammogram_bytes(STORED, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    end_of_meta = 144 + int.from_bytes(data[140:144], "little")
    crowd = data[:end_of_meta] + element * 1_000_000 + data[end_of_meta:]
    assert reason(crowd) == RejectionReason.DAMAGED_PIXELS


def test_a_deep_nest_is_refused() -> None:
    data = build_mammogram_bytes(STORED, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    end_of_meta = 144 + int.from_bytes(data[140:144], "little")
    sequence = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    assert reason(data[:end_of_meta] + sequence * 5000) == RejectionReason.DAMAGED_PIXELS


@pytest.mark.parametrize("data", [b"", b"\0" * 200, b"PK\x03\x04" + bytes(300), b"<html>" * 40])
def test_what_is_not_dicom_is_said(data) -> None:
    assert reason(data) == RejectionReason.NOT_DICOM


@pytest.mark.parametrize(
    "syntax",
    [uid.ExplicitVRLittleEndian, uid.JPEGLSLossless, uid.DeflatedExplicitVRLittleEndian],
)
def test_a_file_cut_at_any_byte_is_refused_or_keeps_its_rows(syntax) -> None:
    data = build_mammogram_bytes(STORED, transfer_syntax_uid=syntax)
    for end in range(132, len(data), 97):
        try:
            dataset = read_dataset(data[:end])
        except Rejected:
            continue
        assert dataset.Rows == 64


def test_values_that_break_the_standard_stay_quiet(recwarn) -> None:
    data = build_mammogram_bytes(STORED, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    assert b"2048" in data
    bad = data.replace(b"2048", b"20x8")
    with pytest.raises(Rejected, match="Window Center is not a usable number"):
        make_network_input(bad)
    assert not recwarn.list


def test_no_message_quotes_a_value() -> None:
    data = build_mammogram_bytes(STORED, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    messages = []
    for end in range(132, len(data), 211):
        try:
            decode(read_dataset(data[:end].replace(b"US", b"LO")))
        except Rejected as error:
            messages.append(str(error))
    assert len(messages) > 5
    assert "Mu" not in "".join(messages)
