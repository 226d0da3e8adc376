"""Whether the same breast gets the same score twice.

It compares the first two scorings of a key; without a second one there is nothing to say.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.operating import Share, share
from models.evaluation.table import ScoreTable

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Repeatability:
    """Agreement of two scorings of n keys.

    Args:
        n: Keys scored twice.
        mean_difference: Second less first.
        limits_of_agreement: Mean difference less and plus 1.96 standard deviations.
        repeatability_coefficient: 1.96 * sqrt(2) * within-key standard deviation: two scorings
            differ by less in 95 % of keys.
        intraclass_correlation: One-way, single measurement; None where all scores are equal.
        decision_changes: Keys whose two scores lie on either side of the threshold.
    """

    n: int
    mean_difference: float
    limits_of_agreement: tuple[float, float]
    repeatability_coefficient: float
    intraclass_correlation: float | None
    decision_changes: Share


def repeated_scores(table: ScoreTable, scorer: str) -> tuple[Array, Array]:
    """First and second score of every key that has both; empty without a repeat column."""
    columns = table.columns
    if columns.repeat is None:
        return np.empty(0), np.empty(0)
    key = [name for name in (columns.exam, columns.breast, columns.image) if name]
    pairs = (
        table.frame.sort(columns.repeat, maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(
            pl.col(scorer).first().alias("first"),
            pl.col(scorer).slice(1, 1).alias("second"),
        )
        .filter(pl.col("second").list.len() == 1)
        .with_columns(pl.col("second").list.first())
    )
    return pairs["first"].to_numpy(), pairs["second"].to_numpy()


def repeatability(first: Array, second: Array, threshold: float) -> Repeatability:
    """Compare two scorings.

    Args:
        first: [keys].
        second: [keys].
        threshold: A score above it is positive.

    References:
        Bland & Altman, Lancet 327 (1986) 307; Shrout & Fleiss, Psychological Bulletin 86 (1979)
        420, ICC(1,1).
    """
    difference = second - first
    mean = float(difference.mean())
    spread = float(difference.std(ddof=1)) if difference.size > 1 else 0.0
    within = float(np.mean(difference**2) / 2)
    return Repeatability(
        first.size,
        mean,
        (mean - 1.96 * spread, mean + 1.96 * spread),
        1.96 * float(np.sqrt(2 * within)),
        _intraclass(first, second, within),
        share(int(((first > threshold) != (second > threshold)).sum()), first.size),
    )


def _intraclass(first: Array, second: Array, within: float) -> float | None:
    if first.size < 2:
        return None
    between = 2 * float(((first + second) / 2).var(ddof=1))
    return None if between + within == 0 else (between - within) / (between + within)
