"""Every parser of hostile bytes, under one door for fuzzers.

Decoders are not here: they are C, run in processes that may die, and have a fuzzer of their own
(`tests.support.jpeg_lossless_fuzz`).
"""

from collections.abc import Callable

from tasks.errors import Rejected
from tasks.ingest.header import HeaderLimits
from tasks.preprocess import jpeg_lossless_header
from tasks.preprocess.codecs import find_codec
from tasks.preprocess.frame import check_fragments, read_frame
from tasks.preprocess.frame_header import read_jpeg2000_header, read_jpeg_header
from tasks.preprocess.jpeg_lossless_header import Unsupported
from tasks.preprocess.pixel_format import read_pixel_format
from tasks.preprocess.reading import ReadLimits, read_dataset
from tests.support.damage import SYNTAXES, whole_file
from tests.support.headers import read_bytes

_HEADER = HeaderLimits(first_bytes=1 << 12, max_bytes=1 << 18, max_elements=2000)
_READ = ReadLimits(max_frame_pixels=1 << 16, max_header_bytes=1 << 18, max_elements=2000)


def _read_pixels(data: bytes) -> None:
    """From a file to the frame that a decoder would be handed."""
    dataset = read_dataset(data, _READ)
    codec = find_codec(dataset)
    frame = read_frame(dataset, read_pixel_format(dataset, _READ.max_frame_pixels))
    if codec.read_header:
        codec.read_header(frame)


TARGETS: tuple[Callable[[bytes], object], ...] = (
    lambda data: read_bytes(data, limits=_HEADER),
    _read_pixels,
    check_fragments,
    read_jpeg_header,
    read_jpeg2000_header,
    jpeg_lossless_header.read_header,
)
"""Chosen by an input's first byte."""

STATED = (Rejected, Unsupported)
"""What a parser may say of its input; any other exception is a find."""


def parse(data: bytes) -> str:
    """Hand an input to the parser that it chooses; what became of it.

    Raises:
        Exception: Any that no parser may let out.
    """
    if not data:
        return "empty"
    target = TARGETS[data[0] % len(TARGETS)]
    try:
        target(data[1:])
    except STATED as error:
        return type(error).__name__
    return "parsed"


def seeds() -> list[bytes]:
    """Sound files of every transfer syntax for the first two targets, frames for the others."""
    files = [whole_file(syntax) for syntax in SYNTAXES]
    whole = [bytes([number]) + file for file in files for number in (0, 1)]
    frames = [file[file.index(b"\xff\xd8") :] for file in files if b"\xff\xd8" in file]
    codestreams = [file[file.index(b"\xff\x4f") :] for file in files if b"\xff\x4f" in file]
    return [
        *whole,
        *(bytes([number]) + frame for frame in frames for number in (3, 5)),
        *(bytes([4]) + frame for frame in codestreams),
    ]
