"""No small count is shown, and none follows from what is shown."""

from itertools import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.publish.suppression import hide_small, is_small, rounded, tells_of_few

counts = st.lists(st.integers(0, 12), min_size=1, max_size=8)


@given(counts)
def test_no_small_count_is_shown(values):
    hidden = hide_small(values)
    assert all(cell for n, cell in zip(values, hidden.cells, strict=True) if is_small(n))
    assert hidden.total or not is_small(sum(values))


@given(counts)
def test_no_hidden_count_follows_from_the_sum_and_what_is_shown(values):
    hidden = hide_small(values)
    kept_back = list(compress(values, hidden.cells))
    if not kept_back or hidden.total:
        return
    # Move one between any two hidden places: all else that is published stays the same, so
    # each of them has another possible value; hidden counts are known to be positive.
    for place in range(len(kept_back)):
        rest = kept_back[:place] + kept_back[place + 1 :]
        assert kept_back[place] > 1 or max(rest) > 1
        assert rest


@given(counts)
def test_nothing_is_hidden_without_need(values):
    if not any(is_small(n) for n in values):
        assert not any(hide_small(values).cells)


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ((3, 10, 20), (True, True, False)),
        ((3, 4, 20), (True, True, False)),
        ((1, 1, 6, 9), (True, True, True, False)),
        ((0, 3, 8), (False, True, True)),
        ((0, 7, 8), (False, False, False)),
    ],
)
def test_the_smallest_others_are_hidden_with_them(values, cells):
    assert hide_small(values).cells == cells


def test_where_nothing_else_can_hide_a_count_the_sum_is_hidden():
    assert hide_small([1, 1, 1, 1, 1]).total
    assert hide_small([3, 0]).total


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=7),
    st.lists(st.booleans(), min_size=7, max_size=7),
    st.lists(st.booleans(), min_size=7, max_size=7),
)
def test_of_two_told_choices_no_difference_is_one_to_four(counts, one, other):
    one, other = one[: len(counts)], other[: len(counts)]
    larger = [a or b for a, b in zip(one, other, strict=True)]
    if tells_of_few(counts, larger) or tells_of_few(counts, one):
        return
    sums = [
        sum(n for n, is_in in zip(counts, chosen, strict=True) if is_in)
        for chosen in (larger, one)
    ]
    assert not 0 < sums[0] - sums[1] < 5


def test_a_count_is_rounded_to_fives():
    assert [rounded(n) for n in (0, 7, 8, 12, 13)] == [0, 5, 10, 10, 15]
