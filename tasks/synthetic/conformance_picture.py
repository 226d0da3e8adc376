"""The one picture that the conformance set shows, under any way of storing it.

Display values are turned into stored values by searching pydicom's own VOI curve, so that the
set owes nothing to the code that it is run against.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi, apply_windowing
from pydicom.uid import UID, ExplicitVRLittleEndian

from tasks.synthetic.dicom import build_mammogram_bytes

ROWS, COLUMNS = 384, 288
_BEYOND_ANY_WINDOW = np.array([[-1e9, 1e9]])

DisplayFractions = NDArray[np.float64]


@cache
def picture() -> DisplayFractions:
    """Draw a breast with its chest wall at the left: tissue 0.25 to 0.9 on a black of 0."""
    row, column = np.mgrid[:ROWS, :COLUMNS].astype(np.float64)
    depth = 1 - ((row / ROWS - 0.5) / 0.4) ** 2 - (column / COLUMNS / 0.7) ** 2
    ripples = np.sin(row / 9) * np.cos(column / 7)
    tissue = 0.3 + 0.45 * np.sqrt(np.clip(depth, 0, None)) + 0.05 * ripples
    return np.where(depth > 0, np.clip(tissue, 0.25, 0.9), 0.0)


def picture_bytes(
    *,
    is_signed: bool = False,
    is_mirrored: bool = False,
    displayed: DisplayFractions | None = None,
    transfer_syntax_uid: UID = ExplicitVRLittleEndian,
    **attributes: Any,
) -> bytes:
    """Write a file that shows the picture.

    Args:
        is_signed: Whether stored values are.
        is_mirrored: Whether the chest wall is at the other side than the laterality's usual.
        displayed: Another picture.
        transfer_syntax_uid: Any that can be written.
        **attributes: For the builder; the VOI among them decides how the picture is stored.
    """
    shown = picture() if displayed is None else displayed
    if (attributes.get("image_laterality") == "R") != is_mirrored:
        shown = np.ascontiguousarray(shown[:, ::-1])
    return build_mammogram_bytes(
        store(shown, _header(attributes, is_signed=is_signed)),
        transfer_syntax_uid=transfer_syntax_uid,
        **attributes,
    )


def plain_bytes(**attributes: Any) -> bytes:
    """Write an even image, for attributes by which no picture can be stored."""
    even = np.ones((ROWS, COLUMNS), np.uint16)
    return build_mammogram_bytes(even, transfer_syntax_uid=ExplicitVRLittleEndian, **attributes)


def store(shown: DisplayFractions, header: Dataset) -> NDArray[Any]:
    """Find the stored values whose display values come nearest; black is padding if any is."""
    values = _possible_values(header)
    curve = _display_curve(values, header)
    if header.PhotometricInterpretation == "MONOCHROME1":
        curve = 1 - curve
    order = np.argsort(curve, kind="stable")
    places = np.searchsorted(curve[order], shown)
    above = order[np.clip(places, 0, order.size - 1)]
    below = order[np.clip(places - 1, 0, order.size - 1)]
    is_nearer = np.abs(curve[below] - shown) < np.abs(curve[above] - shown)
    stored = values[np.where(is_nearer, below, above)]
    if (padding := header.get("PixelPaddingValue")) is not None:
        stored[shown == 0] = padding
    return stored


def _header(attributes: dict[str, Any], *, is_signed: bool) -> Dataset:
    """What pydicom needs to apply the VOI."""
    bits = int(attributes.get("BitsStored", 12))
    values = {
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsStored": bits,
        "BitsAllocated": 8 if bits <= 8 and not is_signed else 16,
        "PixelRepresentation": int(is_signed),
        "WindowCenter": 1 << (bits - 1),
        "WindowWidth": 1 << bits,
        **attributes,
    }
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword, value in values.items():
        if keyword[0].isupper() and value is not None:
            setattr(header, keyword, value)
    return header


def _possible_values(header: Dataset) -> NDArray[Any]:
    dtype = f"{'i' if header.PixelRepresentation else 'u'}{header.BitsAllocated // 8}"
    low = -(1 << (header.BitsStored - 1)) if header.PixelRepresentation else 0
    return np.arange(low, low + (1 << header.BitsStored)).astype(dtype)


def _display_curve(values: NDArray[Any], header: Dataset) -> DisplayFractions:
    """Display fraction of each stored value before any inversion, by pydicom."""
    modality_values = np.atleast_2d(apply_modality_lut(values, header))
    if "VOILUTSequence" in header:
        bits = header.VOILUTSequence[0].LUTDescriptor[2]
        return apply_voi(modality_values.astype(np.int32), header)[0] / (2**bits - 1)
    if "WindowCenter" not in header:
        low, high = modality_values.min(), modality_values.max()
        return ((modality_values - low) / (high - low))[0]
    with np.errstate(over="ignore"):  # pydicom's exp, where the sigmoid is 0
        shown = apply_windowing(modality_values.astype(np.float64), header)[0]
        low, high = apply_windowing(_BEYOND_ANY_WINDOW, header)[0]
    return (shown - low) / (high - low)
