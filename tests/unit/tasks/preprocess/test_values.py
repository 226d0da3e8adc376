import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut, apply_windowing

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.values import DISPLAY_MAX, apply_table, display_table

ROUNDING = 0.5 / DISPLAY_MAX + 1e-9
"""A display value is the nearest of 65 536 steps of the oracle's real number."""


def header(**attributes) -> Dataset:
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.PixelRepresentation = 16, 12, 0
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def lookup(first_value: int, entries: list[int], bits: int = 16) -> Dataset:
    item = Dataset()
    item.LUTDescriptor = [len(entries), first_value, bits]
    item.LUTData = entries
    item["LUTData"].VR = "US"
    return item


def shown(dataset: Dataset, stored: np.ndarray) -> np.ndarray:
    return apply_table(stored, display_table(dataset, stored)) / DISPLAY_MAX


def oracle(dataset: Dataset, stored: np.ndarray) -> np.ndarray:
    """pydicom's window on pydicom's modality values, brought to 0-1."""
    ends = np.array([[-1e9, 1e9]])
    with np.errstate(over="ignore"):  # pydicom's exp, where the sigmoid is 0
        values = apply_windowing(apply_modality_lut(stored, dataset), dataset)
        low, high = apply_windowing(ends, dataset)[0]
    return (values - low) / (high - low)


EVERY_UNSIGNED = np.arange(4096, dtype=np.uint16).reshape(64, 64)
EVERY_SIGNED = np.arange(-2048, 2048, dtype=np.int16).reshape(64, 64)


@given(
    center=st.floats(-3000, 6000),
    width=st.floats(1, 9000),
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    slope=st.floats(0.1, 4),
    intercept=st.floats(-2000, 2000),
    is_signed=st.booleans(),
)
def test_windows_are_pydicoms(center, width, function, slope, intercept, is_signed) -> None:
    dataset = header(
        WindowCenter=round(center, 3),
        WindowWidth=max(1.0, round(width, 3)),
        VOILUTFunction=function,
        RescaleSlope=round(slope, 3),
        RescaleIntercept=round(intercept, 3),
        PixelRepresentation=int(is_signed),
    )
    stored = EVERY_SIGNED if is_signed else EVERY_UNSIGNED
    np.testing.assert_allclose(
        shown(dataset, stored), oracle(dataset, stored), atol=ROUNDING, rtol=0
    )


@given(
    first_value=st.integers(-100, 3000),
    entries=st.lists(st.integers(0, 65535), min_size=2, max_size=300),
    is_signed=st.booleans(),
)
def test_a_voi_table_is_pydicoms(first_value, entries, is_signed) -> None:
    dataset = header(VOILUTSequence=[lookup(first_value, entries)])
    stored = EVERY_SIGNED if is_signed else EVERY_UNSIGNED
    expected = apply_voi_lut(stored.astype(np.int32), dataset)
    np.testing.assert_array_equal(
        np.rint(shown(dataset, stored) * DISPLAY_MAX).astype(int), expected
    )


@given(st.lists(st.integers(0, 4095), min_size=2, max_size=300), st.integers(0, 3000))
def test_a_modality_table_is_pydicoms(entries, first_value) -> None:
    dataset = header(
        ModalityLUTSequence=[lookup(first_value, entries)], WindowCenter=2048, WindowWidth=4096
    )
    expected = apply_modality_lut(EVERY_UNSIGNED.astype(np.int32), dataset) / 4095
    np.testing.assert_allclose(shown(dataset, EVERY_UNSIGNED), expected, atol=ROUNDING, rtol=0)


def test_a_table_comes_before_a_window_and_the_first_window_before_others() -> None:
    window = {"WindowCenter": [1000, 3000], "WindowWidth": [500, 100]}
    first = header(WindowCenter=1000, WindowWidth=500)
    table = {"VOILUTSequence": [lookup(0, [0, 65535])]}
    assert (shown(header(**window), EVERY_UNSIGNED) == shown(first, EVERY_UNSIGNED)).all()
    assert (
        shown(header(**window, **table), EVERY_UNSIGNED)
        == shown(header(**table), EVERY_UNSIGNED)
    ).all()


def test_monochrome1_is_inverted_after_the_window() -> None:
    window = {"WindowCenter": 1000, "WindowWidth": 500}
    upright = shown(header(**window), EVERY_UNSIGNED)
    turned = shown(header(**window, PhotometricInterpretation="MONOCHROME1"), EVERY_UNSIGNED)
    np.testing.assert_allclose(turned, 1 - upright, atol=2 * ROUNDING)
    inverse = header(**window, PresentationLUTShape="INVERSE")
    assert (shown(inverse, EVERY_UNSIGNED) == turned).all()


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_whatever_the_polarity(photometric) -> None:
    dataset = header(
        PhotometricInterpretation=photometric,
        PixelPaddingValue=4000,
        PixelPaddingRangeLimit=4095,
    )
    values = shown(dataset, EVERY_UNSIGNED).ravel()
    assert (values[4000:] == 0).all()
    assert values[:4000].max() == 1


def test_padding_of_the_other_sign_is_found_by_its_bits() -> None:
    stored = np.array([[-2048, 0, 2047]], np.int16)
    dataset = header(
        PixelRepresentation=1, PixelPaddingValue=0xF800, WindowCenter=-3000, WindowWidth=2
    )
    assert shown(dataset, stored).tolist() == [[0, 1, 1]]


def test_without_a_window_the_image_shows_its_range_without_padding() -> None:
    stored = np.array([[0, 1000, 1500, 2000]], np.uint16)
    values = shown(header(PixelPaddingValue=0), stored)
    np.testing.assert_allclose(values, [[0, 0, 0.5, 1]], atol=ROUNDING)


def test_eight_bits_are_looked_up_too() -> None:
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    values = shown(header(BitsStored=8, WindowCenter=128, WindowWidth=256), stored)
    np.testing.assert_allclose(values, stored / 255, atol=ROUNDING)


@pytest.mark.parametrize(
    "attributes",
    [
        {"WindowCenter": 1, "WindowWidth": 0},
        {"WindowCenter": 1, "WindowWidth": -5, "VOILUTFunction": "SIGMOID"},
        {"WindowCenter": 1, "WindowWidth": 5, "VOILUTFunction": "CUBIC"},
        {"VOILUTSequence": [Dataset()]},
        {"VOILUTSequence": [lookup(0, [1, 2], bits=99)]},
    ],
)
def test_what_cannot_be_used_is_a_reason(attributes) -> None:
    with pytest.raises(Rejected) as caught:
        shown(header(**attributes), EVERY_UNSIGNED)
    assert caught.value.reason == RejectionReason.DAMAGED_PIXELS
