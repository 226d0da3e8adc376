"""The three windows of the VOI LUT module, as functions of modality values.

They know no data set, and no inversion: 0 is the window's dark end.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

ModalityValues: TypeAlias = NDArray[np.float64]
DisplayFractions: TypeAlias = NDArray[np.float64]


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


WINDOWS = {
    "LINEAR": window_linear,
    "LINEAR_EXACT": window_linear_exact,
    "SIGMOID": window_sigmoid,
}
"""By VOI LUT Function (0028,1056)."""
