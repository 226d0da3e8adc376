"""Whether scores mean what they say, in the sample and at the programme's prevalence.

It judges probabilities of 0-1 and refuses to invent them for other scores.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import fit_platt, logit
from models.evaluation.operating import programme_weight
from models.metrics import auc

Array = NDArray[np.float64]
N_BINS = 10


@dataclass(frozen=True)
class ReliabilityBin:
    """Scores of one bin: their number, weighted mean, and the weighted share of cancers."""

    low: float
    high: float
    n: int
    mean_score: float
    cancer_share: float


@dataclass(frozen=True)
class Calibration:
    """How far probabilities are from shares.

    A perfect score has slope 1 and intercept 0; both are None where the score parts the
    classes perfectly or points the same way for every row, so that no line can be fitted.
    """

    ece: float
    brier: float
    mean_score: float
    cancer_share: float
    slope: float | None
    intercept: float | None
    bins: list[ReliabilityBin]


def is_probability(score: Array) -> bool:
    """Whether every score lies in 0-1."""
    return bool(score.min() >= 0 and score.max() <= 1)


def calibration(
    truth: NDArray[np.bool_], probability: Array, prevalence: float | None = None
) -> Calibration:
    """Calibration in the sample, or with its rows weighted to a prevalence.

    Args:
        truth: [rows] true for cancer.
        probability: [rows] 0-1.
        prevalence: Of the programme, 0-1; None: every row counts once.
    """
    weight = np.ones(truth.size) if prevalence is None else programme_weight(truth, prevalence)
    share = weight / weight.sum()
    bins = _bins(truth, probability, share)
    slope, intercept = _line(truth, probability, prevalence)
    return Calibration(
        ece=_expected_error(truth, probability, share),
        brier=float(share @ (probability - truth) ** 2),
        mean_score=float(share @ probability),
        cancer_share=float(share @ truth),
        slope=slope,
        intercept=intercept,
        bins=bins,
    )


def correct_prevalence(probability: Array, sampled: float, prevalence: float) -> Array:
    """Probabilities that hold for a sample's prevalence, moved to the programme's.

    References:
        Saerens, Latinne & Decaestecker, Neural Computation 14 (2002) 21, equation 2.4.

    Example:
        >>> correct_prevalence(np.array([0.5]), 0.5, 0.01).round(3).tolist()
        [0.01]
    """
    cancer = probability * prevalence / sampled
    other = (1 - probability) * (1 - prevalence) / (1 - sampled)
    return cancer / (cancer + other)


def _places(probability: Array) -> NDArray[np.int64]:
    return np.minimum((probability * N_BINS).astype(np.int64), N_BINS - 1)


def _expected_error(truth: NDArray[np.bool_], probability: Array, share: Array) -> float:
    gaps = np.bincount(_places(probability), share * (probability - truth), minlength=N_BINS)
    return float(np.abs(gaps).sum())


def _bins(truth: NDArray[np.bool_], probability: Array, share: Array) -> list[ReliabilityBin]:
    places = _places(probability)
    bins: list[ReliabilityBin] = []
    for place in np.unique(places):
        within = places == place
        part = share[within] / share[within].sum()
        bins.append(
            ReliabilityBin(
                low=place / N_BINS,
                high=(place + 1) / N_BINS,
                n=int(within.sum()),
                mean_score=float(part @ probability[within]),
                cancer_share=float(part @ truth[within]),
            )
        )
    return bins


def _line(
    truth: NDArray[np.bool_], probability: Array, prevalence: float | None
) -> tuple[float | None, float | None]:
    if auc(truth, probability) in (0.0, 1.0) or np.ptp(logit(probability)) == 0:
        return None, None
    fit = fit_platt(truth, probability, prevalence)
    return fit.slope, fit.intercept
