"""Declarations as Delta schemas, and values as SQL."""

from datetime import UTC, date, datetime

import pytest

from tasks.lake.columns import Table
from tasks.lake.layout import delta_schema, one_of
from tasks.lake.schemas import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_delta_schema_keeps_names_and_nullability(table: Table):
    fields = delta_schema(table).fields
    assert [field.name for field in fields] == table.schema.names()
    assert [field.nullable for field in fields] == [c.nullable for c in table.columns]


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        ("O'Higgins", "'O''Higgins'"),
        (7, "7"),
        (date(2026, 11, 2), "'2026-11-02'"),
        (datetime(2026, 11, 2, tzinfo=UTC), "'2026-11-02 00:00:00+00:00'"),
    ],
)
def test_a_condition_quotes_its_values(value: object, sql: str):
    assert one_of("name", [value, value]) == f"name IN ({sql}, {sql})"
