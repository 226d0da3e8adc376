"""Stored values to display values: Modality LUT, VOI, polarity and padding as one table.

It computes on the at most 65 536 possible stored values and is applied to an image once.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.attributes import first_item, real, text, whole

StoredValues: TypeAlias = NDArray[np.uint8 | np.uint16 | np.int16]
ModalityValues: TypeAlias = NDArray[np.float64]
DisplayFractions: TypeAlias = NDArray[np.float64]
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
    if item := first_item(dataset, "ModalityLUTSequence"):
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
    if item := first_item(dataset, "VOILUTSequence"):
        table = read_lookup_table(item, dataset)
        return table.map(values) / table.full_scale
    center, width = real(dataset, "WindowCenter"), real(dataset, "WindowWidth")
    if center is None or width is None:
        low, high = float(shown.min()), float(shown.max())
        return window_linear_exact(values, (low + high) / 2, max(high - low, 1.0))
    function = text(dataset, "VOILUTFunction") or "LINEAR"
    if function not in _WINDOWS:
        raise Rejected(RejectionReason.DAMAGED_PIXELS, "VOI LUT Function is none of the three.")
    try:
        return _WINDOWS[function](values, center, width)
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


def window_linear(values: ModalityValues, center: float, width: float) -> DisplayFractions:
    """Map modality values through the DICOM LINEAR window to display fractions.

    The midpoint of the window lies half a value below `center`, and its ends lie `width - 1`
    apart: a 12-bit image shown in full has center 2048 and width 4096, not 2047.5 and 4095.

    Args:
        values: Any shape, in modality units (after the Modality LUT, before inversion).
        center: Window Center (0028,1050), in modality units.
        width: Window Width (0028,1051), in modality units; at least 1.

    Returns:
        The shape of `values`; 0 is the window's dark end and 1 its bright end.

    Raises:
        ValueError: If `width` is below 1, which the standard forbids for LINEAR.

    References:
        DICOM PS3.3 C.11.2.1.2.1, "Default LINEAR Function".
    """
    if width < 1:
        raise ValueError(f"Window Width {width} is below 1, the least for LINEAR.")
    if width == 1:
        return (values > center - 0.5).astype(np.float64)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0.0, 1.0)


def window_linear_exact(
    values: ModalityValues, center: float, width: float
) -> DisplayFractions:
    """Map modality values through the LINEAR_EXACT window, whose ends lie `width` apart.

    Raises:
        ValueError: If `width` is not above 0.

    References:
        DICOM PS3.3 C.11.2.1.3.2.
    """
    if width <= 0:
        raise ValueError(f"Window Width {width} is not above 0.")
    return np.clip((values - center) / width + 0.5, 0.0, 1.0)


def window_sigmoid(values: ModalityValues, center: float, width: float) -> DisplayFractions:
    """Map modality values through the SIGMOID window, 1 / (1 + exp(-4 (x - c) / w)).

    Raises:
        ValueError: If `width` is not above 0.

    References:
        DICOM PS3.3 C.11.2.1.3.1; written as a tanh, which cannot overflow.
    """
    if width <= 0:
        raise ValueError(f"Window Width {width} is not above 0.")
    return 0.5 + 0.5 * np.tanh(2.0 * (values - center) / width)


_WINDOWS = {
    "LINEAR": window_linear,
    "LINEAR_EXACT": window_linear_exact,
    "SIGMOID": window_sigmoid,
}


@dataclass(frozen=True)
class LookupTable:
    """A Modality or VOI LUT.

    Args:
        entries: [n], the outputs.
        first_value: The input that maps to the first entry; lower ones do too.
        full_scale: The greatest output that an entry can hold.
    """

    entries: NDArray[np.uint16]
    first_value: int
    full_scale: int

    def map(self, values: ModalityValues) -> ModalityValues:
        """Look values up; those beyond either end take the end's entry."""
        places = np.clip(values - self.first_value, 0, self.entries.size - 1).astype(np.intp)
        return self.entries[places].astype(np.float64)


def read_lookup_table(item: Dataset, dataset: Dataset) -> LookupTable:
    """Read LUT Descriptor and LUT Data of a sequence's item.

    Raises:
        Rejected: If they are absent or contradict each other.

    References:
        DICOM PS3.3 C.11.1.1 and C.11.2.1.1: 0 entries means 65 536.
    """
    try:
        n_entries, first_value, bits = (int(value) for value in item.LUTDescriptor)
        entries = _lut_entries(item.LUTData, dataset)[: n_entries & 0xFFFF or 65_536]
    except (AttributeError, TypeError, ValueError) as error:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, "A look-up table of the header is not usable."
        ) from error
    if not entries.size or not 8 <= bits <= 16:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS,
            f"A look-up table of the header has {entries.size} entries of {bits} bits.",
        )
    # Some writers declare fewer bits than they use.
    full_scale = max(2**bits - 1, int(entries.max()))
    return LookupTable(entries, first_value, full_scale)


def _lut_entries(data: bytes | int | list[int], dataset: Dataset) -> NDArray[np.uint16]:
    if isinstance(data, bytes):
        syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        return np.frombuffer(data, f"{order}u2").astype(np.uint16)
    return np.atleast_1d(np.asarray(data, np.int64)).astype(np.uint16)


def _patterns(stored: StoredValues) -> NDArray[np.uint8 | np.uint16]:
    return stored.view(np.uint8 if stored.dtype.itemsize == 1 else np.uint16)
