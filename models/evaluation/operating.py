"""Thresholds chosen by a stated rule, and what each buys, with intervals.

A score above the threshold is positive. Shares carry Wilson's interval, or the exact one where
events or non-events are fewer than ten.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from models.metrics import wilson_interval

Array = NDArray[np.float64]
FEW_EVENTS = 10


@dataclass(frozen=True)
class Share:
    """n_events of n; the share and its 95 % interval are None over an empty denominator."""

    n_events: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share(n_events: int, n: int) -> Share:
    """A share with its interval.

    References:
        Wilson, J. Am. Stat. Assoc. 22 (1927) 209; Clopper & Pearson, Biometrika 26 (1934) 404.
    """
    if n == 0:
        return Share(0, 0, None, None, None)
    if min(n_events, n - n_events) < FEW_EVENTS:
        exact = binomtest(n_events, n).proportion_ci(0.95, "exact")
        return Share(n_events, n, n_events / n, float(exact.low), float(exact.high))
    wilson = wilson_interval(n_events, n)
    return Share(n_events, n, wilson.value, wilson.low, wilson.high)


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold and what it buys; predictive values hold for the prevalences named."""

    name: str
    rule: str
    threshold: float
    sensitivity: Share
    specificity: Share
    recalled: Share
    ppv: Share
    npv: Share
    ppv_in_programme: float | None
    npv_in_programme: float | None
    recall_rate_in_programme: float
    cancer_detection_rate_in_programme: float
    """Per 1 000."""


def threshold_at_specificity(
    truth: NDArray[np.bool_], score: Array, specificity: float
) -> float:
    """The smallest non-cancer's score with at least this share of them at or below it."""
    negative = np.sort(score[~truth])
    return float(negative[_place(specificity, negative.size)])


def threshold_at_sensitivity(
    truth: NDArray[np.bool_], score: Array, sensitivity: float
) -> float:
    """The highest threshold that leaves at least this share of cancers above it."""
    positive = np.sort(score[truth])[::-1]
    return below(float(positive[_place(sensitivity, positive.size)]))


def threshold_at_recall(score: Array, weight: Array, recall_rate: float) -> float:
    """The smallest score that leaves at most this weighted share of rows above it."""
    order = np.argsort(score)
    ordered, weights = score[order], weight[order] / weight.sum()
    is_last = np.r_[np.diff(ordered) > 0, True]
    above = 1 - np.cumsum(weights)
    allowed = is_last & (above <= recall_rate + 1e-12)
    return float(ordered[np.argmax(allowed)])


def _place(wanted: float, n: int) -> int:
    return max(int(np.ceil(wanted * n - 1e-9)) - 1, 0)


def below(threshold: float) -> float:
    """The next smaller number: what was at the threshold is now above it."""
    return float(np.nextafter(threshold, -np.inf))


def measure_point(
    name: str,
    rule: str,
    threshold: float,
    *,
    truth: NDArray[np.bool_],
    score: Array,
    prevalence: float,
) -> OperatingPoint:
    """Count what a threshold does.

    Args:
        name: Such as sensitivity_90.
        rule: How the threshold was chosen, in words.
        threshold: A score above it is positive.
        truth: [rows] true for cancer.
        score: [rows].
        prevalence: Of the programme, 0-1, for the values "in programme".
    """
    positive = score > threshold
    tp, fp = int((positive & truth).sum()), int((positive & ~truth).sum())
    fn, tn = int((~positive & truth).sum()), int((~positive & ~truth).sum())
    true_rate = prevalence * tp / (tp + fn)
    false_rate = (1 - prevalence) * fp / (fp + tn)
    recall_rate = true_rate + false_rate
    return OperatingPoint(
        name=name,
        rule=rule,
        threshold=threshold,
        sensitivity=share(tp, tp + fn),
        specificity=share(tn, tn + fp),
        recalled=share(tp + fp, truth.size),
        ppv=share(tp, tp + fp),
        npv=share(tn, tn + fn),
        ppv_in_programme=true_rate / recall_rate if recall_rate else None,
        npv_in_programme=(1 - prevalence - false_rate) / (1 - recall_rate)
        if recall_rate < 1
        else None,
        recall_rate_in_programme=recall_rate,
        cancer_detection_rate_in_programme=1000 * true_rate,
    )


def standard_points(
    truth: NDArray[np.bool_], score: Array, prevalence: float, recall_rate: float
) -> list[OperatingPoint]:
    """The points that every report holds, each by its rule.

    Args:
        truth: [rows] true for cancer.
        score: [rows].
        prevalence: Of the programme, 0-1.
        recall_rate: Highest share of the programme's women to recall, 0-1.
    """
    weight = programme_weight(truth, prevalence)
    rules = {
        "sensitivity_90": (
            "highest threshold with at least 90 % of cancers above it",
            threshold_at_sensitivity(truth, score, 0.90),
        ),
        "specificity_90": (
            "smallest non-cancer's score with at least 90 % of non-cancers at or below it",
            threshold_at_specificity(truth, score, 0.90),
        ),
        "specificity_95": (
            "smallest non-cancer's score with at least 95 % of non-cancers at or below it",
            threshold_at_specificity(truth, score, 0.95),
        ),
        "recall": (
            f"smallest score with at most {recall_rate:.1%} of the programme above it",
            threshold_at_recall(score, weight, recall_rate),
        ),
    }
    return [
        measure_point(name, rule, threshold, truth=truth, score=score, prevalence=prevalence)
        for name, (rule, threshold) in rules.items()
    ]


def programme_weight(truth: NDArray[np.bool_], prevalence: float) -> Array:
    """[rows] how much each row counts so that cancers make up `prevalence`; the mean is 1."""
    sampled = float(truth.mean())
    return np.where(truth, prevalence / sampled, (1 - prevalence) / (1 - sampled))


def threshold_from_above(threshold: float) -> float:
    """The next larger number, for tables in which a score at the threshold is positive."""
    return float(np.nextafter(threshold, np.inf))
