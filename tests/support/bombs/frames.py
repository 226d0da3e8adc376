"""Pixels that ask for very much: sizes, runs, tiles, fragments and tables that lie."""

import struct

import imagecodecs
import numpy as np
from pydicom import Dataset
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.bombs.parts import (
    STORED,
    encoded_frame,
    file_start,
    whole_file,
    with_frame,
    write_element,
)


def two_gigabytes() -> bytes:
    return with_size(32768, 32768)


def with_size(rows: int, columns: int, syntax: UID = ExplicitVRLittleEndian) -> bytes:
    return build_mammogram_bytes(
        STORED, transfer_syntax_uid=syntax, Rows=rows, Columns=columns, StudyInstanceUID="1.2"
    )


def claims_two_gigabytes() -> bytes:
    """Pixel Data that says it is as long as 32768 x 32768 pixels are."""
    data = two_gigabytes()
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010)) + 8
    return data[:at] + struct.pack("<I", 1 << 31) + data[at + 4 :]


def jpeg_size(rows: int, columns: int, header_rows: int, header_columns: int) -> bytes:
    frame = bytearray(encoded_frame(JPEGLosslessSV1))
    at = frame.index(b"\xff\xc3") + 5
    frame[at : at + 4] = struct.pack(">HH", rows, columns)
    return with_frame(JPEGLosslessSV1, bytes(frame), header_rows, header_columns)


def jpeg2000_size(syntax: UID) -> bytes:
    """A codestream of 2^32 - 1 by 2^32 - 1 pixels."""
    frame = bytearray(encoded_frame(syntax))
    at = frame.index(b"\xff\x4f\xff\x51") + 8
    frame[at : at + 8] = b"\xff" * 8
    return with_frame(syntax, bytes(frame))


def jpeg2000_tiles(syntax: UID) -> bytes:
    """The right size, in tiles of one pixel."""
    rows, columns = 60000, 1000
    frame = bytearray(encoded_frame(syntax))
    at = frame.index(b"\xff\x4f\xff\x51") + 8
    frame[at : at + 8] = struct.pack(">II", columns, rows)
    frame[at + 16 : at + 24] = struct.pack(">II", 1, 1)
    return with_frame(syntax, bytes(frame), rows, columns)


def largest(syntax: UID) -> bytes:
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
    return with_frame(syntax, bytes(encode()), rows, columns)


def jpegls_size() -> bytes:
    frame = bytearray(encoded_frame(JPEGLSLossless))
    at = frame.index(b"\xff\xf7") + 5
    frame[at : at + 4] = struct.pack(">HH", 65535, 65535)
    return with_frame(JPEGLSLossless, bytes(frame), 65535, 65535)


def rle_runs() -> bytes:
    """Segments that swell to 64 times the frame."""
    runs = b"\x81\x00" * 100_000
    header = struct.pack("<16I", 2, 64, 64 + len(runs), *[0] * 13)
    return with_frame(RLELossless, header + runs + runs)


def few_rle_runs() -> bytes:
    runs = b"\x81\x00" * 1000
    return with_frame(RLELossless, struct.pack("<16I", 1, 64, *[0] * 14) + runs)


def rle_segments() -> bytes:
    header = struct.pack("<16I", 0xFFFFFFFF, *[0xFFFFFFF0] * 15)
    return with_frame(RLELossless, header + bytes(64))


def many_fragments() -> bytes:
    """A frame in half a million fragments of two bytes."""
    fragment = struct.pack("<HHI", 0xFFFE, 0xE000, 2) + b"\xff\xd8"
    offsets = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    data = whole_file(JPEGLosslessSV1)
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010))
    return data[: at + 12] + offsets + fragment * 500_000 + end


def many_offsets() -> bytes:
    offsets = struct.pack("<HHI", 0xFFFE, 0xE000, 4 << 20) + bytes(4 << 20)
    data = whole_file(JPEGLosslessSV1)
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010)) + 12
    return data[:at] + offsets + data[at + 8 :]


def many_frames() -> bytes:
    return build_mammogram_bytes(
        STORED, transfer_syntax_uid=JPEGLosslessSV1, NumberOfFrames=2**31 - 1
    )


def long_size() -> bytes:
    """Rows and Columns as UL of 2^31 - 1, whose VR holds 16 bits by the standard."""
    data = whole_file()
    for element in (0x0010, 0x0011):
        at = data.index(struct.pack("<HH2sH", 0x0028, element, b"US", 2), len(file_start()))
        long = struct.pack("<HH2sHI", 0x0028, element, b"UL", 4, (1 << 31) - 1)
        data = data[:at] + long + data[at + 10 :]
    return data


def palette() -> bytes:
    """A palette that claims 65 536 entries of 16 bits, and holds two bytes."""
    return build_mammogram_bytes(
        STORED,
        transfer_syntax_uid=ExplicitVRLittleEndian,
        PhotometricInterpretation="PALETTE COLOR",
        RedPaletteColorLookupTableDescriptor=[0, 0, 16],
        RedPaletteColorLookupTableData=b"ab",
    )


def short_table() -> bytes:
    """A VOI table that claims 65 536 entries, and holds one."""
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [0, 0, 16], b"ab"
    return build_mammogram_bytes(
        STORED, transfer_syntax_uid=ExplicitVRLittleEndian, VOILUTSequence=[table]
    )


def private_compression() -> bytes:
    """A maker's own compression in a private element, which only its own reader unpacks."""
    runs = b"\xa5\xff\xff" * 100_000 + b"\0" * 100_000
    data = whole_file().replace(b"MONOCHROME2 ", b"PMSCT_RLE1  ")
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x0010))
    return data[:at] + write_element(0x07A1, 0x100A, b"OB", runs)
