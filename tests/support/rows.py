"""Rows of the lake's tables with only what a test cares about spelled out."""

from datetime import UTC, datetime

import polars as pl

from tasks.lake.columns import Table
from tasks.lake.schemas import INSTANCES, OBJECTS

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


def objects(*rows: dict) -> pl.DataFrame:
    """Rows of `objects`; `is_gone` stands for a time in gone_at."""
    defaults = {
        "etag": "1",
        "size_bytes": 10,
        "last_modified_at": NOW,
        "state": "pending",
        "first_seen_at": NOW,
        "changed_at": NOW,
    }
    return _frame(
        OBJECTS,
        [{"gone_at": NOW if row.get("is_gone") else None} | defaults | row for row in rows],
    )


def instances(*rows: dict) -> pl.DataFrame:
    """Rows of `instances`."""
    return _frame(INSTANCES, list(rows))


def _frame(table: Table, rows: list[dict]) -> pl.DataFrame:
    names = table.schema.names()
    return pl.DataFrame(
        [{name: row.get(name) for name in names} for row in rows], schema=table.schema
    )
