"""Reading designs of published trials, replayed on scores and readers' decisions.

Expected values, not draws: readers who saw an exam stand in for any reader of the programme.
Nothing is said about detection where no reader's decision is known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.operating import threshold_at_recall

Array = NDArray[np.float64]
MASAI_READ_TWICE = 0.10
PRAIM_NORMAL = 0.567
PRAIM_SAFETY_NET = 0.015
AITIC_NOT_READ = 0.636


@dataclass(frozen=True)
class Design:
    """What a way of reading costs and finds, at the programme's prevalence.

    Args:
        name: Such as masai.
        rule: What was replayed, with its assumptions.
        reads_per_exam: Human reads, arbitration left out.
        reads_change: Against two readers, as a share.
        sensitivity: Share of cancers recalled, 0-1; None without readers, as the next two.
        recall_rate: Share of exams recalled, 0-1.
        cancers_per_1000: Cancers recalled per 1 000 exams.
    """

    name: str
    rule: str
    reads_per_exam: float
    reads_change: float
    sensitivity: float | None
    recall_rate: float | None
    cancers_per_1000: float | None


def one_reader(decisions: NDArray[np.bool_]) -> Array:
    """[exams] chance that one reader, any of them, recalls the exam.

    Args:
        decisions: [exams, readers] true for recall.
    """
    return decisions.mean(1)


def two_readers(decisions: NDArray[np.bool_]) -> Array:
    """[exams] chance that two different readers recall, a third deciding where they differ.

    With two readers alone any recall stands; with one, the second is taken to agree.
    """
    n_readers = decisions.shape[1]
    recalls = decisions.sum(1).astype(np.float64)
    if n_readers == 1:
        return recalls
    if n_readers == 2:
        return (recalls > 0).astype(np.float64)
    others = n_readers - recalls
    triples = n_readers * (n_readers - 1) * (n_readers - 2) / 6
    return (
        recalls * (recalls - 1) / 2 * others + recalls * (recalls - 1) * (recalls - 2) / 6
    ) / triples


def reader_beside_ai(decisions: NDArray[np.bool_], flagged: NDArray[np.bool_]) -> Array:
    """[exams] chance that a reader and the AI recall, another deciding where they differ."""
    n_readers = decisions.shape[1]
    recalls = decisions.sum(1).astype(np.float64)
    single = recalls / n_readers
    if n_readers == 1:
        return np.maximum(single, flagged)
    both = recalls * (recalls - 1) / (n_readers * (n_readers - 1))
    return np.where(flagged, 1 - _neither(recalls, n_readers), both)


def _neither(recalls: Array, n_readers: int) -> Array:
    others = n_readers - recalls
    return others * (others - 1) / (n_readers * (n_readers - 1))


def simulate(
    truth: NDArray[np.bool_],
    score: Array,
    weight: Array,
    decisions: NDArray[np.bool_] | None,
) -> list[Design]:
    """Replay the trials' designs on one system's exam scores.

    Args:
        truth: [exams] true for cancer.
        score: [exams].
        weight: [exams] how much each counts, so that the sample has the programme's prevalence.
        decisions: [exams, readers] true for recall; None if unknown.
    """
    top = score > threshold_at_recall(score, weight, MASAI_READ_TWICE)
    net = score > threshold_at_recall(score, weight, PRAIM_SAFETY_NET)
    unread = score <= threshold_at_recall(score, weight, 1 - AITIC_NOT_READ)
    single = double = beside = None
    if decisions is not None:
        single, double = one_reader(decisions), two_readers(decisions)
        like_a_reader = float(weight @ single / weight.sum())
        flagged = score > threshold_at_recall(score, weight, like_a_reader)
        beside = reader_beside_ai(decisions, flagged)
    ones = np.ones(truth.size)
    plans: list[tuple[str, str, Array, Array | None]] = [
        ("one_reader", "one reader, no AI", ones, single),
        ("two_readers", "two readers, a third where they differ", 2 * ones, double),
        (
            "masai",
            f"the top {MASAI_READ_TWICE:.0%} by score read twice, the rest once",
            np.where(top, 2.0, 1.0),
            _choose(top, double, single),
        ),
        (
            "praim",
            f"two readers, also of the lowest {PRAIM_NORMAL:.1%}, tagged normal; they yield to "
            f"the safety net, the top {PRAIM_SAFETY_NET:.1%}",
            2 * ones,
            _choose(net, ones, double),
        ),
        (
            "screentrustcad",
            "AI and one reader, another where they differ; the AI recalls like a reader",
            ones,
            beside,
        ),
        (
            "aitic",
            f"the lowest {AITIC_NOT_READ:.1%} not read, the rest read twice",
            np.where(unread, 0.0, 2.0),
            _choose(unread, 0 * ones, double),
        ),
    ]
    return [_measure(*plan, truth=truth, weight=weight) for plan in plans]


def _choose(where: NDArray[np.bool_], a: Array | None, b: Array | None) -> Array | None:
    return None if a is None or b is None else np.where(where, a, b)


def _measure(
    name: str,
    rule: str,
    reads: Array,
    recalled: Array | None,
    *,
    truth: NDArray[np.bool_],
    weight: Array,
) -> Design:
    share = weight / weight.sum()
    n_reads = float(share @ reads)
    if recalled is None:
        return Design(name, rule, n_reads, n_reads / 2 - 1, None, None, None)
    found = float(share @ (truth * recalled))
    return Design(
        name,
        rule,
        n_reads,
        n_reads / 2 - 1,
        found / float(share @ truth),
        float(share @ recalled),
        1000 * found,
    )
