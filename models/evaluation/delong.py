"""DeLong's variance of AUCs and the paired test, and its form for breasts of one patient.

It needs two rows of each class: with one there is no variance to speak of.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """AUC of `a` less that of `b`, its 95 % interval, two-sided p, and p by Holm."""

    a: str
    b: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


def placements(truth: NDArray[np.bool_], scores: Array) -> tuple[Array, Array]:
    """Share of non-cancers below each cancer and of cancers above each non-cancer.

    Args:
        truth: [rows] true for cancer.
        scores: [rows, scorers].

    Returns:
        [cancers, scorers] and [non-cancers, scorers], 0-1; the mean of either is the AUC.

    References:
        Sun & Xu, "Fast Implementation of DeLong's Algorithm", IEEE Signal Process. Lett. 2014.
    """
    ranks = rankdata(scores, axis=0)
    cancer_ranks = rankdata(scores[truth], axis=0)
    other_ranks = rankdata(scores[~truth], axis=0)
    n_cancers, n_others = cancer_ranks.shape[0], other_ranks.shape[0]
    return (
        (ranks[truth] - cancer_ranks) / n_others,
        1 - (ranks[~truth] - other_ranks) / n_cancers,
    )


def auc_covariance(
    truth: NDArray[np.bool_], scores: Array, cluster: NDArray[np.int64] | None = None
) -> tuple[Array, Array]:
    """AUCs of the scorers and their covariance.

    Args:
        truth: [rows] true for cancer.
        scores: [rows, scorers].
        cluster: [rows] number of the patient whose breasts or images are not independent; None
            is DeLong's own variance.

    Returns:
        [scorers] and [scorers, scorers].

    Raises:
        ValueError: If a class has fewer than two rows.

    References:
        DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837; for clusters the sums of the
        same placement values by patient: Obuchowski, Biometrics 53 (1997) 567.
    """
    of_cancers, of_others = placements(truth, scores)
    n_cancers, n_others = len(of_cancers), len(of_others)
    if min(n_cancers, n_others) < 2:
        raise ValueError(f"{n_cancers} cancers and {n_others} others give no variance.")
    aucs = of_cancers.mean(0)
    if cluster is None:
        covariance = np.atleast_2d(np.cov(of_cancers.T)) / n_cancers
        return aucs, covariance + np.atleast_2d(np.cov(of_others.T)) / n_others
    influence = np.empty_like(scores)
    influence[truth] = (of_cancers - aucs) / n_cancers
    influence[~truth] = (of_others - aucs) / n_others
    sums = np.zeros((int(cluster.max()) + 1, scores.shape[1]))
    np.add.at(sums, cluster, influence)
    n_clusters = np.unique(cluster).size
    return aucs, sums.T @ sums * n_clusters / max(n_clusters - 1, 1)


def compare_pairs(
    names: list[str],
    truth: NDArray[np.bool_],
    scores: Array,
    cluster: NDArray[np.int64] | None = None,
) -> list[Comparison]:
    """Every pair of scorers, with Holm's correction over all of them."""
    aucs, covariance = auc_covariance(truth, scores, cluster)
    pairs = list(combinations(range(len(names)), 2))
    rows = [_difference(aucs, covariance, first, second) for first, second in pairs]
    adjusted = holm([p for *_, p in rows])
    return [
        Comparison(names[first], names[second], *row, p_holm)
        for (first, second), row, p_holm in zip(pairs, rows, adjusted, strict=True)
    ]


def _difference(
    aucs: Array, covariance: Array, first: int, second: int
) -> tuple[float, float, float, float]:
    difference = float(aucs[first] - aucs[second])
    variance = (
        covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    )
    error = float(np.sqrt(max(variance, 0.0)))
    half = float(norm.ppf(0.975)) * error
    p = 2 * float(norm.sf(abs(difference) / error)) if error > 1e-12 else float(difference == 0)
    return difference, difference - half, difference + half, p


def holm(p_values: list[float]) -> list[float]:
    """Holm's step-down correction, in the order given.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)
    factors = np.arange(len(p_values), 0, -1)
    stepped = np.maximum.accumulate(np.asarray(p_values)[order] * factors)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(stepped, 1)
    return [float(value) for value in adjusted]
