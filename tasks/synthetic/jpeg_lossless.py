"""Writes JPEG Lossless, Process 14, Selection Value 1: what most mammographs store.

It encodes one 2-D frame of 2 to 16 bits with an optimal Huffman table; no colour, no point
transform, no restart intervals. The packages at hand write another predictor, or only files.

References:
    ITU-T T.81, Annex H (lossless mode) and Annex K.2 (Huffman tables); DICOM PS3.5 A.4.1.
"""

import heapq
import itertools
import struct

import numba
import numpy as np
from numpy.typing import NDArray

_N_DIFFERENCES = 1 << 16
_MAX_CODE_LENGTH = 16
_RESERVED = 17  # takes the code of all ones, which T.81 forbids; never written


def encode_jpeg_lossless(values: NDArray[np.uint16 | np.uint8], bits: int) -> bytes:
    """Encode one frame.

    Args:
        values: [rows, columns], each below 2**bits.
        bits: Precision of the samples, 2 to 16.

    Returns:
        A JPEG stream from SOI to EOI.

    Raises:
        ValueError: If the array is not 2-D, is empty, or holds a value of more bits.
    """
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"A frame has rows and columns, this array has shape {values.shape}.")
    if int(values.max()) >> bits:
        raise ValueError(f"Value {int(values.max())} does not fit into {bits} bits.")
    samples = np.ascontiguousarray(values, np.uint16)
    categories = _categories()
    counts = np.bincount(
        categories, weights=_count_differences(samples, 1 << (bits - 1)), minlength=17
    )
    lengths = _code_lengths({ssss: int(n) for ssss, n in enumerate(counts) if n})
    codes, n_bits = _code_book(lengths, categories)
    buffer = np.empty(2 * (int(counts @ _bits_by_category(lengths)) // 8 + 16), np.uint8)
    n_bytes = _write_scan(samples, 1 << (bits - 1), codes, n_bits, buffer)
    return b"".join(
        (_headers(values.shape, bits, lengths), buffer[:n_bytes].tobytes(), b"\xff\xd9")
    )


def _categories() -> NDArray[np.int64]:
    """[65536], the number of magnitude bits (SSSS) of each difference modulo 2**16."""
    differences = np.arange(_N_DIFFERENCES)
    magnitudes = np.where(differences <= 1 << 15, differences, _N_DIFFERENCES - differences)
    return np.ceil(np.log2(magnitudes + 1)).astype(np.int64)


def _code_lengths(counts: dict[int, int]) -> dict[int, int]:
    """Length of each category's code, from its count; scaled until none exceeds 16 bits."""
    while True:
        lengths = _huffman_lengths({**counts, _RESERVED: 0})
        if max(lengths.values()) <= _MAX_CODE_LENGTH:
            del lengths[_RESERVED]
            return dict(sorted(lengths.items(), key=lambda item: (item[1], item[0])))
        counts = {category: n // 2 + 1 for category, n in counts.items()}


def _huffman_lengths(counts: dict[int, int]) -> dict[int, int]:
    order = itertools.count()
    heap: list[tuple[int, int, tuple[int, ...]]]
    heap = [(n, next(order), (category,)) for category, n in sorted(counts.items())]
    heapq.heapify(heap)
    lengths = dict.fromkeys(counts, 0)
    while len(heap) > 1:
        n_left, _, left = heapq.heappop(heap)
        n_right, _, right = heapq.heappop(heap)
        for category in left + right:
            lengths[category] += 1
        heapq.heappush(heap, (n_left + n_right, next(order), left + right))
    return lengths


def _bits_by_category(lengths: dict[int, int]) -> NDArray[np.int64]:
    return np.array([lengths.get(ssss, 0) + (ssss & 15) for ssss in range(17)])


def _code_book(
    lengths: dict[int, int], categories: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """[65536] each: the code of a difference, Huffman code and magnitude, and its length."""
    prefixes = np.zeros(17, np.uint64)
    code = previous = 0
    for category, length in lengths.items():
        code <<= length - previous
        prefixes[category], previous = code, length
        code += 1
    differences = np.arange(_N_DIFFERENCES)
    # A negative difference is written as itself minus one, in its low SSSS bits (T.81 F.1.2.1).
    magnitudes = np.where(differences < 1 << 15, differences, differences - 1)
    n_magnitude_bits = np.where(categories == 16, 0, categories)
    magnitudes &= (1 << n_magnitude_bits) - 1
    shifted = prefixes[categories] << n_magnitude_bits.astype(np.uint64)
    return (
        shifted | magnitudes.astype(np.uint64),
        _bits_by_category(lengths)[categories].astype(np.uint8),
    )


def _headers(shape: tuple[int, ...], bits: int, lengths: dict[int, int]) -> bytes:
    """SOI, SOF3, DHT and SOS with predictor 1 and one component."""
    n_by_length = bytes(list(lengths.values()).count(n) for n in range(1, 17))
    frame = struct.pack(">HBHHBBBB", 11, bits, *shape, 1, 1, 0x11, 0)
    table = struct.pack(">HB", 19 + len(lengths), 0) + n_by_length + bytes(lengths)
    scan = struct.pack(">HBBBBBB", 8, 1, 1, 0, 1, 0, 0)
    return b"\xff\xd8\xff\xc3" + frame + b"\xff\xc4" + table + b"\xff\xda" + scan


@numba.njit(cache=True, nogil=True)
def _count_differences(samples: NDArray[np.uint16], first: int) -> NDArray[np.int64]:
    counts = np.zeros(65536, np.int64)
    for row in range(samples.shape[0]):
        predicted = np.int64(first if row == 0 else samples[row - 1, 0])
        for column in range(samples.shape[1]):
            value = np.int64(samples[row, column])
            counts[(value - predicted) & 0xFFFF] += 1
            predicted = value
    return counts


@numba.njit(cache=True, nogil=True)
def _write_scan(
    samples: NDArray[np.uint16],
    first: int,
    codes: NDArray[np.uint64],
    n_bits: NDArray[np.uint8],
    buffer: NDArray[np.uint8],
) -> int:
    """Write the entropy-coded segment with stuffed bytes; return its length in bytes."""
    pending = np.uint64(0)
    n_pending = np.uint64(0)
    position = 0
    for row in range(samples.shape[0]):
        predicted = np.int64(first if row == 0 else samples[row - 1, 0])
        for column in range(samples.shape[1]):
            value = np.int64(samples[row, column])
            difference = (value - predicted) & 0xFFFF
            predicted = value
            pending = (pending << np.uint64(n_bits[difference])) | codes[difference]
            n_pending += np.uint64(n_bits[difference])
            while n_pending >= np.uint64(8):
                n_pending -= np.uint64(8)
                byte = np.uint8((pending >> n_pending) & np.uint64(0xFF))
                buffer[position] = byte
                position += 1
                if byte == 0xFF:
                    buffer[position] = 0
                    position += 1
    if n_pending:
        padding = np.uint64(8) - n_pending
        filler = (np.uint64(1) << padding) - np.uint64(1)
        byte = np.uint8(((pending << padding) | filler) & np.uint64(0xFF))
        buffer[position] = byte
        position += 1
        if byte == 0xFF:
            buffer[position] = 0
            position += 1
    return position
