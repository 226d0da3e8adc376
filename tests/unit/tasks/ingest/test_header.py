"""Heads of objects, whole, cut and hostile."""

import random
import struct
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLosslessSV1,
)

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.header import HeaderLimits, parse_head, read_header
from tests.support.headers import mammogram, read_bytes

SYNTAXES = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    JPEGLosslessSV1,
]
VALID = {syntax: mammogram(transfer_syntax_uid=syntax) for syntax in SYNTAXES}
PLAIN = VALID[ExplicitVRLittleEndian]


def reason_of(data: bytes) -> RejectionReason | None:
    """Why a header is refused; anything but `Rejected` fails the test."""
    try:
        read_header(lambda n: data[:n], len(data))
    except Rejected as error:
        return error.reason
    return None


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_every_syntax_gives_the_header(syntax):
    header = read_header(lambda n: VALID[syntax][:n], len(VALID[syntax]))
    assert header.file_meta.TransferSyntaxUID == syntax
    assert header.ViewCodeSequence[0].CodeValue == "399162004"
    assert "PatientAddress" not in header
    assert "PixelData" not in header


def test_only_as_many_bytes_are_fetched_as_the_header_needs():
    asked: list[int] = []
    data = mammogram(ImageComments="x" * 9000)

    def fetch(n_bytes: int) -> bytes:
        asked.append(n_bytes)
        return data[:n_bytes]

    read_header(fetch, len(data), HeaderLimits(first_bytes=1000))
    assert asked == [1000, 4000, 16000]


def test_a_header_longer_than_the_limit_is_refused():
    data = mammogram(ImageComments="x" * 9000)
    with pytest.raises(Rejected, match="header_limit"):
        read_header(
            lambda n: data[:n], len(data), HeaderLimits(first_bytes=900, max_bytes=5000)
        )


@pytest.mark.parametrize(
    ("size_bytes", "reason"),
    [(0, RejectionReason.EMPTY_OBJECT), (1 << 40, RejectionReason.TOO_LARGE)],
)
def test_an_object_of_impossible_size_is_not_fetched(size_bytes: int, reason: RejectionReason):
    def fetch(n_bytes: int) -> bytes:
        raise AssertionError(n_bytes)

    with pytest.raises(Rejected, match=reason.value):
        read_header(fetch, size_bytes)


@pytest.mark.parametrize(
    "data", [b"x", b"MZ" + bytes(126), b"<html>" * 100, b"DICM", bytes(5000)]
)
def test_what_is_not_dicom_is_said_to_be_not_dicom(data: bytes):
    assert reason_of(data) == RejectionReason.NOT_DICOM


@pytest.mark.parametrize(
    "magic", [b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"<html>", b"II*\x00"]
)
def test_a_program_in_the_preamble_is_ignored(magic: bytes):
    assert reason_of(magic.ljust(128, b"\x90") + PLAIN[128:]) is None


def test_no_value_of_a_damaged_header_is_repeated():
    data = PLAIN.replace(b"1.2.840.10008.1.2.1\0", b"PEREZ^ANA\x80\xff.......\0", 1)
    result = read_bytes(data)
    assert "PEREZ" not in repr(result)


def nested(depth: int) -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    sequence = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
    return (sequence + item) * depth


def meta_only() -> bytes:
    """The file's start, up to its data set."""
    return PLAIN[: 128 + 4 + 12 + struct.unpack_from("<I", PLAIN, 140)[0]]


def test_sequences_nested_without_end_are_refused():
    assert reason_of(meta_only() + nested(5000)) == RejectionReason.HEADER_LIMIT


def test_a_deflate_bomb_is_refused_in_little_memory():
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = squeeze.compress(bytes(200 << 20)) + squeeze.flush()
    deflated = VALID[DeflatedExplicitVRLittleEndian]
    meta_end = 128 + 4 + 12 + struct.unpack_from("<I", deflated, 140)[0]
    assert reason_of(deflated[:meta_end] + bomb) == RejectionReason.HEADER_LIMIT


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_every_cut_ends_in_a_header_or_a_reason(syntax):
    data = VALID[syntax]
    for n_bytes in range(0, len(data), 7):
        reason_of(data[:n_bytes])
        assert parse_cut(data, n_bytes) in ("header", "more", "rejected")


def parse_cut(data: bytes, n_bytes: int) -> str:
    try:
        return "header" if parse_head(data[:n_bytes], is_whole=False) else "more"
    except Rejected:
        return "rejected"


@settings(max_examples=300, deadline=None)
@given(
    syntax=st.sampled_from(SYNTAXES),
    edits=st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6)), max_size=8),
)
@example(syntax=ExplicitVRLittleEndian, edits=[(128, b"XXXX")])
def test_mutated_bytes_end_in_a_row_or_a_reason(syntax, edits: list[tuple[int, bytes]]):
    data = bytearray(VALID[syntax])
    for place, change in edits:
        start = place % len(data)
        data[start : start + len(change)] = change
    result = read_bytes(bytes(data))
    assert result.instance is not None or result.reason is not None


def test_thousands_of_flips_end_in_a_row_or_a_reason():
    dice = random.Random(7)
    for _ in range(2000):
        data = bytearray(VALID[dice.choice(SYNTAXES)])
        for _ in range(dice.randrange(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        result = read_bytes(bytes(data))
        assert result.instance is not None or result.reason is not None
