"""What the header says of the frame: judged before it is touched, applied after decoding.

It refuses anything but one grey frame of 8 or 16 bits within the cap.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.attributes import text, whole
from tasks.preprocess.values import StoredValues


@dataclass(frozen=True)
class PixelFormat:
    """What the Image Pixel module says of the frame (DICOM PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool

    @property
    def n_bytes(self) -> int:
        """Length of the frame, uncompressed."""
        return self.rows * self.columns * self.bits_allocated // 8

    @property
    def pattern_dtype(self) -> np.dtype[Any]:
        """The unsigned type of a stored value's bit pattern."""
        return np.dtype(f"uint{self.bits_allocated}")


def read_pixel_format(dataset: Dataset, max_frame_pixels: int) -> PixelFormat:
    """Read and judge the Image Pixel module.

    Raises:
        Rejected: If it is not one grey frame of 8 or 16 bits allocated within the cap.
    """
    n_frames = whole(dataset, "NumberOfFrames")
    if n_frames is not None and n_frames > 1:
        raise Rejected(RejectionReason.MULTI_FRAME, f"{n_frames} frames.")
    photometric = text(dataset, "PhotometricInterpretation") or ""
    n_samples = whole(dataset, "SamplesPerPixel") or 1
    if photometric not in ("MONOCHROME1", "MONOCHROME2") or n_samples != 1:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, f"{n_samples} samples a pixel, not MONOCHROME."
        )
    pixel_format = PixelFormat(
        rows=whole(dataset, "Rows") or 0,
        columns=whole(dataset, "Columns") or 0,
        bits_allocated=whole(dataset, "BitsAllocated") or 0,
        bits_stored=whole(dataset, "BitsStored") or whole(dataset, "BitsAllocated") or 0,
        is_signed=whole(dataset, "PixelRepresentation") == 1,
    )
    _check_format(pixel_format, max_frame_pixels)
    return pixel_format


def _check_format(pixel_format: PixelFormat, max_frame_pixels: int) -> None:
    rows, columns = pixel_format.rows, pixel_format.columns
    if rows < 1 or columns < 1 or rows * columns > max_frame_pixels:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"Rows x Columns is {rows} x {columns}; 1 to {max_frame_pixels} pixels are read.",
        )
    allocated, stored = pixel_format.bits_allocated, pixel_format.bits_stored
    if allocated not in (8, 16) or not 1 <= stored <= allocated:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS, f"{stored} bits stored in {allocated} allocated."
        )


def to_stored_values(patterns: NDArray[Any], pixel_format: PixelFormat) -> StoredValues:
    """Bit patterns to values: right size, right sign, no bit above Bits Stored.

    References:
        DICOM PS3.5 8.1.1: what the unused bits hold cannot be relied upon.
    """
    shape = (pixel_format.rows, pixel_format.columns)
    if patterns.shape != shape:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"The frame decodes to {patterns.shape}, not to {shape}.",
        )
    patterns = patterns.astype(pixel_format.pattern_dtype, copy=False)
    n_unused = pixel_format.bits_allocated - pixel_format.bits_stored
    if not pixel_format.is_signed:
        if n_unused and patterns.max() >> pixel_format.bits_stored:
            return patterns & (2**pixel_format.bits_stored - 1)
        return patterns
    signed = patterns.view(f"int{pixel_format.bits_allocated}")
    return (signed << n_unused >> n_unused).astype(np.int16, copy=False)
