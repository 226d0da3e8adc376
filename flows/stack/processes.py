"""Starts, awaits and stops a server as a process group of its own.

It knows no particular server and leaves no orphan (see `flows.stack.guardian`).
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import IO, cast

import psutil

from flows.stack import guardian
from tasks.errors import Misconfigured, Retryable

LOOPBACK = "127.0.0.1"
POLL_S = 0.1
LAST_LINES = 5
KILL_AFTER_S = 5
"""Given to the guardian over the server's own grace."""


def choose_port(preferred: int) -> int:
    """Return the preferred port of loopback where it is free, else any free one."""
    for port in (preferred, 0):
        with socket.socket() as candidate, suppress(OSError):
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            candidate.bind((LOOPBACK, port))
            return candidate.getsockname()[1]
    raise Misconfigured(f"No free port on {LOOPBACK}: end some of the servers that run here.")


@dataclass
class ServerProcess:
    """One server, started through a guardian that ends it when this process ends.

    Args:
        name: For messages.
        command: Program and arguments.
        environment: Changes to this process's environment; None removes a variable.
        log_path: Takes what the server prints; begun anew at each start.
        grace_s: Between the request to end and the kill of the whole group.
        held_fd: A descriptor that the guardian keeps open, such as a lock's.
        n_restarts: How often the guardian starts it again where a signal ended it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str | None]
    log_path: Path
    grace_s: float = 15
    held_fd: int | None = None
    n_restarts: int = 0
    _guardian: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _lifeline: IO[bytes] = field(init=False)

    def start(self) -> None:
        """Start the server and return at once."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        order = {
            "command": list(self.command),
            "environment": dict(self.environment),
            "grace_s": self.grace_s,
            "n_restarts": self.n_restarts,
        }
        with self.log_path.open("wb") as log:
            self._guardian = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-I", "-S", guardian.__file__],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=() if self.held_fd is None else (self.held_fd,),
            )
        self._lifeline = cast("IO[bytes]", self._guardian.stdin)
        with suppress(BrokenPipeError):  # a guardian that is gone shows in wait_until
            self._lifeline.write(json.dumps(order).encode() + b"\n")
            self._lifeline.flush()

    def wait_until(self, is_ready: Callable[[], bool], port: int, timeout_s: float) -> None:
        """Wait until the server itself listens on the port and says that it is ready.

        Raises:
            Misconfigured: If it ended instead.
            Retryable: If it was not ready in time.
        """
        deadline = monotonic() + timeout_s
        while not (self._listens_on(port) and is_ready()):
            if self.has_ended:
                raise Misconfigured(f"{self.name} ended while starting. {self._last_words()}")
            if monotonic() > deadline:
                raise Retryable(
                    f"{self.name} was not ready after {timeout_s:g} s. {self._last_words()}"
                )
            sleep(POLL_S)

    def stop(self) -> None:
        """End the server and everything that it started."""
        if self._guardian is None:
            return
        with suppress(BrokenPipeError):
            self._lifeline.close()
        try:
            self._guardian.wait(self.grace_s + KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._guardian.pid, signal.SIGKILL)
            self._guardian.wait()
        self._guardian = None

    @property
    def has_ended(self) -> bool:
        """Whether the server is gone."""
        return self._guardian is None or self._guardian.poll() is not None

    def _listens_on(self, port: int) -> bool:
        """Whether a process of the group has the port: another server's answer is not ours."""
        if self._guardian is None:
            return False
        with suppress(psutil.Error):
            family = psutil.Process(self._guardian.pid).children(recursive=True)
            return any(_has_port(process, port) for process in family)
        return False

    def _last_words(self) -> str:
        lines = self.log_path.read_text(errors="replace").strip().splitlines()
        return f"Its log {self.log_path} ends: {' | '.join(lines[-LAST_LINES:]) or 'empty'}"


def _has_port(process: psutil.Process, port: int) -> bool:
    with suppress(psutil.Error):
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for connection in process.net_connections("tcp")
        )
    return False
