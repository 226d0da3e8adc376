"""The coded bytes of a JPEG Lossless scan, cleared of their stuffing.

It looks for the end of the scan and at nothing in it.

References:
    ITU-T T.81, B.1.1.5 and F.1.2.3: a byte FF in coded data is followed by a stuffed 0.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from tasks.preprocess.compiled import compiled

_BLOCK_BYTES = 32
_U = np.uint64
_BYTES = types.Array(types.uint8, 1, "C")
_STREAM = types.Array(types.uint8, 1, "C", readonly=True)


@compiled(types.boolean(_STREAM, types.int64))
def _is_plain_block(stream: NDArray[np.uint8], start: int) -> bool:
    """Whether a whole block without FF follows; no branch a byte, so that it vectorises."""
    if start + _BLOCK_BYTES > len(stream):
        return False
    has_ff = False
    for k in range(_BLOCK_BYTES):
        has_ff |= stream[_U(start + k)] == 0xFF
    return not has_ff


@compiled(types.UniTuple(types.int64, 2)(_STREAM, types.int64, _BYTES))
def remove_stuffing(
    stream: NDArray[np.uint8], start: int, data: NDArray[np.uint8]
) -> tuple[int, int]:
    """Copy entropy-coded bytes up to the next marker, without the 0 that follows each FF.

    Args:
        stream: The whole frame.
        start: Of the entropy-coded bytes.
        data: Out; at least as long as the rest of `stream`.

    Returns:
        Bytes written, and the offset of the FF that ended them: the frame's length if none did.
    """
    source, target = start, 0
    while source < len(stream):
        if _is_plain_block(stream, source):
            for k in range(_BLOCK_BYTES):
                data[_U(target + k)] = stream[_U(source + k)]
            source += _BLOCK_BYTES
            target += _BLOCK_BYTES
            continue
        stop = min(source + _BLOCK_BYTES, len(stream))
        while source < stop:
            byte = stream[_U(source)]
            if byte == 0xFF:
                if source + 1 == len(stream) or stream[_U(source + 1)] != 0:
                    return target, source
                source += 1
            data[_U(target)] = byte
            target += 1
            source += 1
    return target, source
