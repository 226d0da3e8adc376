"""Decoding against what was encoded, and against every other decoder that is installed."""

from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread, uid
from pydicom.pixels import apply_modality_lut, apply_voi, apply_windowing
from pydicom.pixels.decoders.base import get_decoder

from tasks.preprocess.codecs import decode
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.values import DISPLAY_MAX, apply_table, display_table
from tasks.synthetic.conformance_syntaxes import RAW
from tasks.synthetic.dicom import build_mammogram_bytes
from tasks.synthetic.encoding import ENCODERS
from tests.unit.tasks.preprocess.test_values import lookup

VOI = {
    "window": {"VOILUTFunction": "LINEAR"},
    "sigmoid": {"VOILUTFunction": "SIGMOID"},
    "table": {"VOILUTSequence": [lookup(0, list(range(0, 65536, 16)))]},
}


def stored_values(bits: int, *, is_signed: bool) -> np.ndarray:
    low = -(1 << (bits - 1)) if is_signed else 0
    values = np.random.default_rng(bits).integers(low, low + (1 << bits), (24, 16))
    values[0, :2] = low, low + (1 << bits) - 1
    return values.astype(np.int16 if is_signed else np.uint16)


def other_decodings(data: bytes) -> dict[str, np.ndarray]:
    """What every plugin of pydicom for the file's syntax makes of it, or pydicom itself."""
    dataset = dcmread(BytesIO(data))
    decoder = get_decoder(dataset.file_meta.TransferSyntaxUID)
    return {
        plugin: decoder.as_array(dataset, decoding_plugin=plugin, index=0)[0]
        for plugin in decoder.available_plugins or ("",)
    }


@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", [12, 14, 16])
@pytest.mark.parametrize("syntax", [*RAW, *ENCODERS], ids=lambda syntax: syntax.name)
def test_every_lossless_frame_is_bit_exact_by_all_decoders(syntax, bits, is_signed) -> None:
    values = stored_values(bits, is_signed=is_signed)
    data = build_mammogram_bytes(values, transfer_syntax_uid=syntax, BitsStored=bits)
    np.testing.assert_array_equal(decode(read_dataset(data)), values)
    for plugin, decoded in other_decodings(data).items():
        np.testing.assert_array_equal(decoded, values, err_msg=plugin)


@pytest.mark.parametrize("padding", [None, 7])
@pytest.mark.parametrize("voi", VOI)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", [12, 14, 16])
def test_display_values_are_pydicoms_at_any_depth(
    bits, is_signed, photometric, voi, padding
) -> None:
    values = stored_values(bits, is_signed=is_signed)
    values[1, 0] = 7
    data = build_mammogram_bytes(
        values,
        transfer_syntax_uid=uid.JPEGLosslessSV1,
        BitsStored=bits,
        WindowCenter=300,
        WindowWidth=1000,
        PhotometricInterpretation=photometric,
        PixelPaddingValue=padding,
        **VOI[voi],
    )
    dataset = read_dataset(data)
    stored = decode(dataset)
    shown = apply_table(stored, display_table(dataset, stored)) / DISPLAY_MAX
    expected = oracle(data, voi)
    if photometric == "MONOCHROME1":
        expected = 1 - expected
    if padding is not None:
        expected[values == padding] = 0
    np.testing.assert_allclose(shown, expected, atol=1 / DISPLAY_MAX, rtol=0)


def oracle(data: bytes, voi: str) -> np.ndarray:
    """pydicom's VOI on pydicom's pixels, brought to 0-1."""
    dataset = dcmread(BytesIO(data))
    values = apply_modality_lut(dataset.pixel_array, dataset)
    if voi == "table":
        return apply_voi(values.astype(np.int32), dataset) / DISPLAY_MAX
    ends = np.array([[-1e9, 1e9]])
    with np.errstate(over="ignore"):  # pydicom's exp, where the sigmoid is 0
        shown = apply_windowing(values, dataset)
        low, high = apply_windowing(ends, dataset)[0]
    return (shown - low) / (high - low)
