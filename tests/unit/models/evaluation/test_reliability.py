"""Calibration of scores that are known to be right, or wrong by a known amount."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from models.evaluation.reliability import calibration, correct_prevalence, is_probability
from models.metrics import expected_calibration_error

RNG = np.random.default_rng(4)
PROBABILITY = RNG.beta(1, 4, 20_000)
TRUTH = RNG.random(20_000) < PROBABILITY


def test_true_probabilities_have_slope_1_intercept_0_and_hardly_any_error():
    found = calibration(TRUTH, PROBABILITY)
    assert (found.slope, found.intercept) == pytest.approx((1, 0), abs=0.08)
    assert found.ece < 0.01


def test_error_and_brier_score_agree_with_the_other_implementations():
    found = calibration(TRUTH, PROBABILITY)
    assert found.ece == pytest.approx(expected_calibration_error(TRUTH, PROBABILITY))
    assert found.brier == pytest.approx(brier_score_loss(TRUTH, PROBABILITY))
    assert sum(part.n for part in found.bins) == TRUTH.size


def test_the_correction_restores_calibration_in_an_enriched_sample():
    kept = TRUTH | (RNG.random(TRUTH.size) < 0.05)
    sampled, prevalence = float(TRUTH[kept].mean()), float(TRUTH.mean())
    enriched = correct_prevalence(PROBABILITY[kept], prevalence, sampled)
    before = calibration(TRUTH[kept], enriched, prevalence)
    after = calibration(
        TRUTH[kept], correct_prevalence(enriched, sampled, prevalence), prevalence
    )
    assert before.ece > 0.3
    assert after.ece < 0.03
    assert (after.slope, after.intercept) == pytest.approx((1, 0), abs=0.15)


def test_perfect_separation_has_no_line():
    found = calibration(np.array([False, True]), np.array([0.1, 0.9]))
    assert (found.slope, found.intercept) == (None, None)


def test_logits_are_no_probabilities():
    assert not is_probability(np.array([-2.0, 0.5]))
    assert is_probability(np.array([0.0, 1.0]))
