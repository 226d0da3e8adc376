"""Reading designs against a count over every choice of readers."""

from itertools import permutations

import numpy as np
import pytest

from models.evaluation.trials import reader_beside_ai, simulate, two_readers

RNG = np.random.default_rng(1)
DECISIONS = RNG.random((12, 5)) < 0.4
FLAGGED = RNG.random(12) < 0.5


def test_two_readers_and_an_arbiter_equal_the_count_over_all_triples():
    triples = list(permutations(range(5), 3))
    counted = np.mean(
        [np.where(DECISIONS[:, a] == DECISIONS[:, b], DECISIONS[:, a], DECISIONS[:, c])
         for a, b, c in triples], axis=0
    )  # fmt: skip
    assert two_readers(DECISIONS) == pytest.approx(counted)


def test_a_reader_beside_the_ai_equals_the_count_over_all_pairs():
    pairs = list(permutations(range(5), 2))
    counted = np.mean(
        [np.where(DECISIONS[:, a] == FLAGGED, FLAGGED, DECISIONS[:, b]) for a, b in pairs],
        axis=0,
    )
    assert reader_beside_ai(DECISIONS, FLAGGED) == pytest.approx(counted)


def test_one_or_two_readers_are_enough():
    assert two_readers(DECISIONS[:, :1]).tolist() == DECISIONS[:, 0].astype(float).tolist()
    assert (
        two_readers(DECISIONS[:, :2]).tolist() == DECISIONS[:, :2].any(1).astype(float).tolist()
    )
    assert reader_beside_ai(DECISIONS[:, :1], FLAGGED).max() <= 1


def test_designs_cost_the_reads_that_they_promise():
    truth, score = np.arange(1000) >= 950, np.arange(1000.0)
    found = {d.name: d for d in simulate(truth, score, np.ones(1000), (score > 800)[:, None])}
    assert found["masai"].reads_per_exam == pytest.approx(1.10)
    assert found["aitic"].reads_per_exam == pytest.approx(2 * 0.364)
    assert found["praim"].reads_per_exam == pytest.approx(2)
    assert found["screentrustcad"].reads_change == pytest.approx(-0.5)
    assert found["aitic"].sensitivity == 1
    assert found["two_readers"].cancers_per_1000 == pytest.approx(50)


def test_without_readers_only_the_work_is_known():
    truth = np.arange(100) >= 95
    found = simulate(truth, np.arange(100.0), np.ones(100), None)
    assert all(design.sensitivity is None for design in found)
    assert all(design.reads_per_exam > 0 for design in found)
