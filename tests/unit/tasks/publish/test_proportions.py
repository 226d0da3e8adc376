"""Proportions and spreads against hand counts."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from tasks.publish.proportions import FEW_EVENTS, Proportion, exclusion, spread


@given(st.integers(1, 5000), st.floats(0, 1))
def test_the_interval_is_wilsons_from_ten_events_on_and_exact_below(n, share):
    n_events = round(share * n)
    method = "wilson" if n_events >= FEW_EVENTS else "exact"
    expected = binomtest(n_events, n).proportion_ci(0.95, method)
    assert Proportion(n_events, n).interval == pytest.approx(tuple(expected), abs=1e-9)


def test_the_interval_is_exact_under_ten_events():
    low, high = Proportion(0, 20).interval
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))


def test_nothing_is_said_over_an_empty_denominator():
    assert Proportion(0, 0).value is None
    assert Proportion(0, 0).interval is None


def test_the_spread_leaves_out_what_is_unknown():
    found = spread(pl.Series([1, 2, 3, None, 10]))
    assert (found.n, found.median, found.longest) == (4, 2.5, 10)


def test_there_is_no_spread_of_nothing():
    assert spread(pl.Series([None, None], dtype=pl.Int64)) is None


def test_pending_exams_do_not_count_as_excluded():
    exams = pl.DataFrame({"state": ["scored"] * 3 + ["unscorable", "pending", "pending"]})
    assert exclusion(exams) == Proportion(1, 4)
