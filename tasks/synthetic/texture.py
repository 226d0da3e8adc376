"""Random fields that tissue is made of: power-law noise, strands and quantum noise.

Pure functions of a generator and a shape; they know nothing of breasts.

References:
    Burgess et al. 2001, Med. Phys. 28:419: the power spectrum of mammograms falls as 1/f**3.
"""

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Field: TypeAlias = NDArray[np.floating[Any]]

_NOISE_SIDE_PX = 1024


def power_law_noise(
    rng: np.random.Generator, shape: tuple[int, int], exponent: float, coarsest_px: float
) -> Field:
    """Draw a field whose power falls with spatial frequency.

    Args:
        rng: Source of the field.
        shape: Rows and columns.
        exponent: The power spectrum goes as 1/f**exponent.
        coarsest_px: Structures larger than this get no more power.

    Returns:
        [rows, columns], mean 0, standard deviation 1.
    """
    padded = (scipy.fft.next_fast_len(shape[0]), scipy.fft.next_fast_len(shape[1], real=True))
    filter_ = _power_law_filter(padded, exponent, coarsest_px)
    white = rng.standard_normal((2, *filter_.shape), np.float32)
    spectrum = (white[0] + 1j * white[1]) * filter_
    field = np.asarray(scipy.fft.irfft2(spectrum, padded, overwrite_x=True), np.float32)
    field = field[: shape[0], : shape[1]]
    return (field - field.mean()) / (field.std() + np.float32(1e-12))


@lru_cache(maxsize=32)
def _power_law_filter(shape: tuple[int, int], exponent: float, coarsest_px: float) -> Field:
    rows = scipy.fft.fftfreq(shape[0])[:, None]
    columns = scipy.fft.rfftfreq(shape[1])[None]
    frequency = np.sqrt(rows**2 + columns**2 + 1.0 / coarsest_px**2)
    return (frequency ** (-exponent / 2)).astype(np.float32)


def strands(field: Field, width: float) -> Field:
    """Turn noise into a web of thin strands along its zero level, 0-1, 1 on a strand."""
    return np.exp(np.abs(field) * np.float32(-1 / width))


@lru_cache(maxsize=1)
def quantum_noise_tile() -> Field:
    """A tile of slightly blurred white noise, standard deviation 1, always the same."""
    rng = np.random.default_rng(20260701)
    white = rng.standard_normal((_NOISE_SIDE_PX, _NOISE_SIDE_PX), np.float32)
    blurred = white + np.float32(0.25) * (np.roll(white, 1, 0) + np.roll(white, 1, 1))
    return blurred / blurred.std()
