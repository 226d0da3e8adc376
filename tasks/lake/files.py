"""The plain files below a lake's URL, on a folder or in S3: listed, read, replaced, deleted.

It knows nothing of tables; tables are read and committed by `tasks.lake.store`.
"""

import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyarrow.fs import (
    FileSelector,
    FileSystem,
    FileType,
    LocalFileSystem,
    S3FileSystem,
    SubTreeFileSystem,
)

from tasks.errors import Retryable


class LakeFiles:
    """Files by their path below the lake's URL.

    Args:
        url: As `Lake.url`.
        storage_options: As `Lake.storage_options`.
    """

    def __init__(self, url: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.url = url
        self._options = dict(storage_options or {})

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Size in bytes of every file below a folder, by its path; none where there is none."""
        selector = FileSelector(folder, allow_not_found=True, recursive=True)
        with self._translated():
            found = self._system.get_file_info(selector)
        files = {info.path: info.size for info in found if info.type == FileType.File}
        return dict(sorted(files.items()))

    def size_of(self, path: str) -> int | None:
        """Size in bytes of one file; None where there is no such file."""
        with self._translated():
            found = self._system.get_file_info(path)
        return found.size if found.type == FileType.File else None

    def written_at(self, folder: str) -> dict[str, datetime]:
        """When each file below a folder was written, in UTC, by its path."""
        selector = FileSelector(folder, allow_not_found=True, recursive=True)
        with self._translated():
            found = self._system.get_file_info(selector)
        return {info.path: info.mtime for info in found if info.type == FileType.File}

    @contextmanager
    def open(self, path: str) -> Generator[Any]:
        """Open a file to read parts of it."""
        with self._translated(), self._system.open_input_file(path) as source:
            yield source

    def read(self, path: str) -> bytes:
        """Read a file whole."""
        with self.open(path) as source:
            return bytes(source.read())

    def write(self, path: str, data: bytes) -> None:
        """Write a file, or put it in the place of another: whole or not at all."""
        with self._translated():
            if self._is_remote:
                with self._system.open_output_stream(path) as sink:
                    sink.write(data)
            else:
                write_whole(Path(self.url) / path, data)

    def delete(self, path: str) -> None:
        """Delete a file."""
        with self._translated():
            self._system.delete_file(path)

    @property
    def _is_remote(self) -> bool:
        return self.url.startswith("s3://")

    @cached_property
    def _system(self) -> FileSystem:
        if not self._is_remote:
            return SubTreeFileSystem(str(Path(self.url).resolve()), LocalFileSystem())
        return SubTreeFileSystem(self.url.removeprefix("s3://"), _s3(self._options))

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise Retryable(f"The storage of the lake {self.url} failed: {error}") from error


def log_lines(entry: bytes) -> list[str]:
    """The actions of a log entry, a line each; a value's own line separator ends no line.

    An object key may hold U+2028, at which `str.splitlines` parts and JSON does not.
    """
    return [line.decode() for line in entry.splitlines()]


def added_paths(entry: bytes) -> Iterator[str]:
    """The data files that a log entry adds, by their paths below the table's folder."""
    for line in log_lines(entry):
        if "add" in (action := json.loads(line)):
            yield action["add"]["path"]


def flush_path(path: Path) -> None:
    """Wait until the disk holds a file's bytes, or a folder's names; not if it is gone.

    Raises:
        OSError: If the disk fails.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that others see as it was or as it shall be, and never a part of it.

    Raises:
        OSError: If the disk is full or fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())
    draft.replace(path)
    flush_path(path.parent)


def _s3(options: dict[str, str]) -> S3FileSystem:
    """The store that `tasks.lake.s3.s3_storage_options` describes."""
    endpoint = urlsplit(options.get("aws_endpoint", ""))
    return S3FileSystem(
        access_key=options.get("aws_access_key_id"),
        secret_key=options.get("aws_secret_access_key"),
        session_token=options.get("aws_session_token"),
        region=options.get("aws_region"),
        scheme=endpoint.scheme or "https",
        endpoint_override=endpoint.netloc or None,
    )
