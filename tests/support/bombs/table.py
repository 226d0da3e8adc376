"""Small files that ask for very much, by name, and why each must be set aside."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pydicom.uid import HTJ2KLossless, JPEG2000Lossless, JPEGLSLossless

from tasks.errors import RejectionReason
from tests.support.bombs import frames, headers


@dataclass(frozen=True)
class Bomb:
    """A file, and why it must be set aside; None if it is harmless to who reads it well."""

    make: Callable[[], bytes]
    reason: RejectionReason | None


R = RejectionReason

BOMBS: dict[str, Bomb] = {
    "a gigabyte of zeros, deflated": Bomb(headers.deflated_zeros, R.HEADER_LIMIT),
    "a gigabyte of pixels, deflated": Bomb(headers.deflated_pixels, R.FRAME_SIZE_MISMATCH),
    "a gigabyte of comment, deflated": Bomb(headers.deflated_comment, R.HEADER_LIMIT),
    "2 GB by Rows and Columns": Bomb(frames.two_gigabytes, R.FRAME_SIZE_MISMATCH),
    "2 GB by the length of Pixel Data": Bomb(
        frames.claims_two_gigabytes, R.FRAME_SIZE_MISMATCH
    ),
    "2 billion frames": Bomb(frames.many_frames, R.MULTI_FRAME),
    "JPEG says 65535 x 65535": Bomb(
        partial(frames.jpeg_size, 65535, 65535, 64, 48), R.FRAME_SIZE_MISMATCH
    ),
    "JPEG and header say 65535 x 65535": Bomb(
        partial(frames.jpeg_size, 65535, 65535, 65535, 65535), R.FRAME_SIZE_MISMATCH
    ),
    "JPEG as large as the cap, in 2 kB": Bomb(
        partial(frames.jpeg_size, 8000, 8000, 8000, 8000), R.DAMAGED_PIXELS
    ),
    "JPEG-LS says 65535 x 65535": Bomb(frames.jpegls_size, R.FRAME_SIZE_MISMATCH),
    "JPEG 2000 of 2^32 x 2^32": Bomb(
        partial(frames.jpeg2000_size, JPEG2000Lossless), R.FRAME_SIZE_MISMATCH
    ),
    "HTJ2K of 2^32 x 2^32": Bomb(
        partial(frames.jpeg2000_size, HTJ2KLossless), R.FRAME_SIZE_MISMATCH
    ),
    "JPEG 2000 in tiles of a pixel": Bomb(
        partial(frames.jpeg2000_tiles, JPEG2000Lossless), R.DAMAGED_PIXELS
    ),
    "HTJ2K in tiles of a pixel": Bomb(
        partial(frames.jpeg2000_tiles, HTJ2KLossless), R.DAMAGED_PIXELS
    ),
    "blank JPEG 2000 as large as the cap": Bomb(
        partial(frames.largest, JPEG2000Lossless), R.NO_BREAST_FOUND
    ),
    "blank JPEG-LS as large as the cap": Bomb(
        partial(frames.largest, JPEGLSLossless), R.NO_BREAST_FOUND
    ),
    "blank HTJ2K as large as the cap": Bomb(
        partial(frames.largest, HTJ2KLossless), R.NO_BREAST_FOUND
    ),
    "RLE runs of 64 times the frame": Bomb(frames.rle_runs, R.FRAME_SIZE_MISMATCH),
    "RLE runs of 20 times the frame": Bomb(frames.few_rle_runs, R.DAMAGED_PIXELS),
    "RLE of 2^32 segments": Bomb(frames.rle_segments, R.DAMAGED_PIXELS),
    "half a million fragments": Bomb(frames.many_fragments, R.DAMAGED_PIXELS),
    "a million offsets": Bomb(frames.many_offsets, R.FRAME_SIZE_MISMATCH),
    "nothing": Bomb(bytes, R.EMPTY_OBJECT),
    "a gigabyte, gzipped": Bomb(headers.gzipped, R.NOT_DICOM),
    "a ZIP file of 4 GB in eleven bytes": Bomb(headers.zip_that_lies, R.NOT_DICOM),
    "Rows and Columns of 32 bits": Bomb(frames.long_size, R.DAMAGED_HEADER),
    "a palette of two bytes": Bomb(frames.palette, R.DAMAGED_PIXELS),
    "a look-up table of one entry": Bomb(frames.short_table, R.NO_BREAST_FOUND),
    "a maker's own compression": Bomb(frames.private_compression, R.TRUNCATED),
    "a character set that is none": Bomb(headers.wrong_charset, None),
    "a million private elements": Bomb(headers.million_elements, R.HEADER_LIMIT),
    "a million elements behind the header": Bomb(
        headers.million_elements_after, R.DAMAGED_PIXELS
    ),
    "10 000 nested sequences": Bomb(headers.nested, R.HEADER_LIMIT),
    "10 000 nested views": Bomb(headers.nested_views, R.HEADER_LIMIT),
    "half a million items": Bomb(headers.many_items_unclosed, R.HEADER_LIMIT),
    "half a million views": Bomb(headers.many_views, R.HEADER_LIMIT),
    "half a million views without end": Bomb(headers.many_views_unclosed, R.HEADER_LIMIT),
    "half a million look-up tables": Bomb(headers.many_tables, R.DAMAGED_PIXELS),
    "four million windows": Bomb(headers.many_windows, R.HEADER_LIMIT),
    "a million spacings": Bomb(headers.many_spacings, R.HEADER_LIMIT),
    "a value of 4 GB": Bomb(headers.longest_value, R.DAMAGED_HEADER),
    "a value without end": Bomb(headers.unclosed_value, R.HEADER_LIMIT),
    "the other byte order": Bomb(headers.big_endian_lengths, R.HEADER_LIMIT),
    "10 000 nested sequences that are skipped": Bomb(headers.nested_lengths, None),
    "half a million items that are skipped": Bomb(headers.many_items, None),
    "3 000 character sets": Bomb(headers.many_charsets, None),
}
