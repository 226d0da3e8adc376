"""ROC, precision and recall, and decision curves, thinned to what a figure can show.

Shares of the sample unless a weight says otherwise; scikit-learn does the counting.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

Array = NDArray[np.float64]
N_POINTS = 150


@dataclass(frozen=True)
class Curve:
    """Points of a curve; `x` and `y` have one length."""

    x: list[float]
    y: list[float]


def thin(x: Array, y: Array) -> Curve:
    """At most about `N_POINTS` points: the ends and points evenly spaced along the curve."""
    steps = np.hypot(np.diff(x), np.diff(y))
    way = np.r_[0.0, np.cumsum(steps)]
    wanted = np.linspace(0, way[-1], N_POINTS)
    kept = np.unique(np.r_[0, np.searchsorted(way, wanted).clip(0, x.size - 1), x.size - 1])
    return Curve([round(float(v), 5) for v in x[kept]], [round(float(v), 5) for v in y[kept]])


def roc(truth: NDArray[np.bool_], score: Array) -> Curve:
    """x: 1 - specificity, y: sensitivity."""
    false_rate, true_rate, _ = roc_curve(truth, score)
    return thin(false_rate, true_rate)


def precision_recall(truth: NDArray[np.bool_], score: Array) -> Curve:
    """x: recall (sensitivity), y: precision (PPV) at the sample's prevalence."""
    precision, recall, _ = precision_recall_curve(truth, score)
    return thin(recall[::-1], precision[::-1])


def average_precision(truth: NDArray[np.bool_], score: Array) -> float:
    """Precision averaged over recall, as steps."""
    return float(average_precision_score(truth, score))


def partial_auc(truth: NDArray[np.bool_], score: Array, specificity: float = 0.9) -> float:
    """AUC over specificities from `specificity` to 1, scaled so that chance is 0.5.

    References:
        McClish, Medical Decision Making 9 (1989) 190.
    """
    return float(roc_auc_score(truth, score, max_fpr=1 - specificity))


def probabilistic_f1(truth: NDArray[np.bool_], probability: Array) -> float:
    """pF1 of the RSNA challenge, for comparison with its leaderboard only.

    It falls with prevalence and rewards over-confident scores.

    Args:
        truth: [rows] true for cancer.
        probability: [rows] 0-1.
    """
    found = float(probability[truth].sum())
    total = float(probability.sum())
    if found == 0:
        return 0.0
    precision, recall = found / total, found / int(truth.sum())
    return 2 * precision * recall / (precision + recall)


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit by threshold probability, of the score and of recalling all; of none: 0."""

    threshold: list[float]
    net_benefit: list[float]
    recall_all: list[float]


def decision_curve(
    truth: NDArray[np.bool_], probability: Array, weight: Array, thresholds: Array
) -> DecisionCurve:
    """Cancers recalled less the false recalls at the threshold's odds, per row.

    Args:
        truth: [rows] true for cancer.
        probability: [rows] 0-1.
        weight: [rows] how much each counts.
        thresholds: Probabilities above which one would recall, each in (0, 1).

    References:
        Vickers & Elkin, Medical Decision Making 26 (2006) 565.
    """
    share = weight / weight.sum()
    odds = thresholds / (1 - thresholds)
    recalled = probability[None, :] >= thresholds[:, None]
    gained = recalled @ (share * truth)
    lost = recalled @ (share * ~truth)
    prevalence = float(share @ truth)
    return DecisionCurve(
        [float(value) for value in thresholds],
        [float(value) for value in gained - odds * lost],
        [float(value) for value in prevalence - odds * (1 - prevalence)],
    )
