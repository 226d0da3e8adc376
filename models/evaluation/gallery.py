"""The worst failures by identifier: cancers that a score puts low, others that it puts high.

Identifiers only: images are opened from them elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from models.evaluation.table import Level


@dataclass(frozen=True)
class Failure:
    """One row that a score got wrong.

    Args:
        kind: missed (a cancer) or false_alarm.
        key: The row's identifier.
        score: As given.
        percentile: Share of rows with a lower score, ties counted half, 0-100.
    """

    kind: str
    key: str
    score: float
    percentile: float


def worst_failures(level: Level, scorer: str, n: int = 10) -> list[Failure]:
    """The n lowest cancers and the n highest others, worst first."""
    score = level.score(scorer)
    percentile = 100 * (rankdata(score) - 0.5) / score.size
    ascending = np.argsort(score, kind="stable")
    missed = [row for row in ascending if level.truth[row]][:n]
    alarms = [row for row in ascending[::-1] if not level.truth[row]][:n]
    return [
        Failure(kind, level.keys[row], float(score[row]), float(percentile[row]))
        for kind, rows in (("missed", missed), ("false_alarm", alarms))
        for row in rows
    ]
