"""The programme's own reading days again, in another order: how long cancers would have waited.

On each past day as many exams are read as were; only which ones differs. Nothing is predicted.
"""

import heapq
from dataclasses import dataclass

import polars as pl

from tasks.publish.priority_list import AGEING_DAYS, AGEING_EVERY
from tasks.publish.proportions import Spread, spread
from tasks.publish.suppression import hide_small, is_small

_UNREAD = -1


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
    columns = ["exam_key", "day", "read_date", "calibrated_score", "is_cancer"]
    known = exams.select(columns).drop_nulls(columns[1:4]).sort("day", "exam_key")
    is_cancer = known["is_cancer"].fill_null(value=False)
    if not is_cancer.sum() or is_small(int(is_cancer.sum())):
        return None
    # A reading that stands before its exam is a slip of the pen: the exam's day counts.
    slots = known.select(pl.max_horizontal("day", "read_date")).to_series().sort()
    by_arrival = (slots - known["day"]).dt.total_days().filter(is_cancer)
    arrived, days = (one.to_physical().to_list() for one in (known["day"], slots))
    read_on = read_by_score(arrived, known["calibrated_score"].to_list(), days)
    by_list = (pl.Series(read_on) - known["day"].to_physical()).filter(is_cancer)
    sooner, later = (by_list < by_arrival).to_list(), (by_list > by_arrival).to_list()
    counts = [sum(sooner), sum(later), by_list.len() - sum(sooner) - sum(later)]
    hidden = hide_small(counts).cells
    shown = [None if is_hidden else n for n, is_hidden in zip(counts, hidden, strict=True)]
    arrival, ordered = spread(by_arrival), spread(by_list)
    return Waiting(arrival, ordered, *shown[:2]) if arrival and ordered else None


def read_by_score(arrivals: list[int], scores: list[float], slots: list[int]) -> list[int]:
    """The day on which each exam is read, highest score first among those that have arrived.

    Args:
        arrivals: [exams] days as numbers from 0 on, in order.
        scores: [exams].
        slots: [exams] days on which one exam is read, in order; never fewer than have arrived.
    """
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    ranks = [0] * len(order)
    for rank, place in enumerate(order):
        ranks[place] = rank
    waiting: list[int] = []  # ranks of those that have arrived; some may be read by now
    read_on = [_UNREAD] * len(slots)
    n_arrived = oldest = 0
    for turn, day in enumerate(slots, start=1):
        while n_arrived < len(arrivals) and arrivals[n_arrived] <= day:
            heapq.heappush(waiting, ranks[n_arrived])
            n_arrived += 1
        while oldest < n_arrived and read_on[oldest] != _UNREAD:
            oldest += 1
        is_aged_turn = turn % AGEING_EVERY == 0 and oldest < n_arrived
        place = oldest
        if not (is_aged_turn and day - arrivals[oldest] > AGEING_DAYS):
            place = order[heapq.heappop(waiting)]
            while read_on[place] != _UNREAD:
                place = order[heapq.heappop(waiting)]
        read_on[place] = day
    return read_on
