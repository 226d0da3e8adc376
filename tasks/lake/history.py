"""Takes rows out of every former version of a table, so that no reader of the past finds them.

Delta's own way, deleting and vacuuming, would make the past unreadable for everybody. Here each
data file that holds such a row is written anew under its name without it, and the log is told
the new size: other rows stay readable in every version. The latest version never changes here:
`Lake.delete` has taken the rows out of it before, by a commit.

It can be stopped anywhere and called again: a file and its entry in the log that differ are
mended, and until then only versions of the past that name that file cannot be read.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tasks.errors import ContractViolation, Retryable
from tasks.lake.columns import Table
from tasks.lake.digests import drop
from tasks.lake.files import LakeFiles, log_lines
from tasks.lake.parquet_rows import count_rows, count_rows_with, without_rows_of
from tasks.lake.search import search_file
from tasks.lake.store import Lake

_LOG = "_delta_log/"
_COMMIT = re.compile(r"_delta_log/\d{20}\.json")
_CHECKPOINT = re.compile(r"_delta_log/(\d{20})\.checkpoint.*\.parquet")
_IN_LOG = re.compile(rf"{_COMMIT.pattern}|{_CHECKPOINT.pattern}|_delta_log/_last_checkpoint")


@dataclass(frozen=True)
class Forgotten:
    """What was taken out of the past of a table.

    Args:
        n_rows: Rows, once for each data file that held them.
        n_files: Data files written anew.
        n_log_entries: Commits whose entry in the log was told of it.
    """

    n_rows: int = 0
    n_files: int = 0
    n_log_entries: int = 0

    def __add__(self, other: "Forgotten") -> "Forgotten":
        return Forgotten(
            self.n_rows + other.n_rows,
            self.n_files + other.n_files,
            self.n_log_entries + other.n_log_entries,
        )


def forget(lake: Lake, files: LakeFiles, table: Table, keys: frozenset[str]) -> Forgotten:
    """Take the rows that have one of some keys in a text column out of every version.

    Args:
        lake: Where no row of the latest version has such a key any more.
        files: Of that lake.
        table: Which one.
        keys: Pseudonyms.

    Raises:
        Retryable: If a writer put such a row into the latest version meanwhile.
        ContractViolation: If a file of the table is damaged.
    """
    past = _Past(lake, files, table, keys)
    past.remove_strays()
    holders = past.holders()
    if not holders and not past.is_quoted():
        return Forgotten()
    past.drop_digests([*past.checkpoints(), *holders])
    latest, live = lake.settle(table)
    if reborn := live & holders.keys():
        raise Retryable(
            f"Somebody wrote rows into {table.name} meanwhile ({len(reborn)} files): "
            "run the same command again."
        )
    past.remove_checkpoints_before(latest)
    for path in holders:
        past.rewrite(path)
    forgotten = Forgotten(sum(holders.values()), len(holders), past.mend_log())
    past.drop_digests(past.touched)  # again: somebody may have recorded them meanwhile
    return forgotten


class _Past:
    """The files of one table, by their path below its folder."""

    def __init__(
        self, lake: Lake, files: LakeFiles, table: Table, keys: frozenset[str]
    ) -> None:
        self._lake = lake
        self._files = files
        self._table = table
        self._keys = keys
        self.touched: set[str] = set()

    def drop_digests(self, paths: Iterable[str]) -> None:
        """Take files out of `lake_files` that are about to be written anew or deleted."""
        self.touched |= set(paths)
        drop(self._lake, {self._path(path) for path in self.touched})

    def checkpoints(self) -> list[str]:
        """All that there are: the latest is written anew, older ones go."""
        return list(filter(_CHECKPOINT.fullmatch, self._sizes()))

    def remove_strays(self) -> None:
        """Delete what killed writers left and no commit names, if it holds a key or is torn."""
        named = {action["path"] for action in self._actions("add", "remove")}
        strays = [path for path in self._sizes().keys() - named if self._is_stray(path)]
        for path in strays:
            self._files.delete(self._path(path))

    def _is_stray(self, path: str) -> bool:
        if not path.startswith(_LOG):
            return self._is_parquet_to_delete(path)
        return not _IN_LOG.fullmatch(path) and self._is_quoted_in(path)

    def _is_parquet_to_delete(self, path: str) -> bool:
        try:
            return self._count(path) > 0
        except pa.ArrowInvalid:
            return True

    def holders(self) -> dict[str, int]:
        """The data files that hold rows with a key, and how many."""
        try:
            counts = {path: self._count(path) for path in self._data_files()}
        except pa.ArrowInvalid as error:
            raise ContractViolation(
                f"A data file of {self._table.name} is damaged: {error}"
            ) from error
        return {path: n_rows for path, n_rows in counts.items() if n_rows}

    def is_quoted(self) -> bool:
        """Whether the log quotes a key, or says of a file what is no longer so."""
        quoting = map(self._is_quoted_in, self.checkpoints())
        return any(self._outdated_commits()) or any(quoting)

    def remove_checkpoints_before(self, version: int) -> None:
        """Delete older checkpoints: they quote rows, and say former sizes."""
        for path in self._sizes():
            found = _CHECKPOINT.fullmatch(path)
            if found and int(found[1]) < version:
                self._files.delete(self._path(path))

    def rewrite(self, path: str) -> None:
        """Write a data file anew without the rows."""
        full = self._path(path)
        self._files.write(full, without_rows_of(self._files.read(full), self._keys))

    def mend_log(self) -> int:
        """Write the commits anew that say of a file what is no longer so, or quote a key."""
        outdated = list(self._outdated_commits())
        self.drop_digests(path for path, _ in outdated)
        for path, text in outdated:
            self._files.write(self._path(path), text.encode())
        return len(outdated)

    def _outdated_commits(self) -> Iterator[tuple[str, str]]:
        sizes = self._sizes()
        for path in filter(_COMMIT.fullmatch, sizes):
            former = log_lines(self._files.read(self._path(path)))
            lines = [self._mended(line, sizes) for line in former]
            if lines != former:
                yield path, "\n".join(lines) + "\n"

    def _mended(self, line: str, sizes: dict[str, int]) -> str:
        """One action of a commit as it should read."""
        [(kind, body)] = json.loads(line).items()
        if kind == "commitInfo" and self._is_quoted_by(line):
            return json.dumps({kind: {**body, "operationParameters": {}}})
        size = sizes.get(body.get("path", ""), body.get("size"))
        if kind not in {"add", "remove"}:
            return line
        if size == body["size"] and not self._is_quoted_by(line):
            return line
        stats = {"stats": self._stats(body)} if kind == "add" else {}
        return json.dumps({kind: {**body, "size": size, **stats}})

    def _stats(self, body: dict[str, Any]) -> str:
        """Statistics that quote no value."""
        if body["path"] not in self._sizes():
            return json.dumps({"numRecords": json.loads(body["stats"])["numRecords"]})
        with self._files.open(self._path(body["path"])) as source:
            return json.dumps({"numRecords": count_rows(source)})

    def _actions(self, *kinds: str) -> Iterator[dict[str, Any]]:
        for path in filter(_COMMIT.fullmatch, self._sizes()):
            for line in log_lines(self._files.read(self._path(path))):
                [(kind, body)] = json.loads(line).items()
                if kind in kinds:
                    yield body

    def _count(self, path: str) -> int:
        with self._files.open(self._path(path)) as source:
            return count_rows_with(source, self._keys)

    def _is_quoted_in(self, path: str) -> bool:
        return search_file(self._files, self._path(path), self._keys)[1]

    def _is_quoted_by(self, text: str) -> bool:
        return any(key in text for key in self._keys)

    def _data_files(self) -> Iterator[str]:
        return (path for path in self._sizes() if not path.startswith(_LOG))

    def _path(self, path: str) -> str:
        return f"{self._table.name}/{path}"

    def _sizes(self) -> dict[str, int]:
        """Size of each file of the table."""
        prefix = f"{self._table.name}/"
        sizes = self._files.sizes(self._table.name)
        return {path.removeprefix(prefix): size for path, size in sizes.items()}
