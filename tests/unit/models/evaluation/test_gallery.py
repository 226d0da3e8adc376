"""The worst failures come first."""

import numpy as np

from models.evaluation.gallery import worst_failures
from models.evaluation.table import Level


def test_lowest_cancers_and_highest_others_are_listed_worst_first():
    truth = np.array([True, False, True, False])
    level = Level(
        "exam",
        list("abcd"),
        truth,
        np.array([[0.9], [0.8], [0.1], [0.95]]),
        ["ai"],
        np.arange(4),
    )
    found = worst_failures(level, "ai", 2)
    assert [(row.kind, row.key) for row in found] == [
        ("missed", "c"), ("missed", "a"), ("false_alarm", "d"), ("false_alarm", "b"),
    ]  # fmt: skip
    assert found[0].percentile == 12.5
