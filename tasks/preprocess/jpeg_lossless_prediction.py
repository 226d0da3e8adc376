"""Predictors 2 to 7 of JPEG Lossless, undone in place.

Predictor 1 needs nothing: its pixels are the running sums that the scan is decoded into.

References:
    ITU-T T.81, H.1.2.1 and Table H.1.
"""

import numpy as np
from numba import types
from numpy.typing import NDArray

from tasks.preprocess.compiled import compiled

_IMAGE = types.Array(types.uint16, 2, "C")


@compiled(types.int64(types.int64, types.int64, types.int64, types.int64))
def _predict(predictor: int, left: int, above: int, above_left: int) -> int:
    """The prediction within the image (T.81 Table H.1); shifts are arithmetic."""
    if predictor <= 3:
        return above if predictor == 2 else above_left
    if predictor == 4:
        return left + above - above_left
    if predictor == 5:
        return left + ((above - above_left) >> 1)
    if predictor == 6:
        return above + ((left - above_left) >> 1)
    return (left + above) >> 1


@compiled(types.void(_IMAGE, types.int64))
def restore_rows(pixels: NDArray[np.uint16], predictor: int) -> None:
    """Turn `sum_rows`' sums into pixels, in place, for a predictor from 2 to 7.

    The first row and the first column are pixels already: one rule holds for all predictors.
    """
    for row in range(1, pixels.shape[0]):
        line, above = pixels[row], pixels[row - 1]
        left, running = int(line[0]), int(line[0])
        for column in range(1, len(line)):
            difference = int(line[column]) - running
            running += difference
            predicted = _predict(predictor, left, above[column], above[column - 1])
            left = (predicted + difference) & 0xFFFF
            line[column] = left
