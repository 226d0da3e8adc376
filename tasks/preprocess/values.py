"""Stored values to display values: Modality LUT, VOI, polarity and padding as one table.

It computes on the at most 65 536 possible stored values and is applied to an image once.
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.attributes import first_item, real, text, whole
from tasks.preprocess.lookup_table import read_lookup_table
from tasks.preprocess.windows import (
    WINDOWS,
    DisplayFractions,
    ModalityValues,
    window_linear_exact,
)

StoredValues: TypeAlias = NDArray[np.uint8 | np.uint16 | np.int16]
DisplayValues: TypeAlias = NDArray[np.uint16]

DISPLAY_MAX = 65_535
"""Display values are 0 (black) to this (white)."""


def display_table(dataset: Dataset, sample: StoredValues) -> DisplayValues:
    """Compose everything between stored and display values into one look-up table.

    Args:
        dataset: Its Modality LUT, VOI LUT and General Image attributes.
        sample: Any part of the image; without a VOI in the header its range is shown in full.

    Returns:
        [65536] or, for 8 bits allocated, [256]: entry i is the display value of the stored
        value whose bit pattern is i. Padding is 0 whatever the polarity.

    Raises:
        Rejected: If an attribute is not usable.

    References:
        DICOM PS3.4 N.2 (order of the transforms), PS3.3 C.7.5.1.1.2 (Pixel Padding Value).
    """
    stored = possible_stored_values(sample.dtype)
    is_padding = find_padding(stored, dataset)
    values = modality_values(stored, dataset)
    used = _patterns(sample)[~is_padding[_patterns(sample)]]
    shown = values[[used.min(), used.max()]] if used.size else values[:2]
    fractions = display_fractions(values, dataset, shown)
    if is_inverted(dataset):
        fractions = 1.0 - fractions
    table = np.rint(fractions * DISPLAY_MAX).astype(np.uint16)
    table[is_padding] = 0
    return table


def apply_table(stored: StoredValues, table: DisplayValues) -> DisplayValues:
    """Look every stored value up; OpenCV does so at a quarter of numpy's time."""
    return cv2.LUT(_patterns(stored), table).astype(np.uint16, copy=False)


def possible_stored_values(dtype: np.dtype[np.uint8 | np.uint16 | np.int16]) -> StoredValues:
    """Every value of the type, at the place that its bit pattern names."""
    patterns = np.arange(256**dtype.itemsize, dtype=f"uint{8 * dtype.itemsize}")
    return patterns.view(dtype)


def find_padding(stored: StoredValues, dataset: Dataset) -> NDArray[np.bool_]:
    """Mark the stored values that are padding: a value, or a range up to its limit.

    References:
        DICOM PS3.3 C.7.5.1.1.2: (0028,0120) and (0028,0121) are stored values, before any LUT.
    """
    value = whole(dataset, "PixelPaddingValue")
    if value is None:
        return np.zeros(stored.shape, np.bool_)
    limit = whole(dataset, "PixelPaddingRangeLimit")
    # The attribute's sign may disagree with the pixels'; its bit pattern does not.
    ends = np.array([value, value if limit is None else limit], np.int64).astype(stored.dtype)
    return (stored >= ends.min()) & (stored <= ends.max())


def modality_values(stored: StoredValues, dataset: Dataset) -> ModalityValues:
    """Apply the Modality LUT Sequence, else Rescale Slope and Intercept, else nothing.

    References:
        DICOM PS3.3 C.11.1.
    """
    values = stored.astype(np.float64)
    if (item := first_item(dataset, "ModalityLUTSequence")) is not None:
        return read_lookup_table(item, dataset).map(values)
    slope, intercept = real(dataset, "RescaleSlope"), real(dataset, "RescaleIntercept")
    if slope is None or intercept is None:
        return values
    return values * slope + intercept


def display_fractions(
    values: ModalityValues, dataset: Dataset, shown: ModalityValues
) -> DisplayFractions:
    """Apply the VOI: the LUT Sequence's first item, else the first window, else the range.

    Args:
        values: Any shape, in modality units.
        dataset: Its VOI LUT attributes.
        shown: The two modality values that become black and white where the header has no VOI.

    Returns:
        The shape of `values`; 0 is the dark end, 1 the bright end, before any inversion.

    References:
        DICOM PS3.3 C.11.2. Of several windows the first is the manufacturer's default.
    """
    if (item := first_item(dataset, "VOILUTSequence")) is not None:
        table = read_lookup_table(item, dataset)
        return table.map(values) / table.full_scale
    center, width = real(dataset, "WindowCenter"), real(dataset, "WindowWidth")
    if center is None or width is None:
        low, high = float(shown.min()), float(shown.max())
        return window_linear_exact(values, (low + high) / 2, max(high - low, 1.0))
    function = text(dataset, "VOILUTFunction") or "LINEAR"
    if function not in WINDOWS:
        raise Rejected(RejectionReason.DAMAGED_PIXELS, "VOI LUT Function is none of the three.")
    try:
        return WINDOWS[function](values, center, width)
    except ValueError as error:
        raise Rejected(RejectionReason.DAMAGED_PIXELS, str(error)) from error


def is_inverted(dataset: Dataset) -> bool:
    """Whether the lowest value after the VOI is white.

    References:
        DICOM PS3.3 C.8.11.3.1.2: MONOCHROME1 and Presentation LUT Shape INVERSE go together;
        a header with only one of them means it.
    """
    return (
        text(dataset, "PhotometricInterpretation") == "MONOCHROME1"
        or text(dataset, "PresentationLUTShape") == "INVERSE"
    )


def _patterns(stored: StoredValues) -> NDArray[np.uint8 | np.uint16]:
    return stored.view(np.uint8 if stored.dtype.itemsize == 1 else np.uint16)
