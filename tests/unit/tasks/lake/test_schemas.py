"""The declarations themselves."""

import pytest

from tasks.lake.columns import Table
from tasks.lake.schemas import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_key_is_made_of_declared_columns_that_are_never_null(table: Table):
    columns = {column.name: column for column in table.columns}
    assert table.key
    assert not any(columns[name].nullable for name in table.key)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_column_is_declared_once_with_a_sentence(table: Table):
    assert len(table.schema) == len(table.columns)
    assert all(column.meaning.endswith(".") for column in table.columns)


def test_a_row_without_a_column_is_refused():
    with pytest.raises(KeyError, match="lacks"):
        TABLES[0].frame([{}])
