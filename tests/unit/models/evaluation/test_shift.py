"""The stability index by hand, and Kolmogorov-Smirnov's distance by scipy."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from models.evaluation.shift import measure_shift, population_stability_index

BEFORE = np.random.default_rng(3).normal(size=1000)


def test_equal_scores_have_not_shifted():
    found = measure_shift(BEFORE, BEFORE)
    assert (found.psi, found.ks) == (0, 0)
    assert found.ks_p == pytest.approx(1)


@pytest.mark.parametrize(("by", "low", "high"), [(0.05, 0, 0.1), (1.5, 0.25, 10)])
def test_the_index_knows_stable_from_shifted(by, low, high):
    assert low <= population_stability_index(BEFORE + by, BEFORE) < high


def test_the_index_is_the_sum_over_bins():
    before, now = np.repeat([0.0, 1.0], 50), np.repeat([0.0, 1.0], [20, 80])
    old, new = np.array([50.5, 50.5]) / 101, np.array([20.5, 80.5]) / 101
    wanted = ((new - old) * np.log(new / old)).sum()
    assert population_stability_index(now, before, 2) == pytest.approx(wanted)


def test_the_distance_is_that_of_scipy():
    now = BEFORE[:300] * 1.3
    found, wanted = measure_shift(now, BEFORE), ks_2samp(now, BEFORE)
    assert (found.ks, found.ks_p) == pytest.approx((wanted.statistic, wanted.pvalue))
