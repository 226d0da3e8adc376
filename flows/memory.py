"""Watches the resident memory of a run: its process and the workers that it started.

Servers that were started beside the run live in sessions of their own and are not counted.
"""

import os
import threading
from types import TracebackType

import psutil

INTERVAL_S = 0.5


class MemoryWatch:
    """Samples memory in a thread while the context lasts; `peak_mb` is the highest sum seen."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, resident_mb())
            if self._stop.wait(INTERVAL_S):
                return


def resident_mb() -> float:
    """Resident memory of this process and its descendants of the same session, in MB."""
    own = psutil.Process()
    session = os.getsid(own.pid)
    family = [own, *own.children(recursive=True)]
    return sum(_resident_bytes(process, session) for process in family) / 1e6


def _resident_bytes(process: psutil.Process, session: int) -> int:
    try:
        return process.memory_info().rss if os.getsid(process.pid) == session else 0
    except (psutil.NoSuchProcess, ProcessLookupError):
        return 0
