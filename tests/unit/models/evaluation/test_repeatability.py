"""Two scorings of a key, by hand."""

import numpy as np
import polars as pl
import pytest

from models.evaluation.checks import Columns
from models.evaluation.repeatability import repeatability, repeated_scores
from models.evaluation.table import read_table

FRAME = pl.DataFrame(
    {
        "exam": [1, 1, 2, 2, 3],
        "truth": [0, 0, 1, 1, 0],
        "run": [2, 1, 1, 2, 1],
        "ai": [0.3, 0.1, 0.5, 0.6, 0.4],
    }
)


def test_pairs_are_in_the_order_of_the_repeats_and_single_ones_are_left_out():
    table = read_table(FRAME, Columns("exam", "truth", repeat="run"))
    first, second = repeated_scores(table, "ai")
    assert (first.tolist(), second.tolist()) == ([0.1, 0.5], [0.3, 0.6])


def test_without_a_repeat_column_there_are_no_pairs():
    table = read_table(
        FRAME.filter(pl.col("run") == 1), Columns("exam", "truth", ignored=("run",))
    )
    assert repeated_scores(table, "ai")[0].size == 0


def test_agreement_by_hand():
    found = repeatability(np.array([0.1, 0.5]), np.array([0.3, 0.6]), threshold=0.2)
    assert found.mean_difference == pytest.approx(0.15)
    assert found.repeatability_coefficient == pytest.approx(1.96 * np.sqrt((0.04 + 0.01) / 2))
    assert (found.decision_changes.n_events, found.decision_changes.n) == (1, 2)
    # between 2 * var(0.2, 0.55) = 0.1225, within 0.0125
    assert found.intraclass_correlation == pytest.approx((0.1225 - 0.0125) / 0.135)


def test_equal_scorings_agree_wholly():
    found = repeatability(np.array([0.1, 0.5]), np.array([0.1, 0.5]), threshold=0.2)
    assert (found.intraclass_correlation, found.limits_of_agreement) == (1, (0, 0))
