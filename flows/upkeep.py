"""Upkeep of the programme's lake: migrated, compacted, vacuumed, checked, backed up, restored.

It opens the lake that the settings name; the work is `tasks.lake`'s.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from time import perf_counter
from typing import cast

import polars as pl

from flows.services import build_lake, load_settings, no_lake
from tasks.errors import ContractViolation, Misconfigured, SmartMammoError
from tasks.lake import backup, check, digests, upkeep
from tasks.lake.columns import Table
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.files import LakeFiles
from tasks.lake.schemas import RUNS, TABLES
from tasks.lake.store import Lake
from tasks.publish.exam_summaries import find_wrong_summaries, rebuild_summaries

MIB = 1 << 20
BACKUP_AGE = timedelta(days=8)
"""Upkeep comes every seventh day."""

_REMEDY = "Move the lake away and bring it back from a backup: mammo lake restore DIR."
_NO_DIGESTS = (
    "Without a backup, move the folder lake_files alone away: the next night makes it anew, of "
    "the files as they are then."
)

N_TOLD = 20
"""Exams that are named where a derived row is wrong; the others are counted."""

CopyLake = Callable[[Lake, Lake, Sequence[Table]], backup.Copied]


def keep_lake(*, by_exam: bool) -> Iterator[tuple[str, bool]]:
    """Check the lake, and where it is whole compact, vacuum and back it up.

    A damaged lake is left as it is, and so is the backup of when it was whole.

    Args:
        by_exam: Whether tables are also sorted by exam.

    Returns:
        Sentences, and whether each is a problem.
    """
    has_problem = False
    for sentence, is_problem in check_lake(with_values=False):
        has_problem |= is_problem
        yield sentence, is_problem
    if has_problem:
        yield "Nothing was joined, deleted or backed up.", True
        return
    for sentence in chain(
        compact_lake(is_dry=False, by_exam=by_exam), vacuum_lake(is_dry=False)
    ):
        yield sentence, False
    if target_url := load_settings().backup_url:
        yield back_up_lake(target_url), False
    else:
        yield "No backup was made: SMART_MAMMO_BACKUP_URL names no place for one.", False


def migrate_lake(*, is_dry: bool) -> Iterator[str]:
    """Bring every table to its declaration; a sentence for each that was not."""
    lake, tables = _open()
    for table in tables:
        migration = lake.migration(table)
        if migration.is_needed:
            yield f"{table.name}: {migration.sentence}"
            if not is_dry:
                lake.migrate(table)
    if not is_dry:
        record_digests(lake)


def compact_lake(*, is_dry: bool, by_exam: bool) -> Iterator[str]:
    """Join small files of every table; a sentence for each that has some, or is sorted."""
    lake, tables = _open()
    # Digests last: so that those of the files that are joined now are joined, too.
    for table in sorted(tables, key=lambda table: table == LAKE_FILES):
        if table == LAKE_FILES and not is_dry:
            record_digests(lake)
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
    if not is_dry:
        record_digests(lake)


def vacuum_lake(*, is_dry: bool) -> Iterator[str]:
    """Delete what only versions past the retention need; a sentence for each table."""
    lake, tables = _open()
    days = load_settings().lake_retention_days
    files = backup.files_of(lake)
    if not is_dry:
        _drop_expired(lake, files, tables)
    for table in tables:
        waste = upkeep.find_waste(lake, files, table, timedelta(days=days), datetime.now(UTC))
        if waste.paths:
            done = "would delete" if is_dry else "deleted"
            if not is_dry:
                digests.drop(lake, waste.paths)
                upkeep.vacuum(files, waste)
            yield (
                f"{table.name}: {done} {len(waste.paths)} files that no version of the last "
                f"{days} days needs ({waste.n_bytes / MIB:.1f} MiB)"
            )


def rebuild_lake(*, is_dry: bool) -> Iterator[str]:
    """Make anew what is derived from other tables; a sentence where something was not right."""
    lake, _ = _open()
    n = find_wrong_summaries(lake).height if is_dry else rebuild_summaries(lake)
    if n:
        yield f"exam_summaries: {'would make' if is_dry else 'made'} {n} rows anew"
    if not is_dry:
        record_digests(lake)


def check_lake(*, with_values: bool) -> Iterator[tuple[str, bool]]:
    """Check every table; a sentence for each, and whether it is a problem."""
    yield from _check(build_lake(load_settings()), with_values=with_values)


def back_up_lake(target_url: str) -> str:
    """Bring a backup up to date; what was done, with its time."""
    lake, _ = _open()
    return _timed(backup.back_up, lake, build_lake_at(target_url), "Backed up to")


def describe_backup() -> str:
    """How far the backup of the settings has come, by the last night that it knows.

    Raises:
        Misconfigured: If it lacks the nights of more than a week.
    """
    settings = load_settings()
    if not settings.backup_url:
        return "none: SMART_MAMMO_BACKUP_URL names no place for it"
    kept = _last_night(build_lake_at(settings.backup_url))
    newest = _last_night(build_lake(settings))
    if newest and (kept is None or newest - kept > BACKUP_AGE):
        held = f"holds nights up to {kept:%Y-%m-%d}" if kept else "holds no night"
        raise Misconfigured(
            f"The backup {settings.backup_url} {held}, the lake up to {newest:%Y-%m-%d}: run "
            "`mammo lake keep` and see why Sunday's upkeep did not."
        )
    return f"{settings.backup_url}: nights up to {kept:%Y-%m-%d}" if kept else "no night yet"


def restore_lake(source_url: str) -> Iterator[tuple[str, bool]]:
    """Restore a backup to where the settings say, and check it; sentences and problems."""
    lake = build_lake(load_settings())
    yield _timed(backup.restore, build_lake_at(source_url), lake, "Restored to"), False
    yield from _check(lake, with_values=True)
    record_digests(lake)


def record_digests(lake: Lake, *, thoroughly: bool = True) -> int:
    """Record the digests of the lake's files that have none; how many they were."""
    files = backup.files_of(lake)
    return digests.record(lake, files, TABLES, thoroughly=thoroughly)


def build_lake_at(url: str) -> Lake:
    """A lake at another URL, on the store that the settings name."""
    return build_lake(load_settings().model_copy(update={"lake_url": url}))


def _last_night(lake: Lake) -> datetime | None:
    ends = lake.read(RUNS, columns=["finished_at"]).to_series()
    return cast("datetime | None", ends.max())


def _open() -> tuple[Lake, list[Table]]:
    lake = build_lake(load_settings())
    if not (tables := [table for table in TABLES if lake.version(table) is not None]):
        raise no_lake(lake)
    return lake, tables


def _drop_expired(lake: Lake, files: LakeFiles, tables: list[Table]) -> None:
    rows = lake.read(LAKE_FILES)
    gone = [path for table in tables for path in digests.expired(files, table, rows)]
    digests.drop(lake, gone)


def _check(lake: Lake, *, with_values: bool) -> Iterator[tuple[str, bool]]:
    """Check what lies there: a table whose log is damaged cannot be opened."""
    files, tables, has_problem = backup.files_of(lake), TABLES, False
    if not any(files.sizes(table.name) for table in TABLES):
        raise no_lake(lake)
    try:
        rows = lake.read(LAKE_FILES)
    except SmartMammoError as error:
        rows, has_problem = LAKE_FILES.frame([]), True
        tables = tuple(table for table in TABLES if table != LAKE_FILES)
        yield f"{error} No file is held to its digest. {_NO_DIGESTS}", True
    for path in digests.strangers(TABLES, rows):
        has_problem = True
        yield f"{path!r} in lake_files is no table's: that row is damaged.", True
    for table in tables:
        for sentence, is_problem in _check_table(lake, files, table, rows, with_values):
            has_problem |= is_problem
            yield sentence, is_problem
    if has_problem:
        yield _REMEDY, True
        return
    for sentence in _wrong_summaries(lake):
        yield sentence, True


def _wrong_summaries(lake: Lake) -> Iterator[str]:
    wrong = find_wrong_summaries(lake)
    for exam_key, fault in wrong.head(N_TOLD).iter_rows():
        yield f"exam_summaries: the row of exam {exam_key} is {fault}"
    if wrong.height:
        yield (
            f"{wrong.height} rows of exam_summaries are not what the tables say that they are "
            "made from: mammo lake rebuild."
        )


def _check_table(
    lake: Lake, files: LakeFiles, table: Table, rows: pl.DataFrame, with_values: bool
) -> Iterator[tuple[str, bool]]:
    try:
        found = check.check_table(lake, files, table, with_values=with_values, digests=rows)
    except ContractViolation as error:
        yield str(error), True
        return
    yield from ((problem, True) for problem in found.problems)
    if not found.problems and files.sizes(table.name):
        whole = f"{table.name}: whole, {found.n_rows} rows in {found.n_files} files"
        n = found.n_unrecorded
        yield f"{whole}; {n} files have no digest yet" if n else whole, False


def _timed(copy: CopyLake, source: Lake, target: Lake, done: str) -> str:
    start = perf_counter()
    copied = copy(source, target, TABLES)
    return (
        f"{done} {target.url}: {len(copied.versions)} tables, {copied.n_files} files, "
        f"{copied.n_written} of them written ({copied.n_bytes / MIB:.1f} MiB), "
        f"{copied.n_deleted} deleted, {perf_counter() - start:.1f} s"
    )
