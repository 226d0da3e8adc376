"""How a declared table lies on disk: its Delta schema, and its Parquet pages.

It decides nothing about rows; `tasks.lake.store` writes them.
"""

from collections.abc import Iterable
from functools import cache

import polars as pl
import pyarrow as pa
from deltalake import ColumnProperties, Field, Schema, WriterProperties

from tasks.lake.columns import Table
from tasks.lake.retention import RETENTION_DAYS

CONFIGURATION = {
    # A published list stays readable as it was that morning; the default forgets in 30 days.
    "delta.logRetentionDuration": f"interval {RETENTION_DAYS} days",
    # A reader in S3 fetches at most so many small log files behind a checkpoint.
    "delta.checkpointInterval": "20",
}
"""Table properties of every table."""


@cache
def delta_schema(table: Table) -> Schema:
    """Translate a declaration, with each column's meaning as its comment."""
    arrow = pl.DataFrame(schema=table.schema).to_arrow().schema
    fields = Schema.from_arrow(arrow).fields
    return Schema(
        [
            Field(
                column.name,
                field.type,
                nullable=column.nullable,
                metadata={"comment": column.meaning},
            )
            for column, field in zip(table.columns, fields, strict=True)
        ]
    )


def writer_properties(table: Table) -> WriterProperties:
    """Choose Parquet's encoding: light zstd, and plain pages without statistics for payloads.

    A dictionary or minimum and maximum of images would cost their size and prune nothing.
    """
    plain = ColumnProperties(dictionary_enabled=False, statistics_enabled="NONE")
    return WriterProperties(
        compression="ZSTD",
        compression_level=1,
        max_row_group_size=table.rows_per_group,
        column_properties={
            column.name: plain for column in table.columns if column.dtype == pl.Binary
        },
    )


def as_stream(table: Table, frames: Iterable[pl.DataFrame]) -> pa.RecordBatchReader:
    """Rows to be written as they come: memory holds one frame."""
    batches = (batch for frame in frames for batch in frame.to_arrow().to_batches())
    return pa.RecordBatchReader.from_batches(
        pl.DataFrame(schema=table.schema).to_arrow().schema, batches
    )


def one_of(column: str, values: Iterable[object]) -> str:
    """Write the condition that a column has one of some values, as DataFusion reads it."""
    return f"{column} IN ({', '.join(_literal(value) for value in values)})"


def _literal(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    # A date or time in quotes takes the type of the column that it is compared with.
    return "'" + str(value).replace("'", "''") + "'"
