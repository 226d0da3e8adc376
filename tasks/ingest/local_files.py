"""Files of this machine as objects to read: folders walked, ZIP files opened.

A ZIP's member is named by its number, as in the bucket; no byte is written anywhere.
"""

import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.container_members import read_member
from tasks.ingest.containers import (
    MAGIC,
    SEPARATOR,
    SUFFIX,
    ContainerLimits,
    Member,
    members_of,
)
from tasks.ingest.header import HeaderLimits


@dataclass(frozen=True)
class LocalFile:
    """A file, or a ZIP file's member.

    Args:
        path: Of the file.
        number: Of the member among the ZIP's files; None for a file itself.
        member: Where it lies in there: the ZIP's directory is read once, not for each member.
    """

    path: Path
    number: int | None = None
    member: Member | None = None

    @property
    def name(self) -> str:
        """Path, with the member's number where there is one."""
        member = "" if self.number is None else f"{SEPARATOR}{self.number:06}"
        return f"{self.path}{member}"

    def read(self, limits: HeaderLimits) -> bytes:
        """Read it whole.

        Raises:
            Rejected: TOO_LARGE, or CONTAINER_REFUSED if the member is encrypted or damaged.
            OSError: If the file cannot be read.
        """
        if self.member is not None:
            _check_size(max(self.member.size_bytes, self.member.stored_bytes), limits)
            return read_member(self.member, self._read_part)
        _check_size(self.path.stat().st_size, limits)
        return self.path.read_bytes()

    def _read_part(self, start: int, n_bytes: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(n_bytes)


def list_files(paths: Iterable[Path], limits: ContainerLimits) -> Iterator[LocalFile]:
    """List files, those below folders, and those in ZIP files, in the order of their names.

    A ZIP file that cannot be opened, or holds too many files, stands for itself.
    """
    for path in paths:
        for file in _walk(path) if path.is_dir() else [path]:
            yield from _members(file, limits)


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(place) / name for name in sorted(names))


def _members(path: Path, limits: ContainerLimits) -> Iterator[LocalFile]:
    members = _directory(path) if path.suffix.lower() == SUFFIX else ()
    if not 0 < len(members) <= limits.max_members:
        yield LocalFile(path)
    else:
        yield from (LocalFile(path, *numbered) for numbered in enumerate(members))


def _directory(path: Path) -> tuple[Member, ...]:
    try:
        with path.open("rb") as source:
            if source.read(len(MAGIC)) != MAGIC:
                return ()
        with zipfile.ZipFile(path) as container:
            return members_of(container)
    except Exception:  # noqa: BLE001 - hostile bytes raise six types and more
        return ()


def _check_size(size_bytes: int, limits: HeaderLimits) -> None:
    if size_bytes > limits.max_object_bytes:
        raise Rejected(
            RejectionReason.TOO_LARGE,
            f"It has {size_bytes} bytes, more than {limits.max_object_bytes}.",
        )
