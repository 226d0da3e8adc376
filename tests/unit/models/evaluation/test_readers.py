"""Readers' decisions, and readers with a system."""

import numpy as np
import pytest

from models.evaluation.readers import decide, mean_rank, study_readers
from models.evaluation.table import Level
from models.metrics import auc

RNG = np.random.default_rng(8)
TRUTH = np.arange(200) < 40
SCORES = np.stack([RNG.normal(size=200) + TRUTH * gain for gain in (1.0, 1.5, 2.0)], 1)
LEVEL = Level("exam", [str(n) for n in range(200)], TRUTH, SCORES, ["Reader1", "Reader2", "ai"],
              np.arange(200))  # fmt: skip


def test_a_readers_zero_or_one_is_the_decision():
    binary = (SCORES > 1).astype(float)
    level = Level("exam", LEVEL.keys, TRUTH, binary, LEVEL.scorers, LEVEL.cluster)
    decisions = decide(level, ["Reader1"])
    assert decisions is not None
    assert np.array_equal(decisions[:, 0], SCORES[:, 0] > 1)


def test_a_readers_probability_recalls_a_tenth_of_those_without_cancer():
    decisions = decide(LEVEL, ["Reader1", "Reader2"])
    assert decisions is not None
    assert decisions[~TRUTH].mean(0).tolist() == [0.1, 0.1]
    assert decide(LEVEL, []) is None


def test_the_study_compares_and_combines():
    study = study_readers(LEVEL, ["Reader1", "Reader2"], ["ai"], n_draws=200, seed=0)
    single = [auc(TRUTH, SCORES[:, place]) for place in (0, 1)]
    (found,) = study.systems
    assert (study.worst_auc, study.best_auc) == pytest.approx((min(single), max(single)))
    assert found.n_readers_below == 2
    assert found.less_mean_reader.value == pytest.approx(
        auc(TRUTH, SCORES[:, 2]) - np.mean(single)
    )
    panel = SCORES[:, :2].mean(1)
    assert found.with_panel.value == pytest.approx(auc(TRUTH, mean_rank(panel, SCORES[:, 2])))
    assert found.gain_of_single.low < found.gain_of_single.value < found.gain_of_single.high
