"""The programme's own reading days again, in another order: how long cancers would have waited.

On each past day as many exams are read as were; only which ones differs. Nothing is predicted.
"""

import heapq
from collections import deque
from dataclasses import dataclass
from datetime import date

import polars as pl

from tasks.publish.priority_list import AGEING_DAYS, AGEING_EVERY
from tasks.publish.proportions import Spread, spread
from tasks.publish.suppression import hide_small, is_small


@dataclass(frozen=True)
class Waiting:
    """Days until cancers are read, by arrival and by the list's order.

    Args:
        by_arrival: First in, first out.
        by_list: Highest score first, with the list's ageing rule.
        n_sooner, n_later: Cancers that the list reads sooner or later; None where it would
            tell of few women.
    """

    by_arrival: Spread
    by_list: Spread
    n_sooner: int | None
    n_later: int | None


def compare_orders(exams: pl.DataFrame) -> Waiting | None:
    """Replay the past readings in both orders; None with too few cancers read to tell.

    Args:
        exams: exam_key, day, read_date, calibrated_score and is_cancer, among others; rows that
            lack a day, a reading or a score do not count.
    """
    known = exams.drop_nulls(["day", "read_date", "calibrated_score"]).sort("day", "exam_key")
    is_cancer = known["is_cancer"].fill_null(value=False)
    if not is_cancer.sum() or is_small(int(is_cancer.sum())):
        return None
    arrivals = known["day"].to_list()
    # A reading that stands before its exam is a slip of the pen: the exam's day counts.
    slots = known.select(pl.max_horizontal("day", "read_date")).to_series()
    by_arrival = (slots.sort() - known["day"]).dt.total_days().filter(is_cancer)
    scores = known["calibrated_score"].to_list()
    read_on = read_by_score(arrivals, scores, slots.sort().to_list())
    by_list = (pl.Series(read_on) - known["day"]).dt.total_days().filter(is_cancer)
    sooner, later = (by_list < by_arrival).to_list(), (by_list > by_arrival).to_list()
    counts = [sum(sooner), sum(later), by_list.len() - sum(sooner) - sum(later)]
    hidden = hide_small(counts).cells
    shown = [None if is_hidden else n for n, is_hidden in zip(counts, hidden, strict=True)]
    arrival, ordered = spread(by_arrival), spread(by_list)
    return Waiting(arrival, ordered, *shown[:2]) if arrival and ordered else None


def read_by_score(arrivals: list[date], scores: list[float], slots: list[date]) -> list[date]:
    """The day on which each exam is read, highest score first among those that have arrived.

    Args:
        arrivals: [exams] in order.
        scores: [exams].
        slots: [exams] days on which one exam is read, in order; never fewer than have arrived.
    """
    queue = _Queue()
    read_on = list(slots)
    n_arrived = 0
    for place, day in enumerate(slots):
        while n_arrived < len(arrivals) and arrivals[n_arrived] <= day:
            queue.add(n_arrived, scores[n_arrived])
            n_arrived += 1
        is_aged_turn = (place + 1) % AGEING_EVERY == 0
        oldest = queue.oldest() if is_aged_turn else None
        if oldest is not None and (day - arrivals[oldest]).days <= AGEING_DAYS:
            oldest = None
        read_on[queue.take(oldest)] = day
    return read_on


class _Queue:
    """Exams that wait, by score and by arrival; what is taken from one is gone from both."""

    def __init__(self) -> None:
        self._by_score: list[tuple[float, int]] = []
        self._by_arrival: deque[int] = deque()
        self._taken: set[int] = set()

    def add(self, place: int, score: float) -> None:
        heapq.heappush(self._by_score, (-score, place))
        self._by_arrival.append(place)

    def oldest(self) -> int | None:
        while self._by_arrival and self._by_arrival[0] in self._taken:
            self._by_arrival.popleft()
        return self._by_arrival[0] if self._by_arrival else None

    def take(self, place: int | None = None) -> int:
        """Take a place of the queue, else the one with the highest score."""
        while place is None:
            best = heapq.heappop(self._by_score)[1]
            place = None if best in self._taken else best
        self._taken.add(place)
        return place
