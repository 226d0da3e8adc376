"""Stored values of a data set's one frame, by the fastest bit-exact decoder of its syntax.

No decoder is called before the frame header's size agrees with Rows, Columns and the cap.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.codec_samples import SAMPLES, CodecSample
from tasks.preprocess.frame_header import jpeg2000_frame_size, jpeg_frame_size
from tasks.preprocess.jpeg_lossless import Unsupported, decode_jpeg_lossless
from tasks.preprocess.pixel_format import PixelFormat, read_pixel_format
from tasks.preprocess.reading import DEFAULT_LIMITS, quiet
from tasks.preprocess.values import StoredValues

_ITEM_ELEMENT = 0xE000

Decoder = Callable[[bytes, PixelFormat], NDArray[Any]]
FrameSize = Callable[[bytes], tuple[int, int]]


@dataclass(frozen=True)
class Codec:
    """How a transfer syntax is decoded.

    Args:
        name: Of the decoder, for people.
        decoder: The fastest bit-exact one, from a frame's bytes.
        frame_size: (rows, columns) by the frame's own header; None where it has none.
        fallback: pydicom's plugin for what `decoder` cannot read ("" lets pydicom choose);
            None where a failure of `decoder` is trusted to mean damage.
    """

    name: str
    decoder: Decoder
    frame_size: FrameSize | None = None
    fallback: str | None = ""


def decode(
    dataset: Dataset, max_frame_pixels: int = DEFAULT_LIMITS.max_frame_pixels
) -> StoredValues:
    """Decode the one frame of a data set.

    Args:
        dataset: Of `read_dataset`, or any with Pixel Data and a Transfer Syntax UID.
        max_frame_pixels: A frame that claims more is refused.

    Returns:
        [rows, columns]; uint8, uint16 or int16 by Bits Allocated and Pixel Representation,
        the bits above Bits Stored cleared or sign-extended.

    Raises:
        Rejected: If it is no single grey frame, is truncated, damaged, of another size than
            it says, or in a transfer syntax that nothing here reads.
    """
    codec = find_codec(dataset)
    pixel_format = read_pixel_format(dataset, max_frame_pixels)
    frame = _frame(dataset, pixel_format)
    if codec.frame_size:
        _check_frame_size(codec.frame_size(frame), pixel_format)
    patterns = _run(codec, frame, pixel_format, dataset)
    return _to_stored_values(patterns, pixel_format)


def find_codec(dataset: Dataset) -> Codec:
    """The codec of the data set's transfer syntax.

    Raises:
        Rejected: If there is none.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax not in CODECS:
        raise Rejected(
            RejectionReason.TRANSFER_SYNTAX_UNSUPPORTED,
            f"Transfer syntax {syntax.name if syntax.is_transfer_syntax else 'unknown'}.",
        )
    return CODECS[syntax]


def _frame(dataset: Dataset, pixel_format: PixelFormat) -> bytes:
    pixel_data: bytes = dataset.PixelData or b""
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        if len(pixel_data) < pixel_format.n_bytes:
            raise Rejected(
                RejectionReason.TRUNCATED,
                f"Pixel Data holds {len(pixel_data)} of {pixel_format.n_bytes} bytes.",
            )
        return pixel_data
    check_fragments(pixel_data)
    try:
        return get_frame(pixel_data, 0, number_of_frames=1)
    except (ValueError, EOFError, IndexError, struct.error) as error:
        raise _damaged(error) from None


def check_fragments(pixel_data: bytes) -> None:
    """Check that the items of encapsulated Pixel Data lie within it; pydicom does not.

    Raises:
        Rejected: If one ends beyond it.

    References:
        DICOM PS3.5 A.4.
    """
    position = 0
    while position + 8 <= len(pixel_data):
        _, element, length = struct.unpack_from("<HHL", pixel_data, position)
        if element != _ITEM_ELEMENT:
            return
        position += 8 + length
    if position > len(pixel_data):
        raise Rejected(
            RejectionReason.TRUNCATED,
            f"Pixel Data holds {len(pixel_data)} of at least {position} bytes.",
        )


def _check_frame_size(size: tuple[int, int], pixel_format: PixelFormat) -> None:
    expected = (pixel_format.rows, pixel_format.columns)
    if size != expected:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"The frame says {size[0]} x {size[1]}, Rows x Columns is "
            f"{expected[0]} x {expected[1]}.",
        )


def _run(
    codec: Codec, frame: bytes, pixel_format: PixelFormat, dataset: Dataset
) -> NDArray[Any]:
    try:
        return codec.decoder(frame, pixel_format)
    except (Rejected, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - every library has its own types
        if codec.fallback is None:
            raise _damaged(error) from None
    try:
        return _decode_with_pydicom(dataset, codec.fallback)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise _damaged(error) from None


def _damaged(error: Exception) -> Rejected:
    return Rejected(
        RejectionReason.DAMAGED_PIXELS, f"The frame cannot be decoded ({type(error).__name__})."
    )


def _to_stored_values(patterns: NDArray[Any], pixel_format: PixelFormat) -> StoredValues:
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
    if int(patterns.max()) >> pixel_format.bits_allocated:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS,
            f"The frame holds wider values than {pixel_format.bits_allocated} bits.",
        )
    patterns = patterns.astype(pixel_format.pattern_dtype, copy=False)
    n_unused = pixel_format.bits_allocated - pixel_format.bits_stored
    if not pixel_format.is_signed:
        if n_unused and patterns.max() >> pixel_format.bits_stored:
            return patterns & (2**pixel_format.bits_stored - 1)
        return patterns
    signed = patterns.view(f"int{pixel_format.bits_allocated}")
    return (signed << n_unused >> n_unused).astype(np.int16, copy=False)


def _decode_native(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    n_pixels = pixel_format.rows * pixel_format.columns
    values = np.frombuffer(frame, pixel_format.pattern_dtype.newbyteorder("<"), n_pixels)
    return values.reshape(pixel_format.rows, pixel_format.columns)


def _decode_big_endian(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    if pixel_format.bits_allocated != 16:
        raise NotImplementedError("8 bits in big-endian words depend on the VR: pydicom's work")
    return _decode_native(frame, pixel_format).byteswap()


def _decode_rle(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    dtype = pixel_format.pattern_dtype.newbyteorder("<")
    return _decode_native(bytes(imagecodecs.dicomrle_decode(frame, dtype)), pixel_format)


def _decode_jpeg_lossless(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    try:
        return decode_jpeg_lossless(frame, rows=pixel_format.rows, columns=pixel_format.columns)
    except Unsupported:
        return imagecodecs.jpeg8_decode(frame)


def _library(decoder: Callable[[bytes], NDArray[Any]]) -> Decoder:
    def decode_frame(frame: bytes, _: PixelFormat) -> NDArray[Any]:
        return decoder(frame)

    return decode_frame


def _decode_with_pydicom(dataset: Dataset, plugin: str) -> NDArray[Any]:
    decoder = get_decoder(dataset.file_meta.TransferSyntaxUID)
    with quiet():
        return decoder.as_array(dataset, raw=True, index=0, decoding_plugin=plugin)[0]


_NATIVE = Codec("numpy", _decode_native, fallback=None)
_JPEG = Codec("libjpeg-turbo", _library(imagecodecs.jpeg8_decode), jpeg_frame_size)
_JPEG_LOSSLESS = Codec("our own", _decode_jpeg_lossless, jpeg_frame_size)
_JPEG_LS = Codec("CharLS", _library(imagecodecs.jpegls_decode), jpeg_frame_size, fallback=None)
_JPEG_2000 = Codec("OpenJPEG", _library(imagecodecs.jpeg2k_decode), jpeg2000_frame_size)
_HTJ2K = Codec("OpenJPH", _library(imagecodecs.htj2k_decode), jpeg2000_frame_size)

CODECS: dict[uid.UID, Codec] = {
    uid.ImplicitVRLittleEndian: _NATIVE,
    uid.ExplicitVRLittleEndian: _NATIVE,
    uid.DeflatedExplicitVRLittleEndian: _NATIVE,
    uid.ExplicitVRBigEndian: Codec("numpy", _decode_big_endian),
    uid.RLELossless: Codec("imagecodecs RLE", _decode_rle, fallback="pydicom"),
    uid.JPEGBaseline8Bit: _JPEG,
    uid.JPEGExtended12Bit: _JPEG,
    uid.JPEGLossless: _JPEG_LOSSLESS,
    uid.JPEGLosslessSV1: _JPEG_LOSSLESS,
    uid.JPEGLSLossless: _JPEG_LS,
    uid.JPEGLSNearLossless: _JPEG_LS,
    uid.JPEG2000Lossless: _JPEG_2000,
    uid.JPEG2000: _JPEG_2000,
    uid.HTJ2KLossless: _HTJ2K,
    uid.HTJ2KLosslessRPCL: _HTJ2K,
    uid.HTJ2K: _HTJ2K,
}
"""Every transfer syntax that is read, and how."""


def check_codecs() -> dict[str, str | None]:
    """Decode an embedded sample of every transfer syntax, so that a missing codec shows now.

    Returns:
        By the name of the syntax and its decoder: what is wrong, or None.
    """
    return {
        f"{sample.transfer_syntax_uid.name} by {CODECS[sample.transfer_syntax_uid].name}": (
            _failure(sample)
        )
        for sample in SAMPLES
    }


def _failure(sample: CodecSample) -> str | None:
    try:
        decoded = decode(sample.dataset()).astype(np.int32)
    except Rejected as error:
        return error.detail
    worst = int(np.abs(decoded - sample.values.astype(np.int32)).max())
    if worst > sample.tolerance:
        return f"A value of the sample is off by {worst}; {sample.tolerance} is allowed."
    return None
