"""Conformance cases of what lies between stored and display values: every trap of the VOI."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import cv2
import numpy as np
from pydicom import Dataset

from tasks.synthetic.conformance import Case, rejected
from tasks.synthetic.conformance_picture import (
    DisplayFractions,
    picture,
    picture_bytes,
    plain_bytes,
)

_WINDOW = {"WindowCenter": 2000, "WindowWidth": 3000}
_NO_WINDOW = {"WindowCenter": None, "WindowWidth": None}
_TOLERANCE = 2
_MONOCHROME1 = {"PhotometricInterpretation": "MONOCHROME1"}


def value_cases() -> Iterator[Case]:
    """The cases of windows, tables, polarity, padding, bits and sign."""
    for title, options, voi in (*_windows(), *_tables()):
        for polarity in ({}, _MONOCHROME1):
            told = f"{title}, {polarity.get('PhotometricInterpretation', 'MONOCHROME2')}"
            facts = {"voi": voi, "is_inverted": bool(polarity)}
            yield _case(told, {**options, **polarity}, facts)
    for title, options, facts in (*_bits(), *_paddings()):
        yield _case(title, options, facts)
    yield from _unusable()
    yield from _foreign_objects()


def _case(title: str, options: dict[str, Any], facts: dict[str, Any]) -> Case:
    return Case("any", "values", title, partial(picture_bytes, **options), facts, _TOLERANCE)


def _windows() -> Iterator[tuple[str, dict[str, Any], str]]:
    for function in ("LINEAR", "LINEAR_EXACT"):
        yield f"{function} window", {**_WINDOW, "VOILUTFunction": function}, function.lower()
    narrow = {"WindowCenter": 2000, "WindowWidth": 1200}  # a wider one has no black
    yield "SIGMOID window", {**narrow, "VOILUTFunction": "SIGMOID"}, "sigmoid"
    yield "window without a function", {**_WINDOW, "VOILUTFunction": None}, "linear"
    several = {"WindowCenter": [2000, 500, 3500], "WindowWidth": [3000, 200, 100]}
    yield "several windows: the first", several, "linear"


def _tables() -> Iterator[tuple[str, dict[str, Any], str]]:
    table = "voi_lut_sequence"
    yield "VOI LUT alone", {"VOILUTSequence": [_lut(12)], **_NO_WINDOW}, table
    narrow = {"WindowCenter": 100, "WindowWidth": 50}
    yield "VOI LUT beside a window: the LUT", {"VOILUTSequence": [_lut(12)], **narrow}, table
    two = [_lut(12), _lut(12, power=3.0)]
    yield "several VOI LUTs: the first", {"VOILUTSequence": two}, table
    yield "VOI LUT of 16 bits' output", {"VOILUTSequence": [_lut(16)]}, table
    rescale = {"RescaleSlope": 2, "RescaleIntercept": -500}
    window = {"WindowCenter": 3500, "WindowWidth": 6000}
    yield "window in rescaled units", {**rescale, **window}, "linear"
    modality = {"ModalityLUTSequence": [_lut(16)], "RescaleSlope": None}
    whole = {"WindowCenter": 32768, "WindowWidth": 65536, "RescaleIntercept": None}
    yield "Modality LUT before the window", {**modality, **whole}, "linear"


def _lut(bits: int, power: float = 1.5) -> Dataset:
    """A table of 4096 entries that bends the grey scale."""
    entries = np.round((np.arange(4096) / 4095) ** power * (2**bits - 1))
    item = Dataset()
    item.LUTDescriptor = [4096, 0, bits]
    item.LUTData = entries.astype("<u2").tobytes()
    item["LUTDescriptor"].VR, item["LUTData"].VR = "US", "OW"
    return item


def _bits() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for bits in range(9, 17):
        window = {"WindowCenter": 1 << (bits - 1), "WindowWidth": 1 << bits}
        yield f"{bits} bits stored", {"BitsStored": bits, **window}, {"bits_stored": bits}
    signed = {"is_signed": True, "WindowCenter": 0, "WindowWidth": 4096}
    yield "signed values", signed, {"is_signed": True}
    shifted = {
        "is_signed": True,
        "RescaleIntercept": 2048,
        "RescaleSlope": 1,
        "WindowCenter": 2048,
        "WindowWidth": 4096,
    }
    yield "signed values with an intercept", shifted, {"is_signed": True}
    inverse = {"PresentationLUTShape": "INVERSE", **_MONOCHROME1}
    yield "Presentation LUT Shape INVERSE with MONOCHROME1", inverse, {"is_inverted": True}
    identity = {"PresentationLUTShape": "IDENTITY", **_MONOCHROME1}
    yield "MONOCHROME1 with a contradicting IDENTITY", identity, {"is_inverted": True}


def _paddings() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for title, options in (
        ("padding at 0", {"PixelPaddingValue": 0}),
        ("padding at the brightest value", {"PixelPaddingValue": 4095}),
        ("padding at 4095, MONOCHROME1", {"PixelPaddingValue": 4095, **_MONOCHROME1}),
        ("padding at 0, MONOCHROME1", {"PixelPaddingValue": 0, **_MONOCHROME1}),
        (
            "padding range at the bright end",
            {"PixelPaddingValue": 4090, "PixelPaddingRangeLimit": 4095},
        ),
    ):
        yield title, options, {"pixel_padding_value": options["PixelPaddingValue"]}
    signed = {"is_signed": True, "WindowCenter": 0, "PixelPaddingValue": -2000}
    yield "padding, signed", signed, {"pixel_padding_value": -2000}


def _unusable() -> Iterator[Case]:
    for title, options in (
        ("window of no width", {"WindowWidth": 0}),
        ("VOI LUT Function of no standard", {"VOILUTFunction": "CUBIC"}),
        ("VOI LUT without entries", {"VOILUTSequence": [Dataset()]}),
    ):
        build = partial(plain_bytes, **options)
        yield Case("any", "values", title, build, rejected("damaged_pixels"))
    build = partial(picture_bytes, **_NO_WINDOW)
    facts = {"voi": "range_of_values"}
    yield Case("any", "values", "no VOI at all: the range of values", build, facts)


def _foreign_objects() -> Iterator[Case]:
    """What lies in the picture beside the breast, and must not reach the network."""
    for title, draw in (
        ("lead marker", _with_marker),
        ("bright frame", _with_frame),
        ("marker and frame", lambda: _with_frame(_with_marker())),
        ("bright background", _with_haze),
    ):
        yield Case("any", "pixels", title, partial(_drawn, draw), {}, _TOLERANCE)
    for title, shown in (("blank image", 0.0), ("evenly exposed plate", 0.6)):
        blank = np.full(picture().shape, shown)
        build = partial(picture_bytes, displayed=blank)
        yield Case("any", "pixels", title, build, rejected("no_breast_found"))
    build = partial(picture_bytes, displayed=_pattern())
    yield Case(
        "any", "pixels", "noise of an unexposed plate", build, rejected("no_breast_found")
    )


def _drawn(draw: Any) -> bytes:
    return picture_bytes(displayed=draw())


def _with_marker(shown: DisplayFractions | None = None) -> DisplayFractions:
    base = picture() if shown is None else shown
    letters = np.zeros(base.shape, np.uint8)
    cv2.putText(letters, "LCC", (222, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255,), 2)
    return np.maximum(base, letters / 255)


def _with_frame(shown: DisplayFractions | None = None) -> DisplayFractions:
    framed = (picture() if shown is None else shown).copy()
    framed[:6] = framed[-6:] = framed[:, -6:] = 1.0
    return framed


def _with_haze(shown: DisplayFractions | None = None) -> DisplayFractions:
    base = picture() if shown is None else shown
    return np.maximum(base, 0.006)


def _pattern() -> DisplayFractions:
    return np.random.default_rng(0).uniform(0, 1, picture().shape)
