"""Paired comparisons against scikit-learn, scipy and counts made by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from models.evaluation.paired import (
    compare_auc,
    compare_shares,
    compare_top,
    displacement,
    places,
)

GENERATOR = np.random.default_rng(7)
TRUTH = np.arange(120) % 4 == 0
FIRST = GENERATOR.normal(TRUTH * 1.0)
SECOND = FIRST + GENERATOR.normal(0, 0.5, TRUTH.size)


def test_both_aucs_are_those_of_scikit_learn():
    found = compare_auc(TRUTH, FIRST, SECOND)
    assert found.candidate == pytest.approx(roc_auc_score(TRUTH, FIRST))
    assert found.serving == pytest.approx(roc_auc_score(TRUTH, SECOND))
    assert found.low < found.difference < found.high


def test_equal_scores_differ_by_nothing():
    found = compare_auc(TRUTH, FIRST, FIRST)
    assert (found.difference, found.low, found.high) == pytest.approx((0, 0, 0))


def test_gained_and_lost_exams_are_counted():
    found = compare_shares(np.array([1, 1, 0, 0], bool), np.array([0, 1, 1, 1], bool))
    assert (found.candidate, found.serving, found.difference) == (0.5, 0.75, -0.25)
    assert (found.n_gained, found.n_lost) == (1, 2)
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low < -0.25 < found.high <= 1


def test_shares_over_no_exams_are_unknown():
    found = compare_shares(np.zeros(0, bool), np.zeros(0, bool))
    assert (found.n, found.candidate, found.difference) == (0, None, None)


def test_places_count_from_the_highest_and_ties_stay_in_order():
    assert places(np.array([0.2, 0.9, 0.2])).tolist() == [2, 1, 3]


def test_displacement_is_a_share_of_the_list():
    found = displacement(np.array([1.0, 2, 3, 4]), np.array([4.0, 2, 3, 1]))
    assert (found.median, found.largest) == (0.375, 0.75)


def test_the_correlation_is_that_of_scipy():
    wanted = spearmanr(FIRST, SECOND).statistic
    assert displacement(FIRST, SECOND).spearman == pytest.approx(wanted)


def test_constant_scores_have_no_correlation():
    assert displacement(np.zeros(5), np.arange(5.0)).spearman is None


def test_the_top_says_who_leaves_and_who_enters():
    found = compare_top(np.arange(20.0), np.arange(20.0)[::-1])
    assert (found.n, found.share_changed) == (2, 1.0)
    assert np.flatnonzero(found.leaving).tolist() == [0, 1]
    assert np.flatnonzero(found.entering).tolist() == [18, 19]
