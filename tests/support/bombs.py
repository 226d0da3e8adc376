"""Small files that ask for very much, built in memory, and what a worker makes of them."""

import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.transform import make_network_input
from tasks.synthetic.dicom import build_mammogram_bytes
from tasks.synthetic.encoding import ENCODERS
from tests.support.headers import read_bytes
from tests.support.mammograms import draw_breast

Verdict = tuple[RejectionReason, str | None]
STORED = draw_breast(64, 48)
UNDEFINED = 0xFFFFFFFF
ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)


@dataclass(frozen=True)
class Bomb:
    """A file, and why it must be set aside; None if it is harmless to who reads it well."""

    make: Callable[[], bytes]
    reason: RejectionReason | None


def _deflated(start: bytes) -> bytes:
    """A deflated data set of some bytes and a gigabyte of zeros."""
    return _meta(DeflatedExplicitVRLittleEndian) + _with_a_gigabyte(start, -zlib.MAX_WBITS)


def _with_a_gigabyte(start: bytes, window_bits: int) -> bytes:
    """Compress bytes and 2^30 zeros; one mebibyte is compressed, and repeated as it is."""
    stream = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    head = stream.compress(start) + stream.flush(zlib.Z_FULL_FLUSH)
    zeros = stream.compress(bytes(1 << 20)) + stream.flush(zlib.Z_FULL_FLUSH)
    return head + zeros * 1024 + stream.flush()


def _deflated_zeros() -> bytes:
    return _deflated(b"")


def _gzipped() -> bytes:
    """A mammogram and a gigabyte, as a web server packs them; nothing here unpacks it."""
    return _with_a_gigabyte(_file(), 16 + zlib.MAX_WBITS)


def _deflated_pixels() -> bytes:
    """A true header, then a gigabyte of Pixel Data."""
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 1 << 30)
    return _deflated(_body()[: _pixels_at()] + pixels)


def _deflated_comment() -> bytes:
    comment = struct.pack("<HH2sHI", 0x0008, 0x0001, b"UT", 0, 1 << 30)
    return _deflated(comment)


@cache
def _file(syntax: UID = ExplicitVRLittleEndian) -> bytes:
    return build_mammogram_bytes(STORED, transfer_syntax_uid=syntax)


def _meta(syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """A file's start up to its data set."""
    data = _file(syntax)
    return data[: 144 + int.from_bytes(data[140:144], "little")]


def _body() -> bytes:
    return _file()[len(_meta()) :]


def _pixels_at() -> int:
    return _body().rindex(struct.pack("<HH", 0x7FE0, 0x0010))


def _before(tag: tuple[int, int], inserted: bytes) -> bytes:
    """A mammogram with bytes in front of an element."""
    at = _file().index(struct.pack("<HH", *tag), len(_meta()))
    return _file()[:at] + inserted + _file()[at:]


def _element(group: int, element: int, vr: bytes, value: bytes, length: int = -1) -> bytes:
    n_bytes = len(value) if length < 0 else length
    return struct.pack("<HH2sHI", group, element, vr, 0, n_bytes) + value


def _two_gigabytes() -> bytes:
    return _with_size(32768, 32768)


def _with_size(rows: int, columns: int, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    return build_mammogram_bytes(
        STORED, transfer_syntax_uid=syntax, Rows=rows, Columns=columns, StudyInstanceUID="1.2"
    )


def _claims_two_gigabytes() -> bytes:
    """Pixel Data that says it is as long as 32768 x 32768 pixels are."""
    data = _two_gigabytes()
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010)) + 8
    return data[:at] + struct.pack("<I", 1 << 31) + data[at + 4 :]


def _compressed(syntax: UID, frame: bytes, rows: int = 64, columns: int = 48) -> bytes:
    """A mammogram whose frame is replaced."""
    dataset = dcmread(BytesIO(_file(syntax)))
    dataset.Rows, dataset.Columns = rows, columns
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    buffer = BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def _jpeg_size(rows: int, columns: int, header_rows: int, header_columns: int) -> bytes:
    frame = bytearray(_frame(JPEGLosslessSV1))
    at = frame.index(b"\xff\xc3") + 5
    frame[at : at + 4] = struct.pack(">HH", rows, columns)
    return _compressed(JPEGLosslessSV1, bytes(frame), header_rows, header_columns)


@cache
def _frame(syntax: UID) -> bytes:
    return ENCODERS[syntax](STORED, 12)


def _jpeg2000_size(syntax: UID) -> bytes:
    """A codestream of 2^32 - 1 by 2^32 - 1 pixels."""
    frame = bytearray(_frame(syntax))
    at = frame.index(b"\xff\x4f\xff\x51") + 8
    frame[at : at + 8] = b"\xff" * 8
    return _compressed(syntax, bytes(frame))


def _jpeg2000_tiles(syntax: UID) -> bytes:
    """The right size, in tiles of one pixel."""
    rows, columns = 60000, 1000
    frame = bytearray(_frame(syntax))
    at = frame.index(b"\xff\x4f\xff\x51") + 8
    frame[at : at + 8] = struct.pack(">II", columns, rows)
    frame[at + 16 : at + 24] = struct.pack(">II", 1, 1)
    return _compressed(syntax, bytes(frame), rows, columns)


def _largest(syntax: UID) -> bytes:
    """A blank frame of as many pixels as are read at most, in a few bytes."""
    rows, columns = 8000, 8000
    blank = np.zeros((rows, columns), np.uint16)
    encode = {
        JPEG2000Lossless: lambda: imagecodecs.jpeg2k_encode(
            blank, level=0, reversible=True, codecformat="j2k", bitspersample=12, numthreads=1
        ),
        JPEGLSLossless: lambda: imagecodecs.jpegls_encode(blank, level=0),
        HTJ2KLossless: lambda: imagecodecs.htj2k_encode(blank, reversible=True),
    }[syntax]
    return _compressed(syntax, bytes(encode()), rows, columns)


def _jpegls_size() -> bytes:
    frame = bytearray(_frame(JPEGLSLossless))
    at = frame.index(b"\xff\xf7") + 5
    frame[at : at + 4] = struct.pack(">HH", 65535, 65535)
    return _compressed(JPEGLSLossless, bytes(frame), 65535, 65535)


def _rle_runs() -> bytes:
    """Segments that swell to 64 times the frame."""
    runs = b"\x81\x00" * 100_000
    header = struct.pack("<16I", 2, 64, 64 + len(runs), *[0] * 13)
    return _compressed(RLELossless, header + runs + runs)


def _few_rle_runs() -> bytes:
    runs = b"\x81\x00" * 1000
    return _compressed(RLELossless, struct.pack("<16I", 1, 64, *[0] * 14) + runs)


def _rle_segments() -> bytes:
    header = struct.pack("<16I", 0xFFFFFFFF, *[0xFFFFFFF0] * 15)
    return _compressed(RLELossless, header + bytes(64))


def _million_elements() -> bytes:
    element = struct.pack("<HH2sH", 0x0009, 0x1001, b"LO", 4) + b"abcd"
    return _before((0x0010, 0x0010), element * 1_000_000)


def _million_elements_after() -> bytes:
    """Past all that a header is read for."""
    element = struct.pack("<HH2sH", 0x6001, 0x1001, b"LO", 4) + b"abcd"
    return _before((0x7FE0, 0x0010), element * 1_000_000)


def _nested() -> bytes:
    sequence = _element(0x0008, 0x1140, b"SQ", b"", UNDEFINED)
    return _meta() + (sequence + ITEM) * 10_000 + _body()


def _nested_lengths() -> bytes:
    """The same with lengths, each of them true."""
    body = b""
    for _ in range(10_000):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body[:0]
        body = _element(0x0008, 0x1140, b"SQ", item, len(item) + len(body)) + body
    return _meta() + body + _body()


def _nested_views() -> bytes:
    """In a sequence that the reader looks into."""
    inner = (_element(0x0054, 0x0222, b"SQ", b"", UNDEFINED) + ITEM) * 10_000
    outer = _element(0x0054, 0x0220, b"SQ", b"", UNDEFINED) + ITEM
    at = _file().index(struct.pack("<HH", 0x0054, 0x0220), len(_meta()))
    return _file()[:at] + outer + inner + _file()[_pixels_at() + len(_meta()) :]


def _many_items() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    return _before((0x0010, 0x0010), _element(0x0008, 0x1140, b"SQ", item * 500_000))


def _many_items_unclosed() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    sequence = _element(0x0008, 0x1140, b"SQ", item * 500_000, UNDEFINED)
    return _before((0x0010, 0x0010), sequence)


def _many_views() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    views = _element(0x0054, 0x0220, b"SQ", item * 500_000)
    at = _file().index(struct.pack("<HH", 0x0054, 0x0220), len(_meta()))
    return _file()[:at] + views + _file()[_pixels_at() + len(_meta()) :]


def _many_views_unclosed() -> bytes:
    return _many_views().replace(struct.pack("<I", 4_000_000), struct.pack("<I", UNDEFINED), 1)


def _many_tables() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    return _before((0x7FE0, 0x0010), _element(0x0028, 0x3010, b"SQ", item * 500_000))


def _longest_value() -> bytes:
    return _before((0x0010, 0x0010), _element(0x0009, 0x1001, b"UN", b"abcd", 0xFFFFFFFE))


def _unclosed_value() -> bytes:
    return _before((0x0010, 0x0010), _element(0x0009, 0x1001, b"OB", bytes(4 << 20), UNDEFINED))


def _many_windows() -> bytes:
    return _with_value(0x0028, 0x1050, b"1\\" * (1 << 22))


def _many_spacings() -> bytes:
    return _with_value(0x0018, 0x1164, b"1\\" * (1 << 20))


def _many_charsets() -> bytes:
    return _with_value(0x0008, 0x0005, b"ISO_IR 100\\" * 3000)


def _with_value(group: int, element: int, value: bytes) -> bytes:
    """A mammogram in implicit VR, where any value may be long."""
    data = _file(ImplicitVRLittleEndian)
    at = data.index(struct.pack("<HH", group, element), 132)
    (length,) = struct.unpack_from("<I", data, at + 4)
    written = struct.pack("<HHI", group, element, len(value)) + value
    return data[:at] + written + data[at + 8 + length :]


def _many_fragments() -> bytes:
    """A frame in half a million fragments of two bytes."""
    fragment = struct.pack("<HHI", 0xFFFE, 0xE000, 2) + b"\xff\xd8"
    offsets = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    data = _file(JPEGLosslessSV1)
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010))
    return data[: at + 12] + offsets + fragment * 500_000 + end


def _many_offsets() -> bytes:
    offsets = struct.pack("<HHI", 0xFFFE, 0xE000, 4 << 20) + bytes(4 << 20)
    data = _file(JPEGLosslessSV1)
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010)) + 12
    return data[:at] + offsets + data[at + 8 :]


def _many_frames() -> bytes:
    return build_mammogram_bytes(
        STORED, transfer_syntax_uid=JPEGLosslessSV1, NumberOfFrames=2**31 - 1
    )


def _long_size() -> bytes:
    """Rows and Columns as UL of 2^31 - 1, whose VR holds 16 bits by the standard."""
    data = _file()
    for element in (0x0010, 0x0011):
        at = data.index(struct.pack("<HH2sH", 0x0028, element, b"US", 2), len(_meta()))
        long = struct.pack("<HH2sHI", 0x0028, element, b"UL", 4, (1 << 31) - 1)
        data = data[:at] + long + data[at + 10 :]
    return data


def _palette() -> bytes:
    """A palette that claims 65 536 entries of 16 bits, and holds two bytes."""
    return build_mammogram_bytes(
        STORED,
        transfer_syntax_uid=ExplicitVRLittleEndian,
        PhotometricInterpretation="PALETTE COLOR",
        RedPaletteColorLookupTableDescriptor=[0, 0, 16],
        RedPaletteColorLookupTableData=b"ab",
    )


def _short_table() -> bytes:
    """A VOI table that claims 65 536 entries, and holds one."""
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [0, 0, 16], b"ab"
    return build_mammogram_bytes(
        STORED, transfer_syntax_uid=ExplicitVRLittleEndian, VOILUTSequence=[table]
    )


def _private_compression() -> bytes:
    """A maker's own compression in a private element, which only its own reader unpacks."""
    runs = b"\xa5\xff\xff" * 100_000 + b"\0" * 100_000
    data = _file().replace(b"MONOCHROME2 ", b"PMSCT_RLE1  ")
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010))
    return data[:at] + _element(0x07A1, 0x100A, b"OB", runs)


def _wrong_charset() -> bytes:
    """A name of a thousand changes of character set, under a character set that is none."""
    name = (b"\x1b$B\x1b(J" * 1000)[:60_000]
    at = _file().index(struct.pack("<HH2s", 0x0010, 0x0010, b"PN"), len(_meta()))
    (length,) = struct.unpack_from("<H", _file(), at + 6)
    named = struct.pack("<HH2sH", 0x0010, 0x0010, b"PN", len(name)) + name
    data = _file()[:at] + named + _file()[at + 8 + length :]
    return data.replace(b"ISO_IR 192", b"ISO_IR 999")


def _zip_that_lies() -> bytes:
    """Called .dcm, with a member of 4 GB in eleven bytes."""
    entry = struct.pack("<5H3I2H", 20, 0, 8, 0, 0, 0, 11, (1 << 32) - 1, 1, 0)
    return b"PK\x03\x04" + entry + b"a" + bytes(11)


def _big_endian_lengths() -> bytes:
    """Little-endian bytes that are read as big-endian: every length is huge."""
    return _meta(ExplicitVRBigEndian) + _body()


R = RejectionReason
BOMBS: dict[str, Bomb] = {
    "a gigabyte of zeros, deflated": Bomb(_deflated_zeros, R.HEADER_LIMIT),
    "a gigabyte of pixels, deflated": Bomb(_deflated_pixels, R.FRAME_SIZE_MISMATCH),
    "a gigabyte of comment, deflated": Bomb(_deflated_comment, R.HEADER_LIMIT),
    "2 GB by Rows and Columns": Bomb(_two_gigabytes, R.FRAME_SIZE_MISMATCH),
    "2 GB by the length of Pixel Data": Bomb(_claims_two_gigabytes, R.FRAME_SIZE_MISMATCH),
    "2 billion frames": Bomb(_many_frames, R.MULTI_FRAME),
    "JPEG says 65535 x 65535": Bomb(
        partial(_jpeg_size, 65535, 65535, 64, 48), R.FRAME_SIZE_MISMATCH
    ),
    "JPEG and header say 65535 x 65535": Bomb(
        partial(_jpeg_size, 65535, 65535, 65535, 65535), R.FRAME_SIZE_MISMATCH
    ),
    "JPEG as large as the cap, in 2 kB": Bomb(
        partial(_jpeg_size, 8000, 8000, 8000, 8000), R.DAMAGED_PIXELS
    ),
    "JPEG-LS says 65535 x 65535": Bomb(_jpegls_size, R.FRAME_SIZE_MISMATCH),
    "JPEG 2000 of 2^32 x 2^32": Bomb(
        partial(_jpeg2000_size, JPEG2000Lossless), R.FRAME_SIZE_MISMATCH
    ),
    "HTJ2K of 2^32 x 2^32": Bomb(partial(_jpeg2000_size, HTJ2KLossless), R.FRAME_SIZE_MISMATCH),
    "JPEG 2000 in tiles of a pixel": Bomb(
        partial(_jpeg2000_tiles, JPEG2000Lossless), R.DAMAGED_PIXELS
    ),
    "HTJ2K in tiles of a pixel": Bomb(
        partial(_jpeg2000_tiles, HTJ2KLossless), R.DAMAGED_PIXELS
    ),
    "blank JPEG 2000 as large as the cap": Bomb(
        partial(_largest, JPEG2000Lossless), R.NO_BREAST_FOUND
    ),
    "blank JPEG-LS as large as the cap": Bomb(
        partial(_largest, JPEGLSLossless), R.NO_BREAST_FOUND
    ),
    "blank HTJ2K as large as the cap": Bomb(
        partial(_largest, HTJ2KLossless), R.NO_BREAST_FOUND
    ),
    "RLE runs of 64 times the frame": Bomb(_rle_runs, R.FRAME_SIZE_MISMATCH),
    "RLE runs of 20 times the frame": Bomb(_few_rle_runs, R.DAMAGED_PIXELS),
    "RLE of 2^32 segments": Bomb(_rle_segments, R.DAMAGED_PIXELS),
    "half a million fragments": Bomb(_many_fragments, R.DAMAGED_PIXELS),
    "a million offsets": Bomb(_many_offsets, R.FRAME_SIZE_MISMATCH),
    "nothing": Bomb(bytes, R.EMPTY_OBJECT),
    "a gigabyte, gzipped": Bomb(_gzipped, R.NOT_DICOM),
    "a ZIP file of 4 GB in eleven bytes": Bomb(_zip_that_lies, R.NOT_DICOM),
    "Rows and Columns of 32 bits": Bomb(_long_size, R.DAMAGED_HEADER),
    "a palette of two bytes": Bomb(_palette, R.DAMAGED_PIXELS),
    "a look-up table of one entry": Bomb(_short_table, R.NO_BREAST_FOUND),
    "a maker's own compression": Bomb(_private_compression, R.TRUNCATED),
    "a character set that is none": Bomb(_wrong_charset, None),
    "a million private elements": Bomb(_million_elements, R.HEADER_LIMIT),
    "a million elements behind the header": Bomb(_million_elements_after, R.DAMAGED_PIXELS),
    "10 000 nested sequences": Bomb(_nested, R.HEADER_LIMIT),
    "10 000 nested views": Bomb(_nested_views, R.HEADER_LIMIT),
    "half a million items": Bomb(_many_items_unclosed, R.HEADER_LIMIT),
    "half a million views": Bomb(_many_views, R.HEADER_LIMIT),
    "half a million views without end": Bomb(_many_views_unclosed, R.HEADER_LIMIT),
    "half a million look-up tables": Bomb(_many_tables, R.DAMAGED_PIXELS),
    "four million windows": Bomb(_many_windows, R.HEADER_LIMIT),
    "a million spacings": Bomb(_many_spacings, R.HEADER_LIMIT),
    "a value of 4 GB": Bomb(_longest_value, R.DAMAGED_HEADER),
    "a value without end": Bomb(_unclosed_value, R.HEADER_LIMIT),
    "the other byte order": Bomb(_big_endian_lengths, R.HEADER_LIMIT),
    "10 000 nested sequences that are skipped": Bomb(_nested_lengths, None),
    "half a million items that are skipped": Bomb(_many_items, None),
    "3 000 character sets": Bomb(_many_charsets, None),
}


@dataclass(frozen=True)
class Finding:
    """What a worker made of a file.

    Args:
        reason: Why it was set aside; None if it was not.
        detail: One sentence on it.
        peak_growth_bytes: Memory that it took over its start.
        cpu_s: Processor time of all its threads.
    """

    reason: RejectionReason | None
    detail: str | None
    peak_growth_bytes: int
    cpu_s: float


def examine(path: Path) -> Finding:
    """Take a file through the door and to the network input; runs in a worker process."""
    return _examine(path, lambda data: _door(data) or _pixels(data))


def examine_pixels(path: Path) -> Finding:
    """Make the network input of a file that no door kept out."""
    return _examine(path, _pixels)


def _examine(path: Path, take: Callable[[bytes], Verdict | None]) -> Finding:
    data = path.read_bytes()
    base, start_s = _reset_peak(), time.process_time()
    reason, detail = take(data) or (None, None)
    return Finding(reason, detail, _status("VmHWM") - base, time.process_time() - start_s)


def _door(data: bytes) -> Verdict | None:
    result = read_bytes(data)
    return (result.reason, result.detail) if result.reason else None


def _pixels(data: bytes) -> Verdict | None:
    try:
        make_network_input(data)
    except Rejected as error:
        return error.reason, error.detail
    return None


def _reset_peak() -> int:
    """Forget the process's peak memory, and say what it holds now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) << 10
