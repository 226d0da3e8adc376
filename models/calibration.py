"""Fits what maps exam scores to probabilities and bands; applying it is `tasks.score`'s work.

It refuses to correct what it cannot know: the prevalence is stated by the caller.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

from models.metrics import OneClassError

N_BANDS = 10
_EPSILON = 1e-6


@dataclass(frozen=True)
class Platt:
    """Probability = sigmoid(slope * logit(score) + intercept)."""

    slope: float
    intercept: float


def logit(score: ArrayLike) -> NDArray[np.float64]:
    """Log odds of scores 0-1, finite at the ends."""
    clipped = np.clip(np.asarray(score, dtype=np.float64), _EPSILON, 1 - _EPSILON)
    return np.log(clipped / (1 - clipped))


def fit_platt(truth: ArrayLike, score: ArrayLike, prevalence: float | None = None) -> Platt:
    """Fit Platt's sigmoid on the scores' log odds, by maximum likelihood.

    Args:
        truth: [exams] true for cancer.
        score: [exams] 0-1.
        prevalence: Of the programme, where the sample was enriched: each class is weighted
            to it. None keeps the sample's.

    Raises:
        OneClassError: If truth holds one class only.

    References:
        Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
    """
    is_cancer = np.asarray(truth, dtype=bool)
    share = float(is_cancer.mean())
    if share in (0.0, 1.0):
        raise OneClassError(f"All {is_cancer.size} exams are of one class: nothing to fit.")
    wanted = share if prevalence is None else prevalence
    weight = np.where(is_cancer, wanted / share, (1 - wanted) / (1 - share))
    fit = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)
    fit.fit(logit(score)[:, None], is_cancer, sample_weight=weight)
    return Platt(float(np.ravel(fit.coef_)[0]), float(np.ravel(fit.intercept_)[0]))


def band_edges(score: ArrayLike, weight: ArrayLike | None = None) -> list[float]:
    """Nine strictly increasing scores that part exams into ten bands of about a tenth each.

    Args:
        score: [exams].
        weight: [exams] how many of the programme's exams each stands for; None: one.
    """
    scores = np.asarray(score, dtype=np.float64)
    weights = np.ones_like(scores) if weight is None else np.asarray(weight, dtype=np.float64)
    order = np.argsort(scores, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    places = np.searchsorted(reached, np.arange(1, N_BANDS) / N_BANDS)
    edges = scores[order][np.minimum(places, scores.size - 1)]
    for place in range(1, edges.size):  # ties: bands may stay empty, edges may not meet
        edges[place] = max(edges[place], np.nextafter(edges[place - 1], np.inf))
    return [float(edge) for edge in edges]
