"""Parts the exams of a lake by ranges of their keys, so that memory holds one part at a time.

It reads nothing: keys are pseudonyms of hexadecimal digits, as evenly spread as chance. Keys of
another kind are in exactly one range, too, which is then larger than the others.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

import polars as pl

_DIGITS = 8
_KEY = pl.col("exam_key")


def key_ranges(n_rows: int, rows_per_range: int) -> Iterator[pl.Expr]:
    """Conditions of which a row fulfils exactly one, and none if it has no exam_key.

    Args:
        n_rows: That shall be parted; there is one range at least.
        rows_per_range: About so many fulfil each condition.
    """
    n = max(1, ceil(n_rows / rows_per_range))
    edges = [f"{place * 16**_DIGITS // n:0{_DIGITS}x}" for place in range(1, n)]
    for first, end in pairwise([None, *edges, None]):
        is_behind = _KEY.is_not_null() if first is None else _KEY.ge(first)
        yield is_behind if end is None else is_behind & _KEY.lt(end)
