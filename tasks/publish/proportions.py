"""Proportions with their interval, and quantiles with their number: what an indicator shows.

It counts no exams (`tasks.publish.indicators` does) and rounds nothing.
"""

from dataclasses import dataclass
from math import sqrt

import polars as pl
from scipy.special import betaincinv, ndtri

FEW_EVENTS = 10
_TAIL = 0.025
_Z = float(ndtri(1 - _TAIL))


@dataclass(frozen=True)
class Proportion:
    """How many of how many.

    Args:
        n_events: The numerator.
        n: The denominator; 0 where nothing can be said.
    """

    n_events: int
    n: int

    @property
    def value(self) -> float | None:
        """The share, 0-1; None over an empty denominator."""
        return self.n_events / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval: Wilson's, or the exact one under ten events.

        References:
            Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
            Clopper and Pearson, Biometrika 26 (1934) 404.
        """
        if not self.n:
            return None
        return self._exact if self.n_events < FEW_EVENTS else self._wilson

    @property
    def _exact(self) -> tuple[float, float]:
        events, others = self.n_events, self.n - self.n_events
        low = betaincinv(events, others + 1, _TAIL) if events else 0.0
        high = betaincinv(events + 1, others, 1 - _TAIL) if others else 1.0
        return float(low), float(high)

    @property
    def _wilson(self) -> tuple[float, float]:
        share, z2_n = self.n_events / self.n, _Z**2 / self.n
        half = _Z * sqrt(share * (1 - share) / self.n + z2_n / (4 * self.n))
        middle = share + z2_n / 2
        return max((middle - half) / (1 + z2_n), 0.0), min((middle + half) / (1 + z2_n), 1.0)


@dataclass(frozen=True)
class Spread:
    """Median, 90th percentile and maximum of n values, in the values' unit."""

    n: int
    median: float
    p90: float
    longest: float


def spread(values: pl.Series) -> Spread | None:
    """The spread of the values that are known; None where none is."""
    known = values.drop_nulls().cast(pl.Float64)
    if known.is_empty():
        return None
    median, p90 = (known.quantile(share, "linear") for share in (0.5, 0.9))
    return Spread(known.len(), *(_number(value) for value in (median, p90, known.max())))


def _number(value: object) -> float:
    return float(str(value))


def exclusion(exams: pl.DataFrame) -> Proportion:
    """Exams without a score for a technical reason, of those processed.

    Args:
        exams: Has the column state; pending exams are not processed yet and do not count.
    """
    n_scored, n_unscorable = (
        exams.filter(state=state).height for state in ("scored", "unscorable")
    )
    return Proportion(n_unscorable, n_scored + n_unscorable)
