"""A batch of handed-in files: kept in a folder of its own, read, scored, and removed.

It writes into no table of the campaign. What it holds is bounded, and gone when it is closed.
"""

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.containers import SUFFIX
from tasks.uploads.results import UploadedExam
from tasks.uploads.upload_job import UploadJob

RECEIVING, WORKING, DONE, AWAY, FAILED = "receiving", "working", "done", "away", "failed"


@dataclass(frozen=True)
class UploadLimits:
    """What somebody may hand in.

    Args:
        max_file_bytes: Of one file, a ZIP file too.
        max_batch_bytes: Of all files of a batch.
        max_files: Of a batch, as they are handed in.
        max_batches: Open at once, of all people; the oldest makes room.
        min_free_bytes: Of disk, that stay free.
        idle_s: After so long without a question a batch is closed.
    """

    max_file_bytes: int = 1 << 30
    max_batch_bytes: int = 8 << 30
    max_files: int = 5000
    max_batches: int = 8
    min_free_bytes: int = 2 << 30
    idle_s: float = 3600.0


@dataclass
class Batch:
    """Files of one person, and what was found in them; safe to use from several threads.

    Args:
        folder: Where they lie, with pictures of the network inputs beside.
        owner: Whose they are; nobody else is told that they exist.
    """

    folder: Path
    owner: str
    limits: UploadLimits
    batch_id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    names: dict[Path, str] = field(default_factory=dict[Path, str])
    paths: dict[int, Path] = field(default_factory=dict[int, Path])
    jobs: list[UploadJob] = field(default_factory=list[UploadJob])
    exams: list[UploadedExam] = field(default_factory=list[UploadedExam])
    state: str = RECEIVING
    n_bytes: int = 0
    n_read: int = 0
    n_scored: int = 0
    used_at_s: float = field(default_factory=monotonic)
    lock: Lock = field(default_factory=Lock)

    def take(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a new file, or its first part.

        Returns:
            Its number, under which `add` takes what follows.

        Raises:
            Rejected: TOO_LARGE if the file, the batch or the disk is full; nothing is kept.
        """
        suffix = SUFFIX if name.lower().endswith(SUFFIX) else ""
        with self.lock:
            if len(self.names) >= self.limits.max_files:
                raise _too_large(f"A batch takes {self.limits.max_files} files.")
            number = len(self.paths)  # also of those that were dropped: none is given twice
            path = self.paths[number] = self.folder / f"{number:06}{suffix}"
            self.names[path] = name
        self._append(path, chunks)
        return number

    def add(self, number: int, chunks: Iterable[bytes]) -> None:
        """Write the next part of a file.

        Raises:
            KeyError: If there is no such file.
            Rejected: As `take`; nothing of the file is kept.
        """
        path = self.paths[number]
        if path not in self.names:
            raise KeyError(number)
        self._append(path, chunks)

    def _append(self, path: Path, chunks: Iterable[bytes]) -> None:
        try:
            with path.open("ab") as file:
                for chunk in chunks:
                    self._claim_room(file.tell() + len(chunk), len(chunk))
                    file.write(chunk)
        except BaseException:
            self._drop(path)
            raise

    def _claim_room(self, file_bytes: int, n_bytes: int) -> None:
        limits = self.limits
        if file_bytes > limits.max_file_bytes:
            raise _too_large(f"The file has more than {limits.max_file_bytes} bytes.")
        if shutil.disk_usage(self.folder).free < limits.min_free_bytes:
            raise _too_large("The disk is full.")
        with self.lock:
            if self.n_bytes + n_bytes > limits.max_batch_bytes:
                raise _too_large(f"The batch has more than {limits.max_batch_bytes} bytes.")
            self.n_bytes += n_bytes

    def _drop(self, path: Path) -> None:
        n_bytes = path.stat().st_size if path.exists() else 0
        path.unlink(missing_ok=True)
        with self.lock:
            self.names.pop(path, None)
            self.n_bytes -= n_bytes

    def picture(self, number: int) -> Path:
        """Where the picture of a file's network input lies, for cards."""
        return self.folder / f"{number:06}.image.png"

    def print_picture(self, number: int) -> Path:
        """Where a smaller one lies, for the report: a thousand of the others are 160 MB."""
        return self.folder / f"{number:06}.print.jpg"

    def close(self) -> None:
        """Remove everything."""
        self.state = FAILED
        shutil.rmtree(self.folder, ignore_errors=True)


def _too_large(detail: str) -> Rejected:
    return Rejected(RejectionReason.TOO_LARGE, detail)
