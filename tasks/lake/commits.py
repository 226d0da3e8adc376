"""Commits that no concurrent writer can spoil; the exceptions of Delta and polars, translated.

It never merges with another commit: who finds that the table moved on reads again.

That keeps keys unique among any number of processes, which Delta's own append does not. Its
merge does, but holds the whole table in memory: to change 4 of 768 images it took 650 MB and
1.8 s, `overwrite` 70 MB and 0.14 s.
"""

import random
import re
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from typing import TypeVar

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import (
    CommitFailedError,
    DeltaError,
    DeltaProtocolError,
    SchemaMismatchError,
)

from tasks.errors import ContractViolation, Retryable
from tasks.lake.columns import Table
from tasks.lake.layout import CONFIGURATION, delta_schema, writer_properties

CONFLICT_PATIENCE_S = 120.0
"""How long a commit is tried again while other writers win."""

LONGEST_WAIT_S = 1.0

Result = TypeVar("Result")

AT_THIS_VERSION = CommitProperties(max_commit_retries=0)
"""Fail when the table moved on, whatever the other commit did."""

_LOCKS: dict[str, threading.Lock] = {}


def locked(path: str) -> threading.Lock:
    """Give the table's lock: threads of one process wait for each other instead of racing."""
    return _LOCKS.setdefault(path, threading.Lock())


def until_no_conflict(table: Table, attempt: Callable[[], Result]) -> Result:
    """Call `attempt`, which reads and commits, until no other writer came in between.

    Raises:
        Retryable: If others win for `CONFLICT_PATIENCE_S`.
    """
    deadline = time.monotonic() + CONFLICT_PATIENCE_S
    for n_conflicts in count():
        try:
            return attempt()
        except CommitFailedError as error:
            if time.monotonic() > deadline:
                raise Retryable(
                    f"Others wrote {table.name} first {n_conflicts + 1} times."
                ) from error
        longest_s = min(LONGEST_WAIT_S, 0.01 * 2 ** min(n_conflicts, 10))
        time.sleep(random.uniform(0, longest_s))  # noqa: S311  # jitter, not a secret
    raise AssertionError  # count() does not end


def create(table: Table, path: str, storage_options: dict[str, str] | None) -> DeltaTable:
    """Make an empty table with its comments and properties."""
    return DeltaTable.create(
        path,
        delta_schema(table),
        partition_by=list(table.partition_by),
        name=table.name,
        description=f"One row is {table.row}.",
        configuration=CONFIGURATION,
        storage_options=storage_options,
    )


def as_of_version(table: Table, delta: DeltaTable, version: int) -> None:
    """Turn an open table back to an earlier version.

    Raises:
        ContractViolation: If there never was such a version.
    """
    latest = delta.version()
    if not 0 <= version <= latest:
        raise ContractViolation(f"{table.name} has no version {version}; the last is {latest}.")
    delta.load_as_version(version)


def append(table: Table, delta: DeltaTable, rows: pl.DataFrame | pa.RecordBatchReader) -> None:
    """Add rows to the version that was read.

    Raises:
        CommitFailedError: If the table moved on.
    """
    write_deltalake(
        delta,
        rows,
        mode="append",
        writer_properties=writer_properties(table),
        commit_properties=AT_THIS_VERSION,
    )


def overwrite(table: Table, delta: DeltaTable, rows: pl.DataFrame, predicate: str) -> None:
    """Put rows in the place of those that fulfil a condition, in the version that was read.

    Raises:
        CommitFailedError: If the table moved on.
    """
    write_deltalake(
        delta,
        rows,
        mode="overwrite",
        predicate=predicate,
        writer_properties=writer_properties(table),
        commit_properties=AT_THIS_VERSION,
    )


def remove(delta: DeltaTable, predicate: str) -> None:
    """Delete the rows that fulfil a condition in the version that was read.

    Raises:
        CommitFailedError: If the table moved on.
    """
    delta.delete(predicate, commit_properties=AT_THIS_VERSION)


@contextmanager
def translated(table: Table) -> Generator[None]:
    """Turn the exceptions of Delta, polars and the storage into this system's.

    Raises:
        ContractViolation: If the schemas differ or a file of the table is damaged.
        Retryable: If the storage does not answer or refuses.
    """
    try:
        yield
    except (SchemaMismatchError, DeltaProtocolError) as error:
        raise ContractViolation(f"Table {table.name}: {_sentence(error)}") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        # Rust panics on a truncated Parquet file; a flipped bit may be in a column's name.
        raise ContractViolation(
            f"A file of table {table.name} is damaged: {_sentence(error)}"
        ) from error
    except (DeltaError, OSError) as error:
        raise Retryable(
            f"The storage of table {table.name} failed: {_sentence(error)}"
        ) from error


def _sentence(error: BaseException) -> str:
    """Lay a many-line, coloured message out as one short line."""
    plain = re.sub(r"\x1b\[\d*m|↳", "", str(error))
    return " ".join(plain.split())[:500]
