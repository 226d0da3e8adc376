"""The drop to another set."""

import pytest

from models.evaluation.external import measure_drop


def scorer(auc: float, error: float | None) -> dict:
    return {"exam": {"auc": auc, "auc_standard_error_delong": error}}


def test_the_variances_of_both_sets_add():
    [row] = measure_drop({"ai": scorer(0.9, 0.03)}, {"ai": scorer(0.8, 0.04)})["exam"]
    assert row["drop"] == pytest.approx(0.1)
    assert row["high"] - row["low"] == pytest.approx(2 * 1.959964 * 0.05)


def test_without_an_error_there_is_no_interval():
    [row] = measure_drop({"ai": scorer(0.9, None)}, {"ai": scorer(0.8, 0.04)})["exam"]
    assert (row["low"], row["high"]) == (None, None)


def test_sets_without_a_common_scorer_are_refused():
    with pytest.raises(ValueError, match="no scorer has the same name"):
        measure_drop({"ai": scorer(0.9, 0.1)}, {"other": scorer(0.8, 0.1)})
