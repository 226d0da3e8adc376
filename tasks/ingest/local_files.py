"""Files of this machine as objects to read: folders walked, ZIP files opened.

A ZIP's member is named by its number, as in the bucket; no byte is written anywhere.
"""

import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.containers import MAGIC, SEPARATOR, SUFFIX, ContainerLimits, refused
from tasks.ingest.header import HeaderLimits


@dataclass(frozen=True)
class LocalFile:
    """A file, or a ZIP file's member.

    Args:
        path: Of the file.
        number: Of the member among the ZIP's files; None for a file itself.
    """

    path: Path
    number: int | None = None

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
        if self.number is not None:
            return _read_member(self.path, self.number, limits)
        _check_size(self.path.stat().st_size, limits)
        return self.path.read_bytes()


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
    n_members = _count(path) if path.suffix.lower() == SUFFIX else 0
    if not 0 < n_members <= limits.max_members:
        yield LocalFile(path)
    else:
        yield from (LocalFile(path, number) for number in range(n_members))


def _count(path: Path) -> int:
    try:
        with path.open("rb") as source:
            if source.read(len(MAGIC)) != MAGIC:
                return 0
        with zipfile.ZipFile(path) as container:
            return len(_entries(container))
    except Exception:  # noqa: BLE001 - hostile bytes raise six types and more
        return 0


def _entries(container: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in container.infolist() if not entry.is_dir()]


def _read_member(path: Path, number: int, limits: HeaderLimits) -> bytes:
    try:
        with zipfile.ZipFile(path) as container:
            entry = _entries(container)[number]
            _check_size(entry.file_size, limits)
            with container.open(entry) as source:
                return source.read(limits.max_object_bytes)
    except (Rejected, MemoryError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise refused(f"It cannot be unpacked ({type(error).__name__}).") from None


def _check_size(size_bytes: int, limits: HeaderLimits) -> None:
    if size_bytes > limits.max_object_bytes:
        raise Rejected(
            RejectionReason.TOO_LARGE,
            f"It has {size_bytes} bytes, more than {limits.max_object_bytes}.",
        )
