"""Curves keep their area when thinned; pF1 and net benefit by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from models.evaluation.curves import (
    N_POINTS,
    decision_curve,
    partial_auc,
    probabilistic_f1,
    roc,
)

RNG = np.random.default_rng(2)
TRUTH = RNG.random(3000) < 0.1
SCORE = RNG.random(3000) * 0.8 + 0.2 * TRUTH


def test_a_thinned_roc_keeps_its_ends_and_its_area():
    curve = roc(TRUTH, SCORE)
    assert len(curve.x) <= N_POINTS + 2
    assert (curve.x[0], curve.y[-1]) == (0.0, 1.0)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(
        roc_auc_score(TRUTH, SCORE), abs=0.005
    )


def test_chance_has_half_of_any_area():
    assert partial_auc(
        np.tile([True, False], 500), np.repeat(np.arange(500.0), 2)
    ) == pytest.approx(0.5, abs=0.01)


def test_pf1_by_hand():
    # found 0.9 of 0.9 + 0.1: precision 0.9; of one cancer: recall 0.9.
    assert probabilistic_f1(np.array([True, False]), np.array([0.9, 0.1])) == pytest.approx(0.9)
    assert probabilistic_f1(np.array([True, False]), np.array([0.0, 0.5])) == 0


def test_net_benefit_by_hand():
    truth, probability = np.array([True, False, True, False]), np.array([0.9, 0.6, 0.2, 0.1])
    found = decision_curve(truth, probability, np.ones(4), np.array([0.5]))
    assert found.net_benefit == [pytest.approx(0.25 - 0.25)]
    assert found.recall_all == [pytest.approx(0.5 - 0.5)]
