"""Two scorers on the same exams: what is gained, lost and moved when one replaces the other.

The first argument is the scorer that may come, the second the one that stands; a difference is
the first less the second. Higher scores are more suspicious.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from models.evaluation.delong import auc_covariance, compare_pairs

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class AucDifference:
    """Both AUCs, their difference with DeLong's 95 % interval and two-sided p."""

    candidate: float
    serving: float
    difference: float
    low: float
    high: float
    p: float


def compare_auc(
    truth: Flags, candidate: Array, serving: Array, cluster: NDArray[np.int64] | None = None
) -> AucDifference:
    """Compare two AUCs on the same exams.

    Args:
        truth: [exams] true for cancer; two of each class at least.
        candidate: [exams].
        serving: [exams].
        cluster: [exams] number of the woman; None: each exam is another's.

    Raises:
        ValueError: If a class has fewer than two exams.
    """
    scores = np.stack([candidate, serving], 1)
    aucs, _ = auc_covariance(truth, scores, cluster)
    [pair] = compare_pairs(["candidate", "serving"], truth, scores, cluster)
    return AucDifference(
        float(aucs[0]), float(aucs[1]), pair.difference, pair.low, pair.high, pair.p
    )


@dataclass(frozen=True)
class PairedShare:
    """A share under both, and its difference with a 95 % interval; None over no exams."""

    n: int
    candidate: float | None
    serving: float | None
    difference: float | None
    low: float | None
    high: float | None
    n_gained: int
    n_lost: int


def compare_shares(candidate: Flags, serving: Flags) -> PairedShare:
    """Compare how many of the same exams each calls positive.

    References:
        Agresti & Min, "Simple improved confidence intervals for comparing matched proportions",
        Statistics in Medicine 24 (2005) 729: half an exam is added to each of the four cells.
    """
    n = candidate.size
    gained, lost = int((candidate & ~serving).sum()), int((~candidate & serving).sum())
    if n == 0:
        return PairedShare(0, None, None, None, None, None, 0, 0)
    more, less, total = gained + 0.5, lost + 0.5, n + 2
    centre = (more - less) / total
    spread = np.sqrt(more + less - (more - less) ** 2 / total) / total
    half = float(norm.ppf(0.975)) * float(spread)
    return PairedShare(
        n=n,
        candidate=float(candidate.mean()),
        serving=float(serving.mean()),
        difference=(gained - lost) / n,
        low=max(-1.0, centre - half),
        high=min(1.0, centre + half),
        n_gained=gained,
        n_lost=lost,
    )


@dataclass(frozen=True)
class Displacement:
    """How far exams move, as shares of the list's length, and Spearman's correlation."""

    median: float
    p90: float
    largest: float
    spearman: float | None


def places(score: Array) -> NDArray[np.int64]:
    """[exams] place of each, 1 for the highest; ties stay in the order given."""
    return rankdata(-score, method="ordinal").astype(np.int64)


def displacement(candidate: Array, serving: Array) -> Displacement:
    """Measure how far a list is reordered."""
    moved = np.abs(places(candidate) - places(serving)) / candidate.size
    is_constant = np.ptp(candidate) == 0 or np.ptp(serving) == 0
    correlation = None if is_constant else _spearman(candidate, serving)
    median, p90 = (float(value) for value in np.quantile(moved, [0.5, 0.9]))
    return Displacement(median, p90, float(moved.max()), correlation)


def _spearman(candidate: Array, serving: Array) -> float:
    return float(np.corrcoef(rankdata(candidate), rankdata(serving))[0, 1])


@dataclass(frozen=True)
class TopShare:
    """The exams read first under each: how many, and the share of them that is exchanged."""

    n: int
    share_changed: float
    leaving: Flags
    entering: Flags


def compare_top(candidate: Array, serving: Array, share: float = 0.1) -> TopShare:
    """Compare the most suspicious `share` of exams, at least one."""
    n = max(1, round(share * candidate.size))
    is_first, was_first = places(candidate) <= n, places(serving) <= n
    leaving = was_first & ~is_first
    return TopShare(n, float(leaving.sum()) / n, leaving, is_first & ~was_first)
