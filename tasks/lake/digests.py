"""Records a digest of every file of the lake, and holds the files to their digests.

Parquet as it is written here has no sum of its pages, and Delta's log none of its entries: a
bit that flips on a disk would change a value unnoticed. Files never change once written, but
for an erasure, which takes their rows out of `lake_files` first. The files of `lake_files`
itself have no digest: what they say is held to the files that they speak of.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import polars as pl

from tasks.lake.columns import Table
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.files import LakeFiles, added_paths
from tasks.lake.store import Lake

_BLOCK_BYTES = 1 << 20

_COMMIT_BYTES = 4 << 30
"""Of files that are read until their digests are committed: a killed first night goes on."""

NIGHT_BYTES = 32 << 30
"""Of files that a night reads for their digests: a large lake without any gets them over some
nights. It is half a minute of one core."""

_ENTRY = re.compile(r"[^/]+/_delta_log/(\d{20})\.json")
_OF_LOG = re.compile(r"[^/]+/_delta_log/(\d{20})\.(?:json|checkpoint\.parquet)")
_OF_DATA = re.compile(r"[^/]+/(?!_delta_log/).*\.parquet")


@dataclass(frozen=True)
class Compared:
    """A table's files against their digests.

    Args:
        n_unrecorded: Files that have no digest.
        problems: Sentences; none where every file that has a digest has it still.
    """

    n_unrecorded: int = 0
    problems: tuple[str, ...] = ()


def record(
    lake: Lake,
    files: LakeFiles,
    tables: Iterable[Table],
    *,
    thoroughly: bool = False,
    budget_bytes: int | None = None,
) -> int:
    """Record the digests of files that have none; where there is no such file, commit nothing.

    Args:
        lake: Where.
        files: Of that lake.
        tables: Which ones; `lake_files` itself is left out.
        thoroughly: Look at every commit; otherwise at those after the last that has a digest.
        budget_bytes: How much to read, and no further commit then; the next call goes on.

    Returns:
        How many were recorded.

    Raises:
        Retryable: If the storage does not answer.
        ContractViolation: If a table is damaged.
    """
    known = frozenset(lake.read(LAKE_FILES, columns=["path"]).get_column("path"))
    waiting, n_waiting, n_read, n_recorded = list[dict[str, Any]](), 0, 0, 0
    for paths in _commits(lake, files, tables, frozenset() if thoroughly else known):
        rows = _rows(files, [path for path in paths if path not in known])
        waiting += rows
        n_waiting += (n_bytes := sum(row["size_bytes"] for row in rows))
        n_read += n_bytes
        if n_waiting > _COMMIT_BYTES:
            n_recorded += lake.insert_new(LAKE_FILES, LAKE_FILES.frame(waiting))
            waiting, n_waiting = [], 0
        if budget_bytes is not None and n_read > budget_bytes:
            break
    return n_recorded + lake.insert_new(LAKE_FILES, LAKE_FILES.frame(waiting))


def drop(lake: Lake, paths: Collection[str]) -> int:
    """Take files out of `lake_files`, before they are deleted or written anew.

    Returns:
        How many had a digest.

    Raises:
        Retryable: If the storage does not answer.
    """
    return lake.delete(LAKE_FILES, "path", sorted(paths)) if paths else 0


def compare(files: LakeFiles, table: Table, digests: pl.DataFrame) -> Compared:
    """Read every file of a table that has a digest, and hold it to it.

    Args:
        files: Of the lake.
        table: Which; files of `lake_files` itself have no digest.
        digests: Rows of `lake_files`.

    Raises:
        Retryable: If the storage does not answer.
    """
    if table == LAKE_FILES:
        return Compared()
    sizes = files.sizes(table.name)
    rows = digests.filter(pl.col("path").str.starts_with(f"{table.name}/"))
    recorded = frozenset(rows.get_column("path"))
    n_unrecorded = sum(_has_digest(path) for path in sizes.keys() - recorded)
    past = frozenset(expired(files, table, digests))
    problems = chain.from_iterable(
        differences(files, row, sizes)
        for row in rows.sort("path").iter_rows(named=True)
        if row["path"] not in past
    )
    return Compared(n_unrecorded, tuple(problems))


def differences(files: LakeFiles, row: dict[str, object], sizes: dict[str, int]) -> list[str]:
    """What a file has other than its row of `lake_files` says: a sentence, or none.

    Raises:
        Retryable: If the storage does not answer.
    """
    path = str(row["path"])
    if path not in sizes:
        return [f"{path} is gone, and lake_files has its digest."]
    if sizes[path] != row["size_bytes"]:
        said = f"lake_files says {row['size_bytes']} bytes"
        return [f"{path} is {sizes[path]} bytes, and {said}."]
    if _sha256(files, path) != row["sha256"]:
        return [f"{path} is damaged: its bytes are not those of its digest in lake_files."]
    return []


def version_in_log(path: str) -> int | None:
    """The version that an entry or a checkpoint of a table's log is about; else None."""
    found = _OF_LOG.fullmatch(path)
    return int(found[1]) if found else None


def strangers(tables: Sequence[Table], digests: pl.DataFrame) -> list[str]:
    """The paths of `lake_files` that lie in no table: such a row is damaged itself."""
    names = {table.name for table in tables if table != LAKE_FILES}
    return [path for path in digests["path"] if path.split("/")[0] not in names]


def expired(files: LakeFiles, table: Table, digests: pl.DataFrame) -> list[str]:
    """The entries of a table's log that have a digest, and are gone as older ones go."""
    present = files.sizes(f"{table.name}/_delta_log")
    oldest = min(
        (int(found[1]) for found in map(_ENTRY.fullmatch, present) if found), default=0
    )
    return [
        path
        for path in digests["path"]
        if path.startswith(f"{table.name}/")
        and (version := version_in_log(path)) is not None
        and path not in present
        and version < oldest
    ]


def _commits(
    lake: Lake, files: LakeFiles, tables: Iterable[Table], known: frozenset[str]
) -> Iterator[list[str]]:
    """What each commit brought: data, a checkpoint, and last its entry in the log."""
    newest = dict[str, int]()
    for found in filter(None, map(_ENTRY.fullmatch, known)):
        name = found[0].split("/")[0]
        newest[name] = max(newest.get(name, -1), int(found[1]))
    for table in tables:
        latest = lake.version(table) if table != LAKE_FILES else None
        versions = range(newest.get(table.name, -1) + 1, -1 if latest is None else latest + 1)
        for version in versions:
            entry = f"{table.name}/_delta_log/{version:020}.json"
            if files.size_of(entry) is not None:
                added = (f"{table.name}/{path}" for path in added_paths(files.read(entry)))
                yield [*added, _checkpoint_of(entry), entry]


def _checkpoint_of(entry: str) -> str:
    return f"{entry.removesuffix('.json')}.checkpoint.parquet"


def _rows(files: LakeFiles, paths: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of those files that are there."""
    return [
        {
            "path": path,
            "size_bytes": size,
            "sha256": _sha256(files, path),
            "recorded_at": datetime.now(UTC),
        }
        for path in paths
        if (size := files.size_of(path)) is not None
    ]


def _sha256(files: LakeFiles, path: str) -> str:
    digest = hashlib.sha256()
    with files.open(path) as source:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _has_digest(path: str) -> bool:
    return bool(_OF_LOG.fullmatch(path) or _OF_DATA.fullmatch(path))
