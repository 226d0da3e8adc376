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

import polars as pl

from tasks.lake.columns import Table
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.files import LakeFiles, added_paths
from tasks.lake.store import Lake

_BLOCK_BYTES = 1 << 20

_COMMIT_BYTES = 4 << 30
"""Of files that are read until their digests are committed: a killed first night goes on."""

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
    lake: Lake, files: LakeFiles, tables: Iterable[Table], *, thoroughly: bool = False
) -> int:
    """Record the digests of files that have none; where there is no such file, commit nothing.

    Args:
        lake: Where.
        files: Of that lake.
        tables: Which ones; `lake_files` itself is left out.
        thoroughly: Look at every commit; otherwise at those after the last that has a digest.

    Returns:
        How many were recorded.

    Raises:
        Retryable: If the storage does not answer.
        ContractViolation: If a table is damaged.
    """
    known = frozenset(lake.read(LAKE_FILES, columns=["path"]).get_column("path"))
    rows, n_bytes, n_recorded = list[dict[str, object]](), 0, 0
    for paths in _commits(lake, files, tables, frozenset() if thoroughly else known):
        for path in paths:
            if path not in known and (size := files.size_of(path)) is not None:
                rows.append(_row(files, path, size))
                n_bytes += size
        if n_bytes > _COMMIT_BYTES:
            n_recorded += lake.insert_new(LAKE_FILES, LAKE_FILES.frame(rows))
            rows, n_bytes = [], 0
    return n_recorded + (lake.insert_new(LAKE_FILES, LAKE_FILES.frame(rows)) if rows else 0)


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
        _problems(files, row, sizes)
        for row in rows.sort("path").iter_rows(named=True)
        if row["path"] not in past
    )
    return Compared(n_unrecorded, tuple(problems))


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
        and (found := _OF_LOG.fullmatch(path))
        and path not in present
        and int(found[1]) < oldest
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


def _row(files: LakeFiles, path: str, size: int) -> dict[str, object]:
    digest, now = _sha256(files, path), datetime.now(UTC)
    return {"path": path, "size_bytes": size, "sha256": digest, "recorded_at": now}


def _sha256(files: LakeFiles, path: str) -> str:
    digest = hashlib.sha256()
    with files.open(path) as source:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _has_digest(path: str) -> bool:
    return bool(_OF_LOG.fullmatch(path) or _OF_DATA.fullmatch(path))


def _problems(files: LakeFiles, row: dict[str, object], sizes: dict[str, int]) -> Iterator[str]:
    path = str(row["path"])
    if path not in sizes:
        yield f"{path} is gone, and lake_files has its digest."
    elif sizes[path] != row["size_bytes"]:
        yield f"{path} is {sizes[path]} bytes, and lake_files says {row['size_bytes']} bytes."
    elif _sha256(files, path) != row["sha256"]:
        yield f"{path} is damaged: its bytes are not those of its digest in lake_files."
