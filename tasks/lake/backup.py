"""Copies a lake as of one version of each table, with its past: a backup, and its way back.

Called again on the same place it copies what is new or was written anew (an erasure does that)
and deletes what the lake no longer has: what was erased leaves the backup, too. It may run
while a night does. What it copies is then a lake as a killed night leaves it, and the next
night goes on from there.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from tasks.errors import ContractViolation, Misconfigured
from tasks.lake.columns import Table
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.files import LakeFiles, added_paths
from tasks.lake.store import Lake

N_THREADS = 8
"""A copy in S3 waits more than it works."""

_NOTES = "_erasures"
"""What erasures under way have still to take out; `tasks.privacy` writes it."""


@dataclass
class Copied:
    """What a copy holds, and what was done for it.

    Args:
        versions: Of each table that exists.
        n_files: Files that it holds.
        n_written: Of them copied now.
        n_bytes: Of those.
        n_deleted: Files deleted from the copy.
    """

    versions: dict[str, int] = field(default_factory=dict[str, int])
    n_files: int = 0
    n_written: int = 0
    n_bytes: int = 0
    n_deleted: int = 0


def back_up(source: Lake, target: Lake, tables: Sequence[Table]) -> Copied:
    """Bring a copy up to date.

    Args:
        source: The lake.
        target: A place of the copy's own.
        tables: All; objects first. What their rows say is done is then in the other tables.

    Raises:
        Misconfigured: If the target is the lake itself, or holds something else.
        ContractViolation: If a file that the latest version names is gone.
        Retryable: If a storage does not answer.
    """
    _check_target(source, target)
    copied = Copied()
    from_files, to_files = files_of(source), files_of(target)
    wanted = set[str]()
    # Digests first: a file that is written meanwhile then has none, and none lacks its file.
    for table in sorted(tables, key=lambda table: table != LAKE_FILES):
        if (version := source.version(table)) is not None:
            copied.versions[table.name] = version
            paths = _paths(source, from_files, table, version)
            _copy(from_files, to_files, paths, copied)
            wanted |= set(paths)
    notes = list(from_files.sizes(_NOTES))
    _copy(from_files, to_files, notes, copied)
    _delete_others(to_files, wanted | set(notes), copied)
    copied.n_files = len(wanted) + len(notes)
    return copied


def restore(source: Lake, target: Lake, tables: Sequence[Table]) -> Copied:
    """Copy a backup to where there is no lake.

    Raises:
        Misconfigured: If something is there, or the backup holds no table.
        ContractViolation: If a file of the backup is gone.
        Retryable: If a storage does not answer.
    """
    if files_of(target).sizes():
        raise Misconfigured(
            f"There is something at {target.url}: a backup is restored to an empty place only. "
            "Move it away, or set SMART_MAMMO_LAKE_URL to a new one."
        )
    copied = back_up(source, target, tables)
    if not copied.versions:
        raise Misconfigured(f"There is no backup at {source.url}.")
    return copied


def files_of(lake: Lake) -> LakeFiles:
    """The files of a lake."""
    return LakeFiles(lake.url, lake.storage_options)


def _check_target(source: Lake, target: Lake) -> None:
    ours, theirs = (f"{lake.url.rstrip('/')}/" for lake in (source, target))
    if theirs.startswith(ours) or ours.startswith(theirs):
        raise Misconfigured(f"{target.url} lies in the lake {source.url}, or the reverse.")


def _paths(lake: Lake, files: LakeFiles, table: Table, version: int) -> list[str]:
    """What makes a table and its past up to a version: data first, the log in its order.

    `_last_checkpoint` is left out: readers find a checkpoint without it, and by the time of its
    copy it may name one of a later version.
    """
    prefix = f"{table.name}/"
    present = {path.removeprefix(prefix) for path in files.sizes(table.name)}
    log = [path for path in present if 0 <= _version_of(path) <= version]
    named = set(_named(files, table, [path for path in log if path.endswith(".json")]))
    if lost := set(_live(lake, table, version)) - present:
        raise ContractViolation(
            f"{len(lost)} files of {table.name} are gone, the first is {min(lost)}: restore "
            "the table from a backup."
        )
    data = sorted(named & present)
    return [f"{prefix}{path}" for path in (*data, *sorted(log))]


def _version_of(path: str) -> int:
    """The version that a file of the log is about; -1 for every other file."""
    folder, _, name = path.rpartition("/")
    number = name.split(".")[0]
    is_log = folder == "_delta_log" and number.isdecimal() and not name.endswith(".tmp")
    return int(number) if is_log else -1


def _named(files: LakeFiles, table: Table, commits: Sequence[str]) -> Iterator[str]:
    for path in commits:
        yield from added_paths(files.read(f"{table.name}/{path}"))


def _live(lake: Lake, table: Table, version: int) -> list[str]:
    delta = lake.opened(table, version)
    return [] if delta is None else pl.DataFrame(delta.get_add_actions())["path"].to_list()


def _copy(source: LakeFiles, target: LakeFiles, paths: Sequence[str], copied: Copied) -> None:
    """Copy what the target lacks; the log after the data, one by one, so that it never lies."""
    folders = {path.split("/")[0] for path in paths}
    there = {path: size for folder in folders for path, size in target.sizes(folder).items()}
    ages = [
        {path: at for folder in folders for path, at in files.written_at(folder).items()}
        for files in (source, target)
    ]
    sizes = {path: size for folder in folders for path, size in source.sizes(folder).items()}
    stale = [
        path
        for path in paths
        if there.get(path) != sizes[path] or ages[0][path] > ages[1][path]
    ]

    def copy(path: str) -> int:
        data = source.read(path)
        target.write(path, data)
        return len(data)

    data = [path for path in stale if "/_delta_log/" not in path]
    with ThreadPoolExecutor(N_THREADS) as threads:
        copied.n_bytes += sum(threads.map(copy, data))
    copied.n_bytes += sum(copy(path) for path in stale if "/_delta_log/" in path)
    copied.n_written += len(stale)


def _delete_others(target: LakeFiles, wanted: set[str], copied: Copied) -> None:
    for path in target.sizes():
        if path not in wanted:
            target.delete(path)
            copied.n_deleted += 1
