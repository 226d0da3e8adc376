"""The app with its real limits on uploads, in a process of its own, for tests of large ones.

`python -m tests.support.upload_app FOLDER TRITON PORT`
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from time import sleep

import httpx

from reports_app.app import create_app, serve
from reports_app.services import AppServices
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tasks.uploads.batch import UploadLimits
from tests.support.lake_fixture import fill_lake
from tests.support.uploads import new_classifier


@dataclass(frozen=True)
class UploadApp:
    """Where it answers, and its process."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def peak_mb(self) -> int:
        """The most memory that the process ever held, its workers not counted."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) >> 10


@contextmanager
def upload_app(folder: Path, triton_url: str) -> Iterator[UploadApp]:
    """The app over a small campaign, until the block ends."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", __name__, str(folder), triton_url, str(port)]
    process = subprocess.Popen(command)
    app = UploadApp(f"http://127.0.0.1:{port}", process)
    try:
        while not _answers(app):
            assert process.poll() is None
            sleep(0.2)
        yield app
    finally:
        process.terminate()
        process.wait()


def _answers(app: UploadApp) -> bool:
    try:
        return httpx.get(app.url).is_success
    except httpx.ConnectError:
        return False


def main(folder: str, triton_url: str, port: str) -> None:
    """Serve until the process is told to end."""
    lake = Lake(f"{folder}/lake")
    fill_lake(lake, n_exams=8)
    with WorkerPool(2, 60, 3 << 30) as pool:
        uploads = Path(folder) / "uploads"
        classifier = new_classifier(uploads, pool, triton_url, UploadLimits())
        serve(create_app(lake, services=AppServices(classifier=classifier)), port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
