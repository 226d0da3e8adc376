"""Bytes before the pixels that ask for very much: deflated, nested, endless or many."""

import struct
import zlib

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from tests.support.bombs.parts import (
    ITEM,
    UNDEFINED,
    data_set,
    file_start,
    find_pixels,
    insert_before,
    whole_file,
    with_value,
    write_element,
)


def deflated(start: bytes) -> bytes:
    """A deflated data set of some bytes and a gigabyte of zeros."""
    return file_start(DeflatedExplicitVRLittleEndian) + with_a_gigabyte(start, -zlib.MAX_WBITS)


def with_a_gigabyte(start: bytes, window_bits: int) -> bytes:
    """Compress bytes and 2^30 zeros; one mebibyte is compressed, and repeated as it is."""
    stream = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    head = stream.compress(start) + stream.flush(zlib.Z_FULL_FLUSH)
    zeros = stream.compress(bytes(1 << 20)) + stream.flush(zlib.Z_FULL_FLUSH)
    return head + zeros * 1024 + stream.flush()


def deflated_zeros() -> bytes:
    return deflated(b"")


def gzipped() -> bytes:
    """A mammogram and a gigabyte, as a web server packs them; nothing here unpacks it."""
    return with_a_gigabyte(whole_file(), 16 + zlib.MAX_WBITS)


def deflated_pixels() -> bytes:
    """A true header, then a gigabyte of Pixel Data."""
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 1 << 30)
    return deflated(data_set()[: find_pixels()] + pixels)


def deflated_comment() -> bytes:
    comment = struct.pack("<HH2sHI", 0x0008, 0x0001, b"UT", 0, 1 << 30)
    return deflated(comment)


def million_elements() -> bytes:
    element = struct.pack("<HH2sH", 0x0009, 0x1001, b"LO", 4) + b"abcd"
    return insert_before((0x0010, 0x0010), element * 1_000_000)


def million_elements_after() -> bytes:
    """Past all that a header is read for."""
    element = struct.pack("<HH2sH", 0x6001, 0x1001, b"LO", 4) + b"abcd"
    return insert_before((0x7FE0, 0x0010), element * 1_000_000)


def nested() -> bytes:
    sequence = write_element(0x0008, 0x1140, b"SQ", b"", UNDEFINED)
    return file_start() + (sequence + ITEM) * 10_000 + data_set()


def nested_lengths() -> bytes:
    """The same with lengths, each of them true."""
    body = b""
    for _ in range(10_000):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body[:0]
        body = write_element(0x0008, 0x1140, b"SQ", item, len(item) + len(body)) + body
    return file_start() + body + data_set()


def nested_views() -> bytes:
    """In a sequence that the reader looks into."""
    inner = (write_element(0x0054, 0x0222, b"SQ", b"", UNDEFINED) + ITEM) * 10_000
    outer = write_element(0x0054, 0x0220, b"SQ", b"", UNDEFINED) + ITEM
    at = whole_file().index(struct.pack("<HH", 0x0054, 0x0220), len(file_start()))
    return whole_file()[:at] + outer + inner + whole_file()[find_pixels() + len(file_start()) :]


def many_items() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    return insert_before((0x0010, 0x0010), write_element(0x0008, 0x1140, b"SQ", item * 500_000))


def many_items_unclosed() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    sequence = write_element(0x0008, 0x1140, b"SQ", item * 500_000, UNDEFINED)
    return insert_before((0x0010, 0x0010), sequence)


def many_views() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    views = write_element(0x0054, 0x0220, b"SQ", item * 500_000)
    at = whole_file().index(struct.pack("<HH", 0x0054, 0x0220), len(file_start()))
    return whole_file()[:at] + views + whole_file()[find_pixels() + len(file_start()) :]


def many_views_unclosed() -> bytes:
    return many_views().replace(struct.pack("<I", 4_000_000), struct.pack("<I", UNDEFINED), 1)


def many_tables() -> bytes:
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    return insert_before((0x7FE0, 0x0010), write_element(0x0028, 0x3010, b"SQ", item * 500_000))


def longest_value() -> bytes:
    return insert_before(
        (0x0010, 0x0010), write_element(0x0009, 0x1001, b"UN", b"abcd", 0xFFFFFFFE)
    )


def unclosed_value() -> bytes:
    return insert_before(
        (0x0010, 0x0010), write_element(0x0009, 0x1001, b"OB", bytes(4 << 20), UNDEFINED)
    )


def many_windows() -> bytes:
    return with_value(0x0028, 0x1050, b"1\\" * (1 << 22))


def many_spacings() -> bytes:
    return with_value(0x0018, 0x1164, b"1\\" * (1 << 20))


def many_charsets() -> bytes:
    return with_value(0x0008, 0x0005, b"ISO_IR 100\\" * 3000)


def wrong_charset() -> bytes:
    """A name of a thousand changes of character set, under a character set that is none."""
    name = (b"\x1b$B\x1b(J" * 1000)[:60_000]
    at = whole_file().index(struct.pack("<HH2s", 0x0010, 0x0010, b"PN"), len(file_start()))
    (length,) = struct.unpack_from("<H", whole_file(), at + 6)
    named = struct.pack("<HH2sH", 0x0010, 0x0010, b"PN", len(name)) + name
    data = whole_file()[:at] + named + whole_file()[at + 8 + length :]
    return data.replace(b"ISO_IR 192", b"ISO_IR 999")


def zip_that_lies() -> bytes:
    """Called .dcm, with a member of 4 GB in eleven bytes."""
    entry = struct.pack("<5H3I2H", 20, 0, 8, 0, 0, 0, 11, (1 << 32) - 1, 1, 0)
    return b"PK\x03\x04" + entry + b"a" + bytes(11)


def big_endian_lengths() -> bytes:
    """Little-endian bytes that are read as big-endian: every length is huge."""
    return file_start(ExplicitVRBigEndian) + data_set()
