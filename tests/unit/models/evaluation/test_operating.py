"""Thresholds by rule, and the intervals of what they buy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from models.evaluation.operating import (
    measure_point,
    programme_weight,
    share,
    standard_points,
    threshold_at_recall,
    threshold_at_sensitivity,
    threshold_at_specificity,
)
from models.metrics import sensitivity_at_specificity

TRUTH = np.array([True] * 4 + [False] * 10)
SCORE = np.array([0.95, 0.8, 0.5, 0.2, 0.9, *np.arange(9) / 10])


def test_few_events_get_the_exact_interval():
    found = share(3, 20)
    assert found.low == pytest.approx(beta.ppf(0.025, 3, 18))
    assert found.high == pytest.approx(beta.ppf(0.975, 4, 17))


def test_many_events_get_wilsons():
    assert (share(50, 100).low, share(50, 100).high) == pytest.approx(
        (0.4038, 0.5962), abs=1e-4
    )


def test_nothing_of_nothing_has_no_share():
    assert share(0, 0).value is None


def test_the_threshold_at_specificity_is_the_rule_that_the_study_states():
    threshold = threshold_at_specificity(TRUTH, SCORE, 0.9)
    assert threshold == 0.8  # nine of ten non-cancers lie at or below it
    assert threshold == sensitivity_at_specificity(TRUTH, SCORE, 0.9).threshold


def test_the_threshold_at_sensitivity_lies_just_below_a_cancer():
    threshold = threshold_at_sensitivity(TRUTH, SCORE, 0.75)
    assert (SCORE[TRUTH] > threshold).sum() == 3
    assert threshold == pytest.approx(0.5)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.floats(0, 1))
def test_no_more_are_recalled_than_allowed(values: list[int], rate: float):
    score = np.array(values, dtype=float)
    threshold = threshold_at_recall(score, np.ones(score.size), rate)
    assert (score > threshold).mean() <= rate + 1e-9


def test_counts_and_programme_values_by_hand():
    point = measure_point("x", "by hand", 0.75, truth=TRUTH, score=SCORE, prevalence=0.01)
    assert (point.sensitivity.value, point.specificity.value) == (0.5, 0.8)
    assert (point.ppv.n_events, point.ppv.n) == (2, 4)
    assert (point.npv.n_events, point.npv.n) == (8, 10)
    assert point.recall_rate_in_programme == pytest.approx(0.01 * 0.5 + 0.99 * 0.2)
    assert point.ppv_in_programme == pytest.approx(0.005 / 0.203)
    assert point.npv_in_programme == pytest.approx(0.792 / 0.797)
    assert point.cancer_detection_rate_in_programme == pytest.approx(5)


def test_the_weights_bring_a_sample_to_the_programmes_prevalence():
    weight = programme_weight(TRUTH, 0.01)
    assert (weight @ TRUTH / weight.sum(), weight.mean()) == pytest.approx((0.01, 1))


def test_the_standard_points_keep_what_their_names_promise():
    points = {point.name: point for point in standard_points(TRUTH, SCORE, 0.01, 0.07)}
    assert points["sensitivity_90"].sensitivity.value == 1
    assert (points["specificity_90"].specificity.value or 0) >= 0.9
    assert (points["specificity_95"].specificity.value or 0) >= 0.95
    assert points["recall"].recall_rate_in_programme <= 0.07
