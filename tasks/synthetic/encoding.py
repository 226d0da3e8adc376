"""Puts stored values into a dataset under any transfer syntax that mammographs use.

Lossy syntaxes are written at a quality that hides the loss; what each syntax may hold (bits,
sign) is the caller's care.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmwrite
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders.base import RLELosslessEncoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tasks.synthetic.jpeg_lossless import encode_jpeg_lossless

StoredValues: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int16]
FrameEncoder: TypeAlias = Callable[[Any, int], bytes]


def _jpeg_2000(values: StoredValues, bits: int) -> bytes:
    frame = imagecodecs.jpeg2k_encode(
        values, level=0, reversible=True, codecformat="j2k", bitspersample=bits, numthreads=1
    )
    return bytes(frame)


def _jpeg_ls(values: StoredValues, bits: int) -> bytes:
    del bits  # CharLS is given the width of the element type
    return bytes(imagecodecs.jpegls_encode(_patterns(values), level=0))


def _htj2k(values: StoredValues, bits: int) -> bytes:
    del bits  # as above
    return bytes(imagecodecs.htj2k_encode(values, reversible=True))


def _jpeg_lossless(values: StoredValues, bits: int) -> bytes:
    used = np.uint16((1 << bits) - 1)
    return encode_jpeg_lossless(_patterns(values).astype(np.uint16) & used, bits)


def _rle(values: StoredValues, bits: int) -> bytes:
    del bits  # the bits above Bits Stored are packed like others
    return RLELosslessEncoder.encode(
        _patterns(values),
        encoding_plugin="pylibjpeg",
        rows=values.shape[0],
        columns=values.shape[1],
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=8 * values.itemsize,
        bits_stored=8 * values.itemsize,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
    )


ENCODERS: dict[UID, FrameEncoder] = {
    JPEGLossless: _jpeg_lossless,
    JPEGLosslessSV1: _jpeg_lossless,
    JPEG2000Lossless: _jpeg_2000,
    JPEGLSLossless: _jpeg_ls,
    HTJ2KLossless: _htj2k,
    HTJ2KLosslessRPCL: _htj2k,  # whose order is RPCL anyway
    RLELossless: _rle,
}
"""How a frame is compressed without loss."""


def _jpeg(values: StoredValues, bits: int) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(values, level=98, bitspersample=bits))


def _jpeg_ls_near(values: StoredValues, bits: int) -> bytes:
    del bits  # as for `_jpeg_ls`
    return bytes(imagecodecs.jpegls_encode(_patterns(values), level=2))


def _jpeg_2000_lossy(values: StoredValues, bits: int) -> bytes:
    frame = imagecodecs.jpeg2k_encode(
        values, level=70, reversible=False, codecformat="j2k", bitspersample=bits, numthreads=1
    )
    return bytes(frame)


def _htj2k_lossy(values: StoredValues, bits: int) -> bytes:
    del bits  # as for `_htj2k`
    return bytes(imagecodecs.htj2k_encode(values, reversible=False))


LOSSY_ENCODERS: dict[UID, FrameEncoder] = {
    JPEGBaseline8Bit: _jpeg,
    JPEGExtended12Bit: _jpeg,
    JPEGLSNearLossless: _jpeg_ls_near,
    JPEG2000: _jpeg_2000_lossy,
    HTJ2K: _htj2k_lossy,
}
"""How a frame is compressed with a small loss."""


def _patterns(values: StoredValues) -> NDArray[np.uint8 | np.uint16]:
    """Bit patterns of stored values: most codecs know no sign."""
    return values.view(f"uint{8 * values.itemsize}")


def set_stored_values(
    dataset: Dataset, stored_values: StoredValues, transfer_syntax_uid: UID, bits: int
) -> None:
    """Set Pixel Data (7FE0,0010) and the transfer syntax of `dataset`.

    Args:
        dataset: Its file meta information is completed; the image pixel module is the caller's.
        stored_values: [rows, columns].
        transfer_syntax_uid: One that is in neither table stores the frame as it is.
        bits: Bits Stored (0028,0101).
    """
    dataset.file_meta.TransferSyntaxUID = transfer_syntax_uid
    encode = (ENCODERS | LOSSY_ENCODERS).get(transfer_syntax_uid)
    if encode is not None:
        dataset.PixelData = encapsulate([encode(stored_values, bits)])
        dataset["PixelData"].VR = "OB"
        return
    order = "<" if transfer_syntax_uid.is_little_endian else ">"
    frame = stored_values.astype(stored_values.dtype.newbyteorder(order), copy=False).tobytes()
    dataset.PixelData = frame + b"\0" * (len(frame) % 2)
    dataset["PixelData"].VR = "OB" if stored_values.itemsize == 1 else "OW"


def dicom_bytes(dataset: Dataset) -> bytes:
    """Write `dataset` as a DICOM file in memory, with preamble and file meta information."""
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()
