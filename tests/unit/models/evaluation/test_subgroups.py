"""Classes of a column, and figures that say when they cannot be had."""

import numpy as np
import pytest

from models.evaluation.subgroups import measure_subgroups, name_groups
from models.metrics import auc

TRUTH = np.tile([True, False, False], 20)
SCORE = np.random.default_rng(0).random(60) + 0.3 * TRUTH


def test_ages_are_decades_numbers_quartiles_and_words_themselves():
    assert name_groups("age", np.array(["51", "49.5", "unknown"])).tolist() == [
        "50-59", "40-49", "unknown",
    ]  # fmt: skip
    assert np.unique(name_groups("thickness", np.arange(100).astype(str))).size == 4
    assert name_groups("site", np.array(["a", "b"])).tolist() == ["a", "b"]
    assert name_groups("year", np.array(["2024", "2025"])).tolist() == ["2024", "2025"]


def test_each_group_has_its_n_and_auc():
    values = np.where(np.arange(60) < 30, "A", "B")
    first, second = measure_subgroups("d", values, TRUTH, SCORE, np.arange(60), n_draws=100)
    assert (first.value, first.n, first.n_cancers, second.n) == ("A", 30, 10, 30)
    assert first.auc is not None
    assert first.auc.value == pytest.approx(auc(TRUTH[:30], SCORE[:30]))
    assert first.sensitivity.n + second.sensitivity.n == 20


def test_a_group_with_few_cancers_says_so():
    values = np.where(np.arange(60) < 6, "few", "many")
    few, _ = measure_subgroups("d", values, TRUTH, SCORE, np.arange(60), n_draws=50)
    assert (few.auc, few.reason) == (None, "fewer than 5 of a class")
