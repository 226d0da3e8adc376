"""Keeps a lake that grows every night quick to read: compaction, order by exam, vacuum.

No row changes, and no version that is younger than the retention is lost. All of it may run
while a night does: a writer that finds its table compacted reads again, as after any commit.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from deltalake import DeltaTable

from tasks.lake.columns import Table
from tasks.lake.commits import translated
from tasks.lake.files import LakeFiles, log_lines
from tasks.lake.layout import writer_properties
from tasks.lake.store import Lake

TARGET_BYTES = 100 << 20
"""Files are joined until they are about so large."""

GRACE = timedelta(days=7)
"""A younger file that no version names may be of a writer that has not committed yet."""


@dataclass(frozen=True)
class Volume:
    """A table's latest version.

    Args:
        n_files: Data files that it is made of.
        n_bytes: Their size.
        n_small: Of the files, those that compaction may join.
    """

    n_files: int
    n_bytes: int
    n_small: int


@dataclass(frozen=True)
class Waste:
    """Data files that no version within the retention needs."""

    paths: tuple[str, ...]
    n_bytes: int


def measure(lake: Lake, table: Table) -> Volume:
    """Count the files of a table's latest version; none where there is no table."""
    delta = lake.opened(table)
    if delta is None:
        return Volume(0, 0, 0)
    sizes = _files(table, delta).get_column("size_bytes")
    n_small = int((sizes < TARGET_BYTES).sum())
    return Volume(len(sizes), int(sizes.sum()), n_small if n_small > 1 else 0)


def compact(lake: Lake, table: Table, *, by_exam: bool = False) -> Volume:
    """Join a table's small files; where nothing can be joined, commit nothing.

    Args:
        lake: Where.
        table: Which.
        by_exam: Also lay rows of one exam side by side, so that few files are read for it.
            Tables with payloads are left as nights wrote them, exam by exam: sorting them
            would move all pixels.

    Raises:
        Retryable: If the storage does not answer, or other writers win for too long.
    """
    if (lake.opened(table)) is not None:
        is_sorted = by_exam and can_be_sorted(table)
        lake.commit(table, lambda delta: _optimize(table, delta, by_exam=is_sorted))
    return measure(lake, table)


def can_be_sorted(table: Table) -> bool:
    """Whether a table has exams, and no payloads."""
    return "exam_key" in table.schema and pl.Binary() not in table.schema.dtypes()


def find_waste(
    lake: Lake, files: LakeFiles, table: Table, retention: timedelta, now: datetime
) -> Waste:
    """Find the data files that no version younger than the retention is made of.

    Delta's own vacuum counts from a file's removal, forgets removals a week after they
    entered a checkpoint, and writes commits of its own; this counts versions.

    Args:
        lake: Where.
        files: Of that lake.
        table: Which.
        retention: Versions that were the latest at any time since `now - retention` stay.
        now: In UTC.
    """
    if lake.opened(table) is None:
        return Waste((), 0)
    first = _first_kept(lake, table, now - retention)
    needed = set(_needed(lake, files, table, first))
    folder = f"{table.name}/"
    sizes = files.sizes(table.name)
    waste = [
        path
        for path, written_at in files.written_at(table.name).items()
        if not path.startswith(f"{folder}_delta_log/")
        and path.removeprefix(folder) not in needed
        and written_at < now - GRACE
    ]
    return Waste(tuple(sorted(waste)), sum(sizes.get(path, 0) for path in waste))


def vacuum(files: LakeFiles, waste: Waste) -> None:
    """Delete what `find_waste` found; older versions than the retention end to be readable."""
    for path in waste.paths:
        files.delete(path)


def _optimize(table: Table, delta: DeltaTable, *, by_exam: bool) -> None:
    # One task at a time: each holds a file's worth of rows in memory.
    if by_exam:
        delta.optimize.z_order(
            ["exam_key"],
            target_size=TARGET_BYTES,
            max_concurrent_tasks=1,
            writer_properties=writer_properties(table),
        )
    else:
        delta.optimize.compact(
            target_size=TARGET_BYTES,
            max_concurrent_tasks=1,
            writer_properties=writer_properties(table),
        )


def _files(table: Table, delta: DeltaTable) -> pl.DataFrame:
    with translated(table):
        return pl.DataFrame(delta.get_add_actions())


def _first_kept(lake: Lake, table: Table, since: datetime) -> int:
    """The version that was the latest at that time; the first where the table is younger."""
    history = lake.history(table)
    older = history.filter(pl.col("committed_at") <= since.astimezone(UTC))
    return int((older if older.height else history.tail(1)).get_column("version")[0])


def _needed(lake: Lake, files: LakeFiles, table: Table, first: int) -> Iterator[str]:
    """Paths of the files of a version, and of those that later versions added."""
    delta = lake.opened(table, first)
    if delta is not None:
        yield from _files(table, delta).get_column("path")
    for version in range(first + 1, (lake.version(table) or 0) + 1):
        commit = files.read(f"{table.name}/_delta_log/{version:020}.json")
        actions = map(json.loads, log_lines(commit))
        yield from (action["add"]["path"] for action in actions if "add" in action)
