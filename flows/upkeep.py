"""Upkeep of the programme's lake: migrated, compacted, vacuumed, checked, backed up, restored.

It opens the lake that the settings name; the work is `tasks.lake`'s.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter

from flows.services import build_lake, load_settings
from tasks.errors import Misconfigured
from tasks.lake import backup, check, upkeep
from tasks.lake.columns import Table
from tasks.lake.schemas import TABLES
from tasks.lake.store import Lake

MIB = 1 << 20

CopyLake = Callable[[Lake, Lake, Sequence[Table]], backup.Copied]


def migrate_lake(*, is_dry: bool) -> Iterator[str]:
    """Bring every table to its declaration; a sentence for each that was not."""
    lake, tables = _open()
    for table in tables:
        migration = lake.migration(table)
        if migration.is_needed:
            yield f"{table.name}: {migration.sentence}"
            if not is_dry:
                lake.migrate(table)


def compact_lake(*, is_dry: bool, by_exam: bool) -> Iterator[str]:
    """Join small files of every table; a sentence for each that has some, or is sorted."""
    lake, tables = _open()
    for table in tables:
        before = upkeep.measure(lake, table)
        is_sorted = by_exam and upkeep.can_be_sorted(table)
        if not before.n_small and not is_sorted:
            continue
        how = ", sorted by exam" if is_sorted else ""
        if is_dry:
            yield (
                f"{table.name}: would join {before.n_small} of {before.n_files} files "
                f"({before.n_bytes / MIB:.1f} MiB){how}"
            )
        else:
            after = upkeep.compact(lake, table, by_exam=by_exam)
            yield f"{table.name}: {before.n_files} files are {after.n_files}{how}"


def vacuum_lake(*, is_dry: bool) -> Iterator[str]:
    """Delete what only versions past the retention need; a sentence for each table."""
    lake, tables = _open()
    days = load_settings().lake_retention_days
    files = backup.files_of(lake)
    for table in tables:
        waste = upkeep.find_waste(lake, files, table, timedelta(days=days), datetime.now(UTC))
        if waste.paths:
            done = "would delete" if is_dry else "deleted"
            if not is_dry:
                upkeep.vacuum(files, waste)
            yield (
                f"{table.name}: {done} {len(waste.paths)} files that no version of the last "
                f"{days} days needs ({waste.n_bytes / MIB:.1f} MiB)"
            )


def check_lake(*, with_values: bool) -> Iterator[tuple[str, bool]]:
    """Check every table; a sentence for each, and whether it is a problem."""
    lake, tables = _open()
    yield from _check(lake, tables, with_values=with_values)


def back_up_lake(target_url: str) -> str:
    """Bring a backup up to date; what was done, with its time."""
    lake, _ = _open()
    return _timed(backup.back_up, lake, build_lake_at(target_url), "Backed up to")


def restore_lake(source_url: str) -> Iterator[tuple[str, bool]]:
    """Restore a backup to where the settings say, and check it; sentences and problems."""
    lake = build_lake(load_settings())
    yield _timed(backup.restore, build_lake_at(source_url), lake, "Restored to"), False
    yield from _check(lake, _existing(lake), with_values=True)


def build_lake_at(url: str) -> Lake:
    """A lake at another URL, on the store that the settings name."""
    return build_lake(load_settings().model_copy(update={"lake_url": url}))


def _open() -> tuple[Lake, list[Table]]:
    lake = build_lake(load_settings())
    if not (tables := _existing(lake)):
        raise Misconfigured(
            f"There is no lake at {lake.url}: set SMART_MAMMO_LAKE_URL to the programme's, or "
            "SMART_MAMMO_HOME to the folder where its nights run."
        )
    return lake, tables


def _existing(lake: Lake) -> list[Table]:
    return [table for table in TABLES if lake.version(table) is not None]


def _check(lake: Lake, tables: list[Table], *, with_values: bool) -> Iterator[tuple[str, bool]]:
    for table in tables:
        found = check.check_table(lake, backup.files_of(lake), table, with_values=with_values)
        yield from ((problem, True) for problem in found.problems)
        if not found.problems:
            yield f"{table.name}: whole, {found.n_rows} rows in {found.n_files} files", False


def _timed(copy: CopyLake, source: Lake, target: Lake, done: str) -> str:
    start = perf_counter()
    copied = copy(source, target, TABLES)
    return (
        f"{done} {target.url}: {len(copied.versions)} tables, {copied.n_files} files, "
        f"{copied.n_written} of them written ({copied.n_bytes / MIB:.1f} MiB), "
        f"{copied.n_deleted} deleted, {perf_counter() - start:.1f} s"
    )
