"""Stored values of a data set's one frame, by the fastest bit-exact decoder of its syntax.

No decoder is called before the frame header's size agrees with Rows, Columns and the cap.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid
from pydicom.pixels.decoders.base import get_decoder

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.bounded_source import quiet
from tasks.preprocess.codec_samples import SAMPLES, CodecSample
from tasks.preprocess.frame import read_frame
from tasks.preprocess.frame_header import FrameHeader, read_jpeg2000_header, read_jpeg_header
from tasks.preprocess.jpeg_lossless import Unsupported, decode_jpeg_lossless
from tasks.preprocess.pixel_format import PixelFormat, read_pixel_format, to_stored_values
from tasks.preprocess.reading import DEFAULT_LIMITS
from tasks.preprocess.values import StoredValues

Decoder = Callable[[bytes, PixelFormat], NDArray[Any]]
HeaderReader = Callable[[bytes], FrameHeader]


@dataclass(frozen=True)
class Codec:
    """How a transfer syntax is decoded.

    Args:
        name: Of the decoder, for people.
        decoder: The fastest bit-exact one, from a frame's bytes.
        read_header: Of the frame's own header; None where it has none.
        fallback: pydicom's plugin for what `decoder` cannot read ("" lets pydicom choose);
            None where a failure of `decoder` is trusted to mean damage.
    """

    name: str
    decoder: Decoder
    read_header: HeaderReader | None = None
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
    return _decode_by(find_codec(dataset), dataset, max_frame_pixels)


def _decode_by(codec: Codec, dataset: Dataset, max_frame_pixels: int) -> StoredValues:
    pixel_format = read_pixel_format(dataset, max_frame_pixels)
    frame = read_frame(dataset, pixel_format)
    if codec.read_header:
        _check_header(codec.read_header(frame), pixel_format)
    patterns = _run(codec, frame, pixel_format, dataset)
    return to_stored_values(patterns, pixel_format)


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


def _check_header(header: FrameHeader, pixel_format: PixelFormat) -> None:
    if (header.rows, header.columns) != (pixel_format.rows, pixel_format.columns):
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"The frame says {header.rows} x {header.columns}, Rows x Columns is "
            f"{pixel_format.rows} x {pixel_format.columns}.",
        )
    if header.precision > pixel_format.bits_allocated:
        raise Rejected(
            RejectionReason.DAMAGED_PIXELS,
            f"The frame holds {header.precision} bits, {pixel_format.bits_allocated} are "
            "allocated.",
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


def _decode_native(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    n_pixels = pixel_format.rows * pixel_format.columns
    values = np.frombuffer(frame, pixel_format.pattern_dtype.newbyteorder("<"), n_pixels)
    return values.reshape(pixel_format.rows, pixel_format.columns)


def _decode_big_endian(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    if pixel_format.bits_allocated != 16:
        raise NotImplementedError("8 bits in big-endian words depend on the VR: pydicom's work")
    return _decode_native(frame, pixel_format).byteswap()


def _decode_rle(frame: bytes, pixel_format: PixelFormat) -> NDArray[Any]:
    """Into a buffer of the frame's length: two bytes can stand for 128, and segments repeat."""
    dtype = pixel_format.pattern_dtype.newbyteorder("<")
    decoded = imagecodecs.dicomrle_decode(frame, dtype, out=pixel_format.n_bytes)
    return _decode_native(bytes(decoded), pixel_format)


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
_JPEG = Codec("libjpeg-turbo", _library(imagecodecs.jpeg8_decode), read_jpeg_header)
_JPEG_LOSSLESS = Codec("our own", _decode_jpeg_lossless, read_jpeg_header)
_JPEG_LS = Codec("CharLS", _library(imagecodecs.jpegls_decode), read_jpeg_header, fallback=None)
_JPEG_2000 = Codec("OpenJPEG", _library(imagecodecs.jpeg2k_decode), read_jpeg2000_header)
_HTJ2K = Codec("OpenJPH", _library(imagecodecs.htj2k_decode), read_jpeg2000_header)

CODECS: dict[uid.UID, Codec] = {
    uid.ImplicitVRLittleEndian: _NATIVE,
    uid.ExplicitVRLittleEndian: _NATIVE,
    uid.DeflatedExplicitVRLittleEndian: _NATIVE,
    uid.ExplicitVRBigEndian: Codec("numpy", _decode_big_endian),
    uid.RLELossless: Codec("imagecodecs RLE", _decode_rle, fallback=None),
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

    Without the fallbacks: one that works for a broken decoder would cost a night its speed.

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
    dataset = sample.dataset()
    codec = replace(find_codec(dataset), fallback=None)
    try:
        decoded = _decode_by(codec, dataset, sample.values.size).astype(np.int32)
    except Rejected as error:
        return error.detail
    worst = int(np.abs(decoded - sample.values.astype(np.int32)).max())
    if worst > sample.tolerance:
        return f"A value of the sample is off by {worst}; {sample.tolerance} is allowed."
    return None
