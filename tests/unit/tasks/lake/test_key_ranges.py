"""Ranges of keys: each row in one, whatever its key, and pseudonyms evenly."""

import hashlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.lake.key_ranges import key_ranges

HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(st.lists(HEX | st.text(max_size=4)), st.integers(0, 50), st.integers(1, 9))
def test_each_key_is_in_one_range(keys: list[str], n_rows: int, size: int):
    frame = pl.DataFrame({"exam_key": keys}, schema={"exam_key": pl.String})
    found = [frame.filter(one)["exam_key"] for one in key_ranges(n_rows, size)]
    assert sorted(key for keys in found for key in keys) == sorted(keys)


@given(st.integers(0, 50), st.integers(1, 9))
def test_no_key_is_in_no_range(n_rows: int, size: int):
    frame = pl.DataFrame({"exam_key": [None]}, schema={"exam_key": pl.String})
    assert all(frame.filter(one).is_empty() for one in key_ranges(n_rows, size))


def test_pseudonyms_are_spread_evenly():
    keys = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest()[:32] for n in range(7000)]
    frame = pl.DataFrame({"exam_key": keys})
    sizes = [frame.filter(one).height for one in key_ranges(7000, 1000)]
    assert len(sizes) == 7
    assert max(sizes) < 1200
