"""Arbitrary rows of any table, by hypothesis."""

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import strategies as st

from tasks.lake.columns import Column, Table

_SIMPLE = {
    pl.String(): st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    pl.Binary(): st.binary(max_size=40),
    pl.Boolean(): st.booleans(),
    pl.Date(): st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    pl.Datetime("us", "UTC"): st.datetimes(
        datetime(1970, 1, 1),
        datetime(2100, 1, 1),
        timezones=st.just(UTC),  # naive by contract
    ),
    pl.Int8(): st.integers(-(2**7), 2**7 - 1),
    pl.Int16(): st.integers(-(2**15), 2**15 - 1),
    pl.Int32(): st.integers(-(2**31), 2**31 - 1),
    pl.Int64(): st.integers(-(2**63), 2**63 - 1),
    pl.Float32(): st.floats(width=32, allow_nan=False),
    pl.Float64(): st.floats(allow_nan=False),
}


def values(dtype: pl.DataType) -> st.SearchStrategy[object]:
    """Values of one polars type."""
    if isinstance(dtype, pl.List):
        return st.lists(values(dtype.inner), max_size=3)
    if isinstance(dtype, pl.Struct):
        return st.fixed_dictionaries({f.name: values(f.dtype) for f in dtype.fields})
    return _SIMPLE[dtype]


def _cells(column: Column) -> st.SearchStrategy[object]:
    cells = values(column.dtype)
    return st.none() | cells if column.nullable else cells


def frames(table: Table, max_size: int = 5) -> st.SearchStrategy[pl.DataFrame]:
    """Frames of a table, each key once."""
    row = st.fixed_dictionaries({column.name: _cells(column) for column in table.columns})
    rows = st.lists(
        row, max_size=max_size, unique_by=lambda row: tuple(row[name] for name in table.key)
    )
    return rows.map(table.frame)
