"""Discrimination of scores against truth, with intervals that respect who belongs together.

Pure numpy: it knows neither tables nor models. A set without both classes is refused.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]


class OneClassError(ValueError):
    """The metric needs cancers and non-cancers, and one of them is absent."""


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, on the same scale."""

    value: float
    low: float
    high: float


def _checked(truth: ArrayLike, score: ArrayLike) -> tuple[Truth, Scores]:
    is_positive = np.asarray(truth, dtype=bool)
    scores = np.asarray(score, dtype=np.float64)
    if is_positive.shape != scores.shape or not np.isfinite(scores).all():
        raise ValueError("Truth and scores need one length and finite scores.")
    if is_positive.all() or not is_positive.any():
        raise OneClassError(f"All {is_positive.size} rows are of one class: both are needed.")
    return is_positive, scores


def auc(truth: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve: the share of pairs in right order, ties counted half."""
    is_positive, scores = _checked(truth, score)
    return float(_weighted_auc(is_positive, scores, np.ones((1, scores.size)))[0])


def _weighted_auc(is_positive: Truth, scores: Scores, weights: Scores) -> Scores:
    """AUC of each row of weights; NaN where a row holds one class only.

    Args:
        is_positive: [rows].
        scores: [rows].
        weights: [draws, rows], how often each row counts.
    """
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])  # of each run of ties
    weights = weights[:, order]
    positive = np.add.reduceat(weights * is_positive[order], starts, axis=1)
    negative = np.add.reduceat(weights * ~is_positive[order], starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative / 2
    pairs = positive.sum(1) * negative.sum(1)
    ordered = (positive * below).sum(1)
    return np.divide(ordered, pairs, out=np.full_like(pairs, np.nan), where=pairs > 0)


def auc_interval(
    truth: ArrayLike,
    score: ArrayLike,
    cluster: ArrayLike,
    *,
    n_draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """AUC with a percentile bootstrap interval over clusters.

    Args:
        truth: [rows] true for cancer.
        score: [rows] higher is more suspicious.
        cluster: [rows] patient or exam; its rows are drawn together.
        n_draws: Resamples; those without both classes are left out.
        seed: Of the draws.
        confidence: Of the interval.

    Raises:
        OneClassError: If truth holds one class only.
    """
    is_positive, scores = _checked(truth, score)
    names, member = np.unique(np.asarray(cluster), return_inverse=True)
    counts = np.random.default_rng(seed).multinomial(
        names.size, np.full(names.size, 1 / names.size), size=n_draws
    )
    draws = np.concatenate(
        [  # in parts: 2 000 draws of a large campaign at once would fill the memory
            _weighted_auc(is_positive, scores, part[:, member].astype(np.float64))
            for part in np.array_split(counts, max(1, n_draws * scores.size // 4_000_000))
        ]
    )
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return Estimate(auc(is_positive, scores), float(low), float(high))


def wilson_interval(n_events: int, n_total: int, confidence: float = 0.95) -> Estimate:
    """A share with its Wilson score interval.

    References:
        Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.

    Example:
        >>> wilson_interval(7, 10)
        Estimate(value=0.7, low=0.397..., high=0.892...)
    """
    if not 0 <= n_events <= n_total or n_total == 0:
        raise ValueError(f"{n_events} events of {n_total} give no share.")
    z = float(norm.ppf((1 + confidence) / 2))
    share = n_events / n_total
    shrunk = 1 + z * z / n_total
    centre = (share + z * z / (2 * n_total)) / shrunk
    half = z / shrunk * sqrt(share * (1 - share) / n_total + z * z / (4 * n_total**2))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


@dataclass(frozen=True)
class SensitivityAt:
    """The sensitivity that a threshold buys; a score above the threshold is positive."""

    sensitivity: Estimate
    specificity: Estimate
    threshold: float


def sensitivity_at_specificity(
    truth: ArrayLike, score: ArrayLike, specificity: float
) -> SensitivityAt:
    """Sensitivity at the smallest threshold that keeps at least this specificity.

    The threshold is a negative's score: the smallest that leaves `specificity` of the negatives
    at or below it.
    """
    is_positive, scores = _checked(truth, score)
    positive, negative = scores[is_positive], np.sort(scores[~is_positive])
    place = int(np.ceil(specificity * negative.size - 1e-9)) - 1
    threshold = float(negative[max(place, 0)])
    return SensitivityAt(
        wilson_interval(int((positive > threshold).sum()), positive.size),
        wilson_interval(int((negative <= threshold).sum()), negative.size),
        threshold,
    )


def expected_calibration_error(
    truth: ArrayLike, probability: ArrayLike, n_bins: int = 10
) -> float:
    """Mean gap of predicted and observed share over equal bins, weighted by their size."""
    is_positive, probabilities = _checked(truth, probability)
    bins = np.minimum((probabilities * n_bins).astype(int), n_bins - 1)
    gaps = np.bincount(bins, probabilities - is_positive, minlength=n_bins)
    return float(np.abs(gaps).sum() / probabilities.size)
