"""How far two sets of scores lie apart, without any truth.

A large index says that something changed, not that it became worse.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

Array = NDArray[np.float64]
N_BINS = 10
_HALF = 0.5
"""Added to each bin: an empty one would make the index infinite."""


@dataclass(frozen=True)
class Shift:
    """Population stability index, and Kolmogorov-Smirnov's distance with its p."""

    psi: float
    ks: float
    ks_p: float


def measure_shift(now: Array, before: Array) -> Shift:
    """Measure how the distribution of `now` differs from that of `before`."""
    test: Any = ks_2samp(now, before)
    psi = population_stability_index(now, before)
    return Shift(psi, float(test.statistic), float(test.pvalue))


def population_stability_index(now: Array, before: Array, n_bins: int = N_BINS) -> float:
    """Sum over bins of the difference of shares times the logarithm of their ratio.

    The bins are the quantiles of `before`. Below 0.1 is called stable, above 0.25 shifted.

    References:
        Siddiqi, "Credit Risk Scorecards", Wiley 2006, chapter 10.
    """
    n_bins = min(n_bins, max(2, before.size // 5))
    edges = np.unique(np.quantile(before, np.linspace(0, 1, n_bins + 1)[1:-1]))
    new, old = (
        _shares(np.searchsorted(edges, set_, "right"), edges.size + 1) for set_ in (now, before)
    )
    return float(((new - old) * np.log(new / old)).sum())


def _shares(place: NDArray[np.int64], n_bins: int) -> Array:
    counts = np.bincount(place, minlength=n_bins) + _HALF
    return counts / counts.sum()
