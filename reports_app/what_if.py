"""What the page on other ways of reading is made of, kept from one question to the next.

It reads no table: `reports_app.data` does.
"""

from dataclasses import dataclass

import polars as pl

from tasks.publish.reading_policies import Counts, Cut, cuts, judged
from tasks.publish.reading_queue import Waiting, compare_orders


@dataclass(frozen=True)
class WhatIf:
    """The past exams, ready to be read otherwise.

    Args:
        scored: Exams with a score, whether judged or not: exam_score and is_cancer.
        n_judged: Of them those whose reading and truth are known.
        cuts: From none to all judged exams; empty where too few cancers are known.
        waiting: Days until cancers were read, in two orders; None where too few were.
    """

    scored: pl.DataFrame
    n_judged: int
    cuts: list[Cut]
    waiting: Waiting | None

    @property
    def n_scored(self) -> int:
        """Exams with a score."""
        return self.scored.height

    @property
    def everything(self) -> Counts:
        """All judged exams; there must be cuts."""
        return self.cuts[-1].counts


def make_what_if(programme: pl.DataFrame) -> WhatIf:
    """Count the past exams once for every question.

    Args:
        programme: Of `reports_app.programme.join_programme`.
    """
    scored = programme.select("exam_score", "is_cancer").drop_nulls("exam_score")
    known = judged(programme)
    found = cuts(known)
    waiting = compare_orders(known) if found else None
    return WhatIf(scored, known.height, found, waiting)
