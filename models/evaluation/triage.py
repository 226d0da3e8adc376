"""What ordering buys: cancers near the top, days until they are read, exams ruled out.

Exam level. Ties are shared out: each figure is the mean over every order of tied exams.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.curves import Curve, thin

Array = NDArray[np.float64]
SHARES = (5, 10, 20, 30, 50, 70)
"""Per cent of the list."""


def cancers_by_position(truth: NDArray[np.bool_], score: Array) -> Array:
    """[exams] how likely the exam at each place of the list, from the top, is a cancer."""
    order = np.argsort(-score, kind="stable")
    ordered, cancers = score[order], truth[order].astype(np.float64)
    starts = np.flatnonzero(np.r_[True, np.diff(ordered) != 0])
    lengths = np.diff(np.r_[starts, ordered.size])
    return np.repeat(np.add.reduceat(cancers, starts) / lengths, lengths)


def triage(truth: NDArray[np.bool_], score: Array) -> dict[str, float]:
    """Share of cancers in the top x % of the list, for each of `SHARES`.

    The top x % are the first round(x * exams / 100) exams.
    """
    held = np.r_[0.0, np.cumsum(cancers_by_position(truth, score))]
    return {
        str(percent): float(held[round(percent * truth.size / 100)] / truth.sum())
        for percent in SHARES
    }


def triage_curve(truth: NDArray[np.bool_], score: Array) -> Curve:
    """x: share of the list, from the top; y: share of cancers in it."""
    held = np.r_[0.0, np.cumsum(cancers_by_position(truth, score))]
    return thin(np.linspace(0, 1, held.size), held / truth.sum())


@dataclass(frozen=True)
class TimeToRead:
    """Days until the median and the 90th percentile cancer exam is read, from day 1."""

    exams_per_day: int
    median_day: int
    p90_day: int
    median_day_first_in_first_out: float
    p90_day_first_in_first_out: float


def time_to_read(truth: NDArray[np.bool_], score: Array, exams_per_day: int) -> TimeToRead:
    """When cancers are read if the list is read from the top, against any order.

    First in, first out knows nothing of cancer: any day is as likely as another.
    """
    reached = np.cumsum(cancers_by_position(truth, score)) / truth.sum()
    n_days = int(np.ceil(truth.size / exams_per_day))

    def day(share: float) -> int:
        return int(np.argmax(reached >= share - 1e-9)) // exams_per_day + 1

    return TimeToRead(exams_per_day, day(0.5), day(0.9), 0.5 * (n_days + 1), 0.5 + 0.9 * n_days)


@dataclass(frozen=True)
class RuleOut:
    """Curve over the share of exams that nobody reads, lowest scores first.

    `gross` counts every cancer among them, `net` those that the reader would have recalled;
    both as a share of the exams ruled out (false omission) and of all cancers (missed).
    `net` is None where no reader's decision is known.
    """

    ruled_out: list[float]
    gross_false_omission: list[float]
    gross_missed: list[float]
    net_false_omission: list[float] | None
    net_missed: list[float] | None


def rule_out(
    truth: NDArray[np.bool_], score: Array, weight: Array, recalled: Array | None
) -> RuleOut:
    """Rule exams out from the bottom of the list.

    Args:
        truth: [exams] true for cancer.
        score: [exams].
        weight: [exams] how much each counts, so that the sample has the programme's prevalence.
        recalled: [exams] share of the readers who recall the exam, 0-1; None if unknown.
    """
    steps = np.linspace(0.05, 0.95, 19)
    order = np.argsort(score, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    places = np.searchsorted(reached, steps - 1e-9)
    shares = reached[places]
    gross = _gather(order, places, weight * truth)
    net = None if recalled is None else _gather(order, places, weight * truth * recalled)
    cancers = float((weight * truth).sum())
    return RuleOut(
        _rounded(shares),
        _rounded(gross / (shares * weight.sum())),
        _rounded(gross / cancers),
        None if net is None else _rounded(net / (shares * weight.sum())),
        None if net is None else _rounded(net / cancers),
    )


def _gather(order: NDArray[np.int64], places: NDArray[np.int64], counted: Array) -> Array:
    return np.cumsum(counted[order])[places]


def _rounded(values: Array) -> list[float]:
    return [round(float(value), 6) for value in values]
