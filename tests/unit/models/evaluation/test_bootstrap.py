"""Draws by patient: exact on every draw, equal to the sorting form, flat in memory."""

import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from models.evaluation import bootstrap
from models.evaluation.bootstrap import draw_aucs, draw_weights, percentile_interval
from models.metrics import auc_interval

RNG = np.random.default_rng(3)
CLUSTER = np.repeat(np.arange(60), 2)
TRUTH = RNG.random(120) < 0.2
SCORES = np.round(RNG.random((120, 3)) + 0.3 * TRUTH[:, None], 1)  # with ties


def test_each_draw_is_scikit_learns_auc_of_the_weighted_rows():
    (weights,) = draw_weights(CLUSTER, 20, 5)
    draws = draw_aucs(TRUTH, SCORES, CLUSTER, n_draws=20, seed=5)
    for weight, aucs in zip(weights, draws, strict=True):
        for place in range(3):
            expected = roc_auc_score(TRUTH, SCORES[:, place], sample_weight=weight)
            assert aucs[place] == pytest.approx(expected, abs=1e-12)


def test_both_breasts_of_an_exam_are_drawn_together():
    (weights,) = draw_weights(CLUSTER, 50, 0)
    assert np.array_equal(weights[:, ::2], weights[:, 1::2])
    assert (weights[:, ::2].sum(1) == 60).all()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch):
    whole = draw_aucs(TRUTH, SCORES, CLUSTER, n_draws=30)
    monkeypatch.setattr(bootstrap, "_BLOCK_CELLS", 500)
    assert np.array_equal(draw_aucs(TRUTH, SCORES, CLUSTER, n_draws=30), whole)


def test_the_interval_agrees_with_the_one_that_training_reports():
    draws = draw_aucs(TRUTH, SCORES[:, :1], CLUSTER, n_draws=4000)[:, 0]
    ours, other = percentile_interval(draws, 0.5), auc_interval(TRUTH, SCORES[:, 0], CLUSTER)
    assert (ours.low, ours.high) == pytest.approx((other.low, other.high), abs=0.01)


def test_memory_does_not_grow_with_the_draws():
    peaks: list[int] = []
    for n_draws in (16_000, 32_000):
        tracemalloc.start()
        for _ in draw_weights(np.arange(500), n_draws, 0):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
