"""What other ways of reading would have cost and found, on the programme's own past exams.

Each exam carries the one decision that was recorded; a second reader is taken to agree with it.
Counts along the list move in steps of five or more, never ahead of the truth: no two answers
differ by 1 to 4 women.

References:
    `models.evaluation.trials`: the same designs for any number of readers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.trials import (
    AITIC_NOT_READ,
    MASAI_READ_TWICE,
    PRAIM_SAFETY_NET,
)
from tasks.publish.proportions import Proportion
from tasks.publish.suppression import SMALLEST_SHOWN

GRID = 0.005
"""Steps in the share of the list, from the top, at which something may be cut."""


@dataclass(frozen=True)
class Counts:
    """Exams by the reader's decision and by what they turned out to be.

    Args:
        found: Recalled, with cancer.
        overlooked: Not recalled, with cancer; 0 where all of them are too few to be told.
        recalled_healthy: Recalled, without cancer.
        healthy: Not recalled, without cancer.
    """

    found: int
    overlooked: int
    recalled_healthy: int
    healthy: int

    @property
    def n(self) -> int:
        """All exams."""
        return self.n_cancers + self.recalled_healthy + self.healthy

    @property
    def n_cancers(self) -> int:
        """Exams with cancer."""
        return self.found + self.overlooked

    @property
    def n_recalled(self) -> int:
        """Exams that the reader recalled."""
        return self.found + self.recalled_healthy


@dataclass(frozen=True)
class Cut:
    """The first exams of the list by score.

    Args:
        share: Of all exams, 0-1.
        lowest_score: Calibrated, of the exams above the cut, 0-1; None above none.
        counts: Of the exams above the cut.
    """

    share: float
    lowest_score: float | None
    counts: Counts


@dataclass(frozen=True)
class Effect:
    """What a way of reading would have done.

    Args:
        n_reads: Human reads, arbitration left out.
        n_reads_today: Of the same exams as they are read today.
        lost: Cancers that the reading found and this one would not, of those found.
        gained: Cancers that the reading overlooked and this one would recall, of those.
        n_recalled: Exams recalled.
        above: Cancers above the cut, of all.
        read_less: Cancers with fewer reads than today, of all.
    """

    n_reads: int
    n_reads_today: int
    lost: Proportion
    gained: Proportion
    n_recalled: int
    above: Proportion
    read_less: Proportion

    @property
    def found(self) -> Proportion:
        """Cancers recalled, of all."""
        n_found = self.lost.n - self.lost.n_events + self.gained.n_events
        return Proportion(n_found, self.above.n)


@dataclass(frozen=True)
class Policy:
    """A way of reading, moved by the share of exams above a cut.

    Args:
        name: Such as masai.
        share: The trial's, 0-1; None where the AI recalls as often as a reader.
        reads_above: Reads of an exam above the cut, by how often an exam is read today.
        reads_below: The same of an exam below.
        keeps_below: Whether the reader's recalls below the cut stand.
        recalls_above: Whether all above the cut are recalled.
    """

    name: str
    share: float | None
    reads_above: Callable[[int], int]
    reads_below: Callable[[int], int]
    keeps_below: bool = True
    recalls_above: bool = False


def _as_today(n_reads: int) -> int:
    return n_reads


POLICIES = (
    Policy("order_only", 0.10, _as_today, _as_today),
    Policy("masai", MASAI_READ_TWICE, lambda _: 2, lambda _: 1),
    Policy("praim", PRAIM_SAFETY_NET, _as_today, _as_today, recalls_above=True),
    Policy("screentrustcad", None, lambda _: 1, lambda _: 1, recalls_above=True),
    Policy("aitic", 1 - AITIC_NOT_READ, _as_today, lambda _: 0, keeps_below=False),
)
"""Ordering alone, and four trials' designs; see `models.evaluation.trials`."""


def judged(exams: pl.DataFrame) -> pl.DataFrame:
    """The scored exams whose reading and truth are known, by score from the top.

    Args:
        exams: exam_key, calibrated_score, is_recalled and is_cancer, among others.
    """
    columns = ["calibrated_score", "is_recalled", "is_cancer"]
    known = exams.filter(pl.all_horizontal(pl.col(columns).is_not_null()))
    return known.sort("calibrated_score", "exam_key", descending=[True, False])


def cuts(exams: pl.DataFrame) -> list[Cut]:
    """The list cut at every step of `GRID` and at the trials' shares.

    Args:
        exams: Of `judged`.

    Returns:
        From none to all exams; empty where fewer cancers were found than may be told.
    """
    held = _held(exams)
    if held[-1, 0] < SMALLEST_SHOWN:
        return []
    trials = [policy.share for policy in POLICIES if policy.share is not None]
    grid = np.union1d(np.arange(0, 1 + GRID / 2, GRID), trials)
    places = np.unique(np.round(grid * exams.height).astype(int))
    told = np.stack([_stepped(counts[places]) for counts in held.T], 1)
    scores = exams["calibrated_score"]
    return [
        Cut(place / exams.height, scores[place - 1] if place else None, _counts(place, row))
        for place, row in zip(places.tolist(), told.tolist(), strict=True)
    ]


def _held(exams: pl.DataFrame) -> NDArray[np.int64]:
    """[exams + 1, kinds] how many the first exams are of each kind but healthy."""
    recalled, cancer = exams["is_recalled"].to_numpy(), exams["is_cancer"].to_numpy()
    kinds = np.stack([recalled & cancer, ~recalled & cancer, recalled & ~cancer], 1)
    sums = np.cumsum(kinds, axis=0, dtype=np.int64)
    return np.vstack([np.zeros((1, 3), np.int64), sums])


def _stepped(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The largest told count at or below each, no two of which differ by 1 to 4."""
    total = int(counts[-1])
    told = [0]
    for n in counts[:-1].tolist():
        if n - told[-1] >= SMALLEST_SHOWN and total - n >= SMALLEST_SHOWN:
            told.append(n)
    if total >= SMALLEST_SHOWN:
        told.append(total)
    steps = np.array(told)
    return steps[np.searchsorted(steps, counts, side="right") - 1]


def _counts(place: int, told: list[int]) -> Counts:
    return Counts(*told, healthy=place - sum(told))


def nearest(found: list[Cut], share: float) -> Cut:
    """The cut that lies nearest to a share, 0-1."""
    return min(found, key=lambda cut: abs(cut.share - share))


def trial_share(policy: Policy, everything: Counts) -> float:
    """The share that the trial used, 0-1; as many as the reader recalls where it names none."""
    own = everything.n_recalled / everything.n
    return own if policy.share is None else policy.share


def apply(policy: Policy, cut: Cut, everything: Counts, n_reads_today: int) -> Effect:
    """What a policy would have done with a cut.

    Args:
        policy: One of `POLICIES`.
        cut: One of `cuts`.
        everything: The last cut's counts.
        n_reads_today: How often an exam is read today: 1 or 2.
    """
    above, n_below = cut.counts, everything.n - cut.counts.n
    reads = policy.reads_above(n_reads_today), policy.reads_below(n_reads_today)
    n_lost = 0 if policy.keeps_below else everything.found - above.found
    n_kept = everything.n_recalled if policy.keeps_below else above.n_recalled
    added = above.overlooked + above.healthy if policy.recalls_above else 0
    less = (
        above.n_cancers * (reads[0] < n_reads_today),
        (everything.n_cancers - above.n_cancers) * (reads[1] < n_reads_today),
    )
    return Effect(
        n_reads=reads[0] * above.n + reads[1] * n_below,
        n_reads_today=n_reads_today * everything.n,
        lost=Proportion(n_lost, everything.found),
        gained=Proportion(
            above.overlooked if policy.recalls_above else 0, everything.overlooked
        ),
        n_recalled=n_kept + added,
        above=Proportion(above.n_cancers, everything.n_cancers),
        read_less=Proportion(sum(less), everything.n_cancers),
    )
