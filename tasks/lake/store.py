"""The lake: reads and commits of every table, on a folder or in S3.

It changes nothing that is equal already, leaves no two rows with one key, and computes nothing.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain
from operator import and_
from typing import TypeVar

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from tasks.errors import ContractViolation
from tasks.lake.columns import Table
from tasks.lake.commits import (
    append,
    as_of_version,
    create,
    locked,
    overwrite,
    remove,
    translated,
    until_no_conflict,
)
from tasks.lake.durability import flush
from tasks.lake.layout import as_stream, one_of
from tasks.lake.migration import Migration, completed, migrate, plan_migration
from tasks.lake.rows import (
    absent_rows,
    are_same_rows,
    changed_rows,
    check_rows,
    compared_columns,
)
from tasks.lake.schemas import IMAGES

Result = TypeVar("Result")

KEYS_PER_CONDITION = 1000
"""Values in one condition: with 40 000 DataFusion overflows the stack and kills the process."""

ROWS_PER_BATCH = 10_000
"""Rows that are held at once while they pass from one table to another."""


@dataclass(frozen=True)
class Lake:
    """All tables below one URL.

    Args:
        url: A folder or s3://bucket/prefix.
        storage_options: For S3, from `tasks.lake.s3.s3_storage_options`.
    """

    url: str
    storage_options: Mapping[str, str] | None = field(default=None, repr=False)

    def scan(self, table: Table, version: int | None = None) -> pl.LazyFrame:
        """Read lazily, now or as of a version; typed and empty where there is no table yet.

        The frame's own `collect` raises polars' exceptions; `read` translates them.
        """
        with translated(table):
            return self._frame(table, self._open(table, version))

    def read(
        self,
        table: Table,
        *,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
        at_most: int | None = None,
    ) -> pl.DataFrame:
        """Read some columns of the rows that fulfil a condition; others are not fetched.

        Args:
            table: Which.
            columns: All if left out.
            where: Every row if left out.
            at_most: So many rows, whichever come first; all if left out.

        Raises:
            Retryable: If the storage does not answer.
            ContractViolation: If a file is damaged or the table has another schema.
        """
        with translated(table):
            rows = self.scan(table)
            rows = rows if where is None else rows.filter(where)
            rows = rows.select(columns or table.schema.names())
            return (rows if at_most is None else rows.head(at_most)).collect()

    def batches(
        self, table: Table, columns: Sequence[str], n_rows: int
    ) -> Iterator[pl.DataFrame]:
        """Read some columns of a table that memory need not hold, some rows at a time.

        Raises:
            Retryable: If the storage does not answer.
            ContractViolation: If a file is damaged or the table has another schema.
        """
        with translated(table):
            rows = self.scan(table).select(columns)
            yield from rows.collect_batches(chunk_size=n_rows)

    def read_pixels(
        self, sop_instance_keys: Sequence[str], preprocessing_version: str
    ) -> pl.DataFrame:
        """Read network inputs, verified, in the order of their keys; absent ones are left out.

        Raises:
            ContractViolation: If pixels are not those that their digest was made of.
        """
        wanted = pl.DataFrame({"sop_instance_key": sop_instance_keys}).unique(
            maintain_order=True
        )
        is_wanted = pl.col("sop_instance_key").is_in(wanted["sop_instance_key"].implode())
        is_current = pl.col("preprocessing_version") == preprocessing_version
        images = self.read(IMAGES, where=is_wanted & is_current)
        for image in images.iter_rows(named=True):
            if hashlib.sha256(image["pixels"]).hexdigest() != image["pixels_sha256"]:
                raise ContractViolation(
                    f"The lake's pixels of image {image['sop_instance_key']} are damaged: "
                    "delete its row of images and run again."
                )
        return wanted.join(images, on="sop_instance_key", maintain_order="left")

    def version(self, table: Table) -> int | None:
        """Number the last commit; None where there is no table yet."""
        with translated(table):
            delta = self._open(table)
            return None if delta is None else delta.version()

    def count(self, table: Table) -> int:
        """Count the rows by the log alone: no data file is opened."""
        with translated(table):
            delta = self._open(table)
            return 0 if delta is None else delta.count()

    def history(self, table: Table) -> pl.DataFrame:
        """List the commits, newest first: version, committed_at, operation."""
        schema = {
            "version": pl.Int64(),
            "committed_at": pl.Datetime("ms", "UTC"),
            "operation": pl.String(),
        }
        with translated(table):
            delta = self._open(table)
            commits = [] if delta is None else delta.history()
        rows = [(entry["version"], entry["timestamp"], entry["operation"]) for entry in commits]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def insert_new(self, table: Table, frame: pl.DataFrame) -> int:
        """Insert the rows whose key is absent; without one, commit nothing.

        Returns:
            How many were inserted.

        Raises:
            ContractViolation: If the rows break the table's declaration.
            Retryable: If the storage does not answer, or other writers win for too long.
        """
        rows = check_rows(table, frame)

        def attempt(delta: DeltaTable) -> int:
            standing = self._standing(table, delta, rows, table.key)
            new = absent_rows(table, rows, standing)
            if new.height:
                append(table, delta, new)
            return new.height

        return self.commit(table, attempt) if rows.height else 0

    def insert_from(self, table: Table, source: Table) -> None:
        """Insert the rows of another table whose key is absent: one commit, or none.

        Args:
            table: Where; its columns are some of the other's.
            source: Read some rows at a time, as memory need not hold them all.

        Raises:
            Retryable: If the storage does not answer, or other writers win for too long.
            ContractViolation: If a file of the other table is damaged.
        """
        columns = table.schema.names()

        def attempt(delta: DeltaTable) -> None:
            standing = self._frame(table, delta).select(table.key)
            lacking = self.scan(source).select(columns).join(standing, on=table.key, how="anti")
            batches = lacking.collect_batches(chunk_size=ROWS_PER_BATCH)
            if (first := next(batches, None)) is not None:
                append(table, delta, as_stream(table, chain([first], batches)))

        self.commit(table, attempt)

    def upsert(self, table: Table, frame: pl.DataFrame) -> int:
        """Insert rows, or put them in the place of those that differ; else commit nothing.

        New rows are one commit, changed ones another, or several where they are many.

        Returns:
            How many were inserted or changed.

        Raises:
            ContractViolation: If the rows break the table's declaration.
            Retryable: If the storage does not answer, or other writers win for too long.
        """
        rows = check_rows(table, frame)
        n_changed = 0

        def attempt(delta: DeltaTable) -> int:
            nonlocal n_changed
            standing = self._standing(table, delta, rows, compared_columns(table))
            changed = changed_rows(table, rows, standing)
            new = absent_rows(table, changed, standing)
            if new.height:
                append(table, delta, new)
                n_changed += new.height
            updated = changed.join(standing, on=table.key, how="semi", maintain_order="left")
            for part in updated.iter_slices(KEYS_PER_CONDITION):
                self._replace_keys(table, delta, part)
                n_changed += part.height
            return n_changed

        return self.commit(table, attempt) if rows.height else 0

    def replace_where(
        self, table: Table, frame: pl.DataFrame, where: Mapping[str, object]
    ) -> bool:
        """Put rows in the place of all that have some key columns' values, in one commit.

        Args:
            table: Where.
            frame: All the rows that shall have those values; none deletes them.
            where: Such as {"list_date": date}; columns of the key.

        Returns:
            Whether anything changed; if not, nothing was committed.

        Raises:
            ContractViolation: If the rows break the table's declaration, or lie elsewhere.
            Retryable: If the storage does not answer, or other writers win for too long.
        """
        rows = check_rows(table, frame)
        if not where or not where.keys() <= set(table.key):
            raise ContractViolation(
                f"{table.name} is replaced by parts of its key, not {where}."
            )
        condition = reduce(and_, (pl.col(name) == value for name, value in where.items()))
        if rows.filter(condition).height != rows.height:
            raise ContractViolation(f"Some rows for {table.name} lie outside {where}.")
        predicate = " AND ".join(one_of(name, [value]) for name, value in where.items())

        if rows.is_empty() and self.version(table) is None:
            return False

        def attempt(delta: DeltaTable) -> bool:
            standing = self._frame(table, delta).filter(condition).collect()
            if are_same_rows(table, rows, standing):
                return False
            overwrite(table, delta, rows, predicate)
            return True

        return self.commit(table, attempt)

    def delete(self, table: Table, column: str, values: Sequence[str]) -> int:
        """Delete the rows that have one of some values in a column; if none, commit nothing.

        Former versions keep them: `tasks.lake.history` is about those.

        Returns:
            How many were deleted.

        Raises:
            Retryable: If the storage does not answer, or other writers win for too long.
        """
        if self.version(table) is None:
            return 0

        def attempt(delta: DeltaTable) -> int:
            standing = self._frame(table, delta).select(column).collect().get_column(column)
            found = standing.filter(standing.is_in(list(values)))
            for part in found.unique().to_frame().iter_slices(KEYS_PER_CONDITION):
                remove(delta, one_of(column, part.get_column(column)))
            return found.len()

        return self.commit(table, attempt)

    def settle(self, table: Table) -> tuple[int, frozenset[str]]:
        """Write a checkpoint: whoever reads the latest version needs no older commit.

        Returns:
            The latest version, and the names of the data files that it is made of.
        """
        with translated(table):
            delta = DeltaTable(self._path(table), storage_options=self._options())
            delta.create_checkpoint()
            flush(self._path(table), range(delta.version(), delta.version() + 1))
            names = pl.DataFrame(delta.get_add_actions()).get_column("path")
            return delta.version(), frozenset(names)

    def opened(self, table: Table, version: int | None = None) -> DeltaTable | None:
        """Open a table's log, for upkeep: now or as of a version; None where there is none.

        Raises:
            ContractViolation: If the table has another schema, or never had that version.
            Retryable: If the storage does not answer.
        """
        with translated(table):
            return self._open(table, version)

    def migration(self, table: Table) -> Migration:
        """What the stored table lacks; nothing where there is no table yet.

        Raises:
            ContractViolation: If the difference is none that a migration mends.
        """
        delta = self.opened(table)
        return Migration() if delta is None else plan_migration(table, delta)

    def migrate(self, table: Table) -> None:
        """Bring a stored table to its declaration; every commit does so first.

        Raises:
            ContractViolation: If the difference is none that a migration mends.
            Retryable: If the storage does not answer, or other writers win for too long.
        """
        if self.migration(table).is_needed:
            self.commit(table, lambda _: None)

    def commit(self, table: Table, attempt: Callable[[DeltaTable], Result]) -> Result:
        """Let `attempt` read the table and commit, again while others commit in between.

        A table that does not exist is made first; one of an earlier schema is migrated.

        Raises:
            Retryable: If the storage does not answer, or other writers win for too long.
        """
        with translated(table), locked(self._path(table)):
            return until_no_conflict(table, lambda: self._flushed(table, attempt))

    def _flushed(self, table: Table, attempt: Callable[[DeltaTable], Result]) -> Result:
        """Commit, and have the disk hold it; also the first of two when the second fails."""
        standing = self._open(table)
        first = 0 if standing is None else standing.version() + 1
        delta = self._open_to_write(table, standing)
        try:
            return attempt(delta)
        finally:
            flush(self._path(table), range(first, delta.version() + 1))

    def _open_to_write(self, table: Table, standing: DeltaTable | None) -> DeltaTable:
        delta = standing or self._create(table)
        if (migration := plan_migration(table, delta)).is_needed:
            migrate(table, delta, migration)
            return self._open(table) or self._create(table)
        return delta

    def _path(self, table: Table) -> str:
        return f"{self.url.rstrip('/')}/{table.name}"

    def _options(self) -> dict[str, str] | None:
        return dict(self.storage_options) if self.storage_options else None

    def _open(self, table: Table, version: int | None = None) -> DeltaTable | None:
        try:
            delta = DeltaTable(self._path(table), storage_options=self._options())
        except TableNotFoundError:
            return None
        if version is not None:
            as_of_version(table, delta, version)
        plan_migration(table, delta)
        return delta

    def _create(self, table: Table) -> DeltaTable:
        try:
            return create(table, self._path(table), self._options())
        except DeltaError:
            # Another process was faster, or the storage refuses: opening tells.
            return DeltaTable(self._path(table), storage_options=self._options())

    def _frame(self, table: Table, delta: DeltaTable | None) -> pl.LazyFrame:
        if delta is None:
            return pl.LazyFrame(schema=table.schema)
        return completed(table, pl.scan_delta(delta, storage_options=self._options()))

    def _standing(
        self, table: Table, delta: DeltaTable, rows: pl.DataFrame, columns: Sequence[str]
    ) -> pl.DataFrame:
        """Some columns of the rows that have the keys of `rows`.

        Files whose keys all lie elsewhere are not read.
        """
        keys = rows.lazy().select(table.key)
        first = rows.get_column(table.key[0])
        return (
            self._frame(table, delta)
            .filter(pl.col(first.name).is_between(pl.lit(first.min()), pl.lit(first.max())))
            .select(columns)
            .join(keys, on=table.key, how="semi")
            .collect()
        )

    def _replace_keys(self, table: Table, delta: DeltaTable, changed: pl.DataFrame) -> None:
        """Overwrite every row that shares a key's first column with a changed one.

        Those of them that did not change are written back: one short condition finds the files.
        """
        first = table.key[0]
        values = changed.get_column(first).unique(maintain_order=True)
        keys = changed.lazy().select(table.key)
        neighbours = (
            self._frame(table, delta)
            .filter(pl.col(first).is_in(values.implode()))
            .join(keys, on=table.key, how="anti")
            .collect()
        )
        overwrite(table, delta, pl.concat([changed, neighbours]), one_of(first, values))
