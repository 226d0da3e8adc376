"""Stored values for a screen that windows them itself: every grey level, uncut by any window.

It chooses no window: the manufacturer's comes along as a table, to start from.

The file, little-endian: the length of its facts (uint32, a multiple of 4), the facts as JSON,
the modality value of each code (float32), its display value by the header's own VOI (uint16,
0-65535), then the pixels as codes (uint16), row by row. Codes are neighbours: they can be
averaged, which bit patterns of signed values cannot.
"""

import json
import zlib
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from tasks.preprocess.geometry import Geometry
from tasks.preprocess.values import (
    DISPLAY_MAX,
    StoredValues,
    display_table,
    find_padding,
    is_inverted,
    modality_values,
)

Codes = NDArray[np.uint16]

FASTEST = 1
_GZIP = 16 + zlib.MAX_WBITS
_EFFECTIVE = (0.02, 0.98)
"""Display fractions between which a VOI LUT counts as its window."""


@dataclass(frozen=True)
class ViewFacts:
    """What a screen must know of a view.

    Args:
        rows: Height, in pixels.
        columns: Width, in pixels.
        n_codes: Length of both tables; even.
        bits_stored: Of the image that the view is made of.
        center: Of the window that comes nearest to the header's VOI, in modality units.
        width: Its width, in modality units.
        is_inverted: Whether the lowest modality value is white.
        is_original: Whether these are the stored values, and not the reduced network input.
    """

    rows: int
    columns: int
    n_codes: int
    bits_stored: int
    center: float
    width: float
    is_inverted: bool
    is_original: bool


def original_view(
    dataset: Dataset, stored: StoredValues, geometry: Geometry, *, is_turned: bool
) -> bytes:
    """Pack the breast's crop of an image.

    Args:
        dataset: Its attributes from Modality LUT to Presentation LUT Shape.
        stored: [rows, columns] stored values, whole.
        geometry: Where the crop lies.
        is_turned: Whether left and right of the original change places.

    Returns:
        The file, compressed as gzip.
    """
    top, left = geometry.crop_top_px, geometry.crop_left_px
    crop = stored[top : top + geometry.crop_height_px, left : left + geometry.crop_width_px]
    if is_turned:
        crop = np.asarray(cv2.flip(crop, 1), crop.dtype)
    lowest, highest = int(crop.min()), int(crop.max())
    n_codes = (highest - lowest) // 2 * 2 + 2
    levels = np.minimum(np.arange(lowest, lowest + n_codes), np.iinfo(crop.dtype).max)
    of_level = levels.astype(crop.dtype)
    patterns = of_level.view(np.uint8 if of_level.itemsize == 1 else np.uint16)
    shown = display_table(dataset, crop)[patterns]
    codes = (crop.astype(np.int32) - lowest).astype(np.uint16)
    codes = _without_padding(codes, shown, find_padding(of_level, dataset))
    modality = modality_values(of_level, dataset)
    inverted = is_inverted(dataset)
    center, width = _effective_window(modality, shown, is_inverted=inverted)
    facts = ViewFacts(
        rows=codes.shape[0],
        columns=codes.shape[1],
        n_codes=n_codes,
        bits_stored=int(dataset.get("BitsStored") or 8 * crop.itemsize),
        center=center,
        width=width,
        is_inverted=inverted,
        is_original=True,
    )
    return pack_view(facts, modality, shown, codes)


def reduced_view(pixels: NDArray[np.uint8]) -> bytes:
    """Pack display values of 8 bits, such as a network input, in the same form."""
    levels = np.arange(256)
    facts = ViewFacts(
        pixels.shape[0],
        pixels.shape[1],
        256,
        8,
        127.5,
        255.0,
        is_inverted=False,
        is_original=False,
    )
    shown = (levels * (DISPLAY_MAX // 255)).astype(np.uint16)
    return pack_view(facts, levels, shown, pixels.astype(np.uint16))


def pack_view(
    facts: ViewFacts, modality: NDArray[np.number], shown: NDArray[np.uint16], codes: Codes
) -> bytes:
    """Write the file, compressed as gzip."""
    head = json.dumps(asdict(facts)).encode()
    head += b" " * (-len(head) % 4)
    packer = zlib.compressobj(FASTEST, zlib.DEFLATED, _GZIP)
    parts = (
        len(head).to_bytes(4, "little"),
        head,
        modality.astype("<f4").tobytes(),
        shown.astype("<u2").tobytes(),
        np.ascontiguousarray(codes, "<u2").tobytes(),
    )
    return b"".join([*map(packer.compress, parts), packer.flush()])


def _without_padding(
    codes: Codes, shown: NDArray[np.uint16], is_padding: NDArray[np.bool_]
) -> Codes:
    """Put the darkest code in the place of padding, so that no window makes it bright."""
    if not is_padding.any() or is_padding.all():
        return codes
    darkest = int(np.where(is_padding, DISPLAY_MAX + 1, shown.astype(np.int64)).argmin())
    return np.where(is_padding[codes], np.uint16(darkest), codes)


def _effective_window(
    modality: NDArray[np.float64], shown: NDArray[np.uint16], *, is_inverted: bool
) -> tuple[float, float]:
    """Center and width of the values that the VOI spreads between black and white."""
    fractions = shown / DISPLAY_MAX
    fractions = 1 - fractions if is_inverted else fractions
    low, high = _EFFECTIVE
    spread = modality[(fractions > low) & (fractions < high)]
    ends = spread if spread.size > 1 else modality
    first, last = float(ends.min()), float(ends.max())
    width = max((last - first) / (high - low), 1.0)
    return (first + last) / 2, width
