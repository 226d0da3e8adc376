"""Brings tables of earlier schemas to the declared one; columns may come, none may go.

Reading an earlier schema needs no migration: `completed` fills in what its rows lack, in every
version of the past. Writing migrates first. A column that may be null is a line in the log; one
that may not is given its declared default by writing the rows anew, in one commit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, write_deltalake

from tasks.errors import ContractViolation
from tasks.lake.columns import Column, Table
from tasks.lake.commits import AT_THIS_VERSION
from tasks.lake.layout import delta_schema, writer_properties


@dataclass(frozen=True)
class Migration:
    """What parts a stored table from its declaration.

    Args:
        added: Declared columns that are not stored.
        relaxed: Columns that are stored as never null and may be by now.
    """

    added: tuple[Column, ...] = ()
    relaxed: tuple[Column, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.added or self.relaxed)

    @property
    def rewrites(self) -> bool:
        """Whether every row is written anew, rather than the log alone told."""
        return any(not column.nullable for column in self.added)

    @property
    def sentence(self) -> str:
        """What a person reads before it is done."""
        done = [f"add {column.name}" for column in self.added]
        done += [f"let {column.name} be null" for column in self.relaxed]
        how = "every row is written anew" if self.rewrites else "no row is written anew"
        return f"{', '.join(done)} ({how})" if done else "nothing to do"


def plan_migration(table: Table, delta: DeltaTable) -> Migration:
    """Hold the stored columns to the declared ones; order and comments may differ.

    Raises:
        ContractViolation: If they differ otherwise than by columns that came, or may be null.
    """
    stored = {field.name: (field.type, field.nullable) for field in delta.schema().fields}
    declared = dict(zip(table.columns, delta_schema(table).fields, strict=True))
    added = [column for column in declared if column.name not in stored]
    kept = {column: field for column, field in declared.items() if column.name in stored}
    different = sorted(stored.keys() - table.schema.keys())
    different += [c.name for c in added if not c.nullable and c.default is None]
    different += [c.name for c, field in kept.items() if field.type != stored[c.name][0]]
    different += [c.name for c in kept if stored[c.name][1] and not c.nullable]
    if different:
        raise ContractViolation(
            f"The lake's table {table.name} was made by another version of this system: it "
            f"differs in {different}, which no migration mends. Update this installation, or "
            "start with an empty lake."
        )
    relaxed = [c for c in kept if c.nullable and not stored[c.name][1]]
    return Migration(tuple(added), tuple(relaxed))


def migrate(table: Table, delta: DeltaTable, migration: Migration) -> None:
    """Bring the version that was read to the declared schema; open the table again after it.

    Raises:
        CommitFailedError: If the table moved on.
    """
    if migration.rewrites:
        _rewrite(table, delta)
        return
    for column in migration.relaxed:
        delta.alter.drop_column_not_null(column.name, commit_properties=AT_THIS_VERSION)
    if migration.added:
        names = {column.name for column in migration.added}
        fields = [field for field in delta_schema(table).fields if field.name in names]
        delta.alter.add_columns(fields, commit_properties=AT_THIS_VERSION)


def completed(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Give rows of any earlier schema the declared columns, in their order."""
    stored = rows.collect_schema().names()
    absent = [column for column in table.columns if column.name not in stored]
    if not absent and stored == table.schema.names():
        return rows
    filled = [pl.lit(c.default, c.dtype).alias(c.name) for c in absent]
    return rows.with_columns(filled).select(table.schema.names())


def _rewrite(table: Table, delta: DeltaTable) -> None:
    """Write all rows anew with the defaults, batch by batch: no table is held in memory."""
    schema = pa.schema(delta_schema(table).to_arrow())
    stored = QueryBuilder().register("stored", delta).execute("SELECT * FROM stored")
    rows = pa.RecordBatchReader.from_batches(schema, _batches(table, stored, schema))
    write_deltalake(
        delta,
        rows,
        mode="overwrite",
        schema_mode="overwrite",
        writer_properties=writer_properties(table),
        commit_properties=AT_THIS_VERSION,
    )


def _batches(
    table: Table, stored: Iterable[Any], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for part in stored:
        batch = pa.record_batch(part)
        columns = [_column(batch, c, schema.field(c.name)) for c in table.columns]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(batch: pa.RecordBatch, column: Column, field: pa.Field) -> pa.Array:
    if column.name in batch.schema.names:
        return batch.column(column.name).cast(field.type)
    return pa.repeat(pa.scalar(column.default, field.type), batch.num_rows)
