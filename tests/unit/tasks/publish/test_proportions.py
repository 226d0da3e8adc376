"""Proportions and spreads against hand counts."""

from math import sqrt

import polars as pl
import pytest

from tasks.publish.proportions import Proportion, exclusion, spread


def wilson(n_events: int, n: int) -> tuple[float, float]:
    """Wilson's interval as his paper writes it."""
    z, share = 1.959963984540054, n_events / n
    middle = share + z**2 / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


@pytest.mark.parametrize(("n_events", "n"), [(10, 40), (33, 37), (500, 10_000)])
def test_the_interval_is_wilsons_from_ten_events_on(n_events, n):
    assert Proportion(n_events, n).interval == pytest.approx(wilson(n_events, n))


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
