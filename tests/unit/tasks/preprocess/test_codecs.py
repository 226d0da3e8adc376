import struct
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset, uid
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array

from tasks.errors import UNSCORABLE_REASONS, Rejected, RejectionReason
from tasks.preprocess.codec_samples import SAMPLES
from tasks.preprocess.codecs import CODECS, check_codecs, decode
from tasks.synthetic.dicom import build_mammogram
from tests.support.mammograms import draw_breast

LOSSLESS = [
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.RLELossless,
    uid.JPEGLossless,
    uid.JPEGLosslessSV1,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
    uid.HTJ2KLossless,
]
COMPRESSED = [syntax for syntax in CODECS if syntax.is_encapsulated]


def reason(dataset: Dataset, **limits) -> RejectionReason:
    with pytest.raises(Rejected) as caught:
        decode(dataset, **limits)
    assert caught.value.reason in UNSCORABLE_REASONS
    return caught.value.reason


def compressed(syntax: uid.UID) -> Dataset:
    (sample,) = (one for one in SAMPLES if one.transfer_syntax_uid == syntax)
    return sample.dataset()


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_every_lossless_syntax_gives_the_stored_values(syntax, bits) -> None:
    stored = (draw_breast().astype(np.uint32) * (2**bits - 1) // 4095).astype(
        np.uint8 if bits == 8 else np.uint16
    )
    dataset = build_mammogram(stored, transfer_syntax_uid=syntax, BitsStored=bits)
    decoded = decode(dataset)
    np.testing.assert_array_equal(decoded, stored)
    assert decoded.dtype == stored.dtype


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("bits", [12, 16])
def test_signed_values_keep_their_sign(syntax, bits) -> None:
    half = 2 ** (bits - 1)
    stored = np.linspace(-half, half - 1, 320 * 240).reshape(320, 240).astype(np.int16)
    patterns = stored.view(np.uint16) & (2**bits - 1)
    dataset = build_mammogram(patterns, transfer_syntax_uid=syntax, BitsStored=bits)
    dataset.PixelRepresentation = 1
    np.testing.assert_array_equal(decode(dataset), stored)


def test_bits_above_bits_stored_are_not_values() -> None:
    stored = draw_breast()
    dataset = build_mammogram(stored, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    dataset.PixelData = (stored | 0xA000).tobytes()
    np.testing.assert_array_equal(decode(dataset), stored)
    dataset.PixelRepresentation = 1
    np.testing.assert_array_equal(decode(dataset), pixel_array(dataset))


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.name)
def test_decoding_agrees_with_pydicom(syntax) -> None:
    dataset = build_mammogram(draw_breast(97, 61), transfer_syntax_uid=syntax)
    np.testing.assert_array_equal(decode(dataset), pixel_array(dataset))


@pytest.mark.parametrize("syntax", CODECS, ids=lambda syntax: syntax.name)
def test_every_codec_has_a_sample_that_decodes(syntax) -> None:
    assert check_codecs()[f"{syntax.name} by {CODECS[syntax].name}"] is None


def test_a_codec_that_is_broken_shows(monkeypatch) -> None:
    syntax = uid.JPEG2000Lossless
    broken = replace(CODECS[syntax], name="broken", decoder=lambda *_: np.zeros((16, 8), "u2"))
    monkeypatch.setitem(CODECS, syntax, broken)
    assert "off by" in (check_codecs()[f"{syntax.name} by broken"] or "")


def test_a_fallback_does_not_hide_a_broken_codec(monkeypatch) -> None:
    syntax = uid.JPEG2000Lossless
    broken = replace(CODECS[syntax], name="broken", decoder=lambda *_: 1 / 0)
    monkeypatch.setitem(CODECS, syntax, broken)
    assert "ZeroDivisionError" in (check_codecs()[f"{syntax.name} by broken"] or "")


@pytest.mark.parametrize("syntax", [uid.JPEG2000Lossless, uid.JPEGLosslessSV1])
def test_pydicom_takes_over_what_the_fastest_decoder_cannot_read(syntax, monkeypatch) -> None:
    expected = decode(compressed(syntax))
    monkeypatch.setitem(CODECS, syntax, replace(CODECS[syntax], decoder=lambda *_: 1 / 0))
    np.testing.assert_array_equal(decode(compressed(syntax)), expected)


@pytest.mark.parametrize(
    "syntax", [one for one in CODECS if CODECS[one].read_header], ids=lambda syntax: syntax.name
)
def test_a_frame_of_another_size_never_meets_a_decoder(syntax, monkeypatch) -> None:
    calls = []
    monkeypatch.setitem(CODECS, syntax, replace(CODECS[syntax], decoder=calls.append))
    dataset = compressed(syntax)
    dataset.Columns = 9
    assert reason(dataset) == RejectionReason.FRAME_SIZE_MISMATCH
    assert calls == []


def test_an_rle_frame_of_another_size_is_refused() -> None:
    dataset = compressed(uid.RLELossless)
    dataset.Rows = 17
    assert reason(dataset) == RejectionReason.DAMAGED_PIXELS


def test_a_header_that_claims_too_much_is_refused_unread() -> None:
    frame = b"\xff\xd8\xff\xc3" + struct.pack(">HBHHB", 11, 16, 65535, 65535, 1) + bytes(99)
    dataset = compressed(uid.JPEGLosslessSV1)
    dataset.PixelData = encapsulate([frame])
    dataset.Rows = dataset.Columns = 65535
    assert reason(dataset) == RejectionReason.FRAME_SIZE_MISMATCH


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian])
def test_too_few_raw_bytes_are_truncation_with_numbers(syntax) -> None:
    dataset = build_mammogram(draw_breast(), transfer_syntax_uid=syntax)
    dataset.PixelData = dataset.PixelData[:-2]
    with pytest.raises(Rejected, match="153598 of 153600 bytes") as caught:
        decode(dataset)
    assert caught.value.reason == RejectionReason.TRUNCATED


@pytest.mark.parametrize("syntax", COMPRESSED, ids=lambda syntax: syntax.name)
def test_a_fragment_that_ends_early_is_refused(syntax) -> None:
    dataset = compressed(syntax)
    dataset.PixelData = dataset.PixelData[: len(dataset.PixelData) // 2]
    assert reason(dataset) == RejectionReason.TRUNCATED


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"NumberOfFrames": 2}, RejectionReason.MULTI_FRAME),
        ({"SamplesPerPixel": 3}, RejectionReason.DAMAGED_PIXELS),
        ({"PhotometricInterpretation": "RGB"}, RejectionReason.DAMAGED_PIXELS),
        ({"BitsAllocated": 32}, RejectionReason.DAMAGED_PIXELS),
        ({"BitsStored": 17}, RejectionReason.DAMAGED_PIXELS),
        ({"Rows": None}, RejectionReason.FRAME_SIZE_MISMATCH),
        ({"Rows": 0}, RejectionReason.FRAME_SIZE_MISMATCH),
        ({"BitsAllocated": 8, "BitsStored": 8}, RejectionReason.DAMAGED_PIXELS),
    ],
)
def test_what_is_no_single_grey_frame_is_refused(attributes, expected) -> None:
    dataset = compressed(uid.JPEGLosslessSV1)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    assert reason(dataset) == expected


def test_an_unknown_transfer_syntax_is_named() -> None:
    dataset = compressed(uid.JPEGLosslessSV1)
    dataset.file_meta.TransferSyntaxUID = uid.MPEG2MPML
    assert reason(dataset) == RejectionReason.TRANSFER_SYNTAX_UNSUPPORTED


def test_a_frame_in_several_fragments_is_one_frame() -> None:
    dataset = build_mammogram(draw_breast(), transfer_syntax_uid=uid.JPEG2000Lossless)
    whole = decode(dataset)
    frame = imagecodecs.jpeg2k_encode(whole, level=0, reversible=True, codecformat="j2k")
    dataset.PixelData = encapsulate([bytes(frame)], fragments_per_frame=3)
    np.testing.assert_array_equal(decode(dataset), whole)


def test_a_boxed_jpeg_2000_frame_is_read() -> None:
    stored = draw_breast()
    dataset = build_mammogram(stored, transfer_syntax_uid=uid.JPEG2000Lossless)
    frame = imagecodecs.jpeg2k_encode(stored, level=0, reversible=True, codecformat="jp2")
    dataset.PixelData = encapsulate([bytes(frame)])
    np.testing.assert_array_equal(decode(dataset), stored)
