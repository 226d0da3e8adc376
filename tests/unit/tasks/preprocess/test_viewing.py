"""Packed views: every code leads back to its stored, modality and display value."""

import json
import zlib

import numpy as np
import pytest

from tasks.preprocess.geometry import Geometry
from tasks.preprocess.values import DISPLAY_MAX, apply_table, display_table, modality_values
from tasks.preprocess.viewing import original_view, reduced_view
from tasks.synthetic.dicom import build_mammogram
from tests.support.mammograms import draw_breast

WHOLE = Geometry(0, 0, 320, 240, is_flipped=False, scale=1.0)


def unpack(packed: bytes):
    data = zlib.decompress(packed, 16 + zlib.MAX_WBITS)
    start = 4 + int.from_bytes(data[:4], "little")
    facts = json.loads(data[4:start])
    n = facts["n_codes"]
    modality = np.frombuffer(data, "<f4", n, start)
    shown = np.frombuffer(data, "<u2", n, start + 4 * n)
    codes = np.frombuffer(data, "<u2", offset=start + 6 * n)
    return facts, modality, shown, codes.reshape(facts["rows"], facts["columns"])


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"WindowCenter": 900, "WindowWidth": 700, "RescaleIntercept": -100, "RescaleSlope": 2},
        {"PixelRepresentation": 1},
    ],
)
def test_a_screen_shows_what_the_network_input_is_made_of(attributes):
    stored = draw_breast()
    if attributes.get("PixelRepresentation"):
        stored = (stored.astype(np.int32) - 1000).astype(np.int16)
    dataset = build_mammogram(stored, **attributes)
    facts, modality, shown, codes = unpack(
        original_view(dataset, stored, WHOLE, is_turned=False)
    )
    assert (facts["bits_stored"], facts["is_original"]) == (12, True)
    np.testing.assert_array_equal(modality[codes], modality_values(stored, dataset))
    expected = apply_table(stored, display_table(dataset, stored))
    np.testing.assert_array_equal(shown[codes], expected)


def test_the_crop_is_turned_for_hanging():
    stored = draw_breast()
    geometry = Geometry(10, 20, 100, 50, is_flipped=False, scale=1.0)
    dataset = build_mammogram(stored)
    _, modality, _, codes = unpack(original_view(dataset, stored, geometry, is_turned=True))
    np.testing.assert_array_equal(modality[codes], stored[10:110, 20:70][:, ::-1])


def test_padding_is_dark_in_every_window():
    stored = draw_breast()
    stored[:, 200:] = 4095
    dataset = build_mammogram(stored, PixelPaddingValue=4095)
    _, modality, shown, codes = unpack(original_view(dataset, stored, WHOLE, is_turned=False))
    assert shown[codes][:, 200:].max() == 0
    assert modality[codes][:, 200:].max() == modality[codes].min()


@pytest.mark.parametrize("intensity", ["MONOCHROME1", "MONOCHROME2"])
def test_the_window_to_start_from_is_the_headers(intensity):
    stored = draw_breast()
    dataset = build_mammogram(
        stored, WindowCenter=1200, WindowWidth=800, PhotometricInterpretation=intensity
    )
    facts, *_ = unpack(original_view(dataset, stored, WHOLE, is_turned=False))
    assert facts["center"] == pytest.approx(1200, abs=2)
    assert facts["width"] == pytest.approx(800, abs=8)
    assert facts["is_inverted"] == (intensity == "MONOCHROME1")


def test_a_network_input_comes_in_the_same_form():
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    facts, modality, shown, codes = unpack(reduced_view(pixels))
    assert not facts["is_original"]
    np.testing.assert_array_equal(modality[codes], pixels)
    assert shown[codes].max() == DISPLAY_MAX
