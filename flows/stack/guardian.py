"""Guards one server: it ends when whoever asked for it ends, however that one ends.

It is a program of its own that imports nothing of ours. The first line of standard input says
what to run, and how often to start it again where a signal ended it; the end of standard input
says that whoever asked is gone, be it by `kill -9`. The kernel's parent-death signal would not
do: it follows the thread that forked, not the process, and reaches no grandchild.
"""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from types import FrameType
from typing import Any

PR_SET_PDEATHSIG = 1
"""prctl(2)."""


def main() -> None:
    """Run the server of the first line until it ends or standard input does."""
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = _start(order["command"], order["environment"])
    try:
        _wait_for_an_end(server)
        for _ in range(order["n_restarts"]):
            if not _was_killed(server):
                break
            server = _start(order["command"], order["environment"])
            _wait_for_an_end(server)
    finally:
        _stop(server, order["grace_s"])
        os.killpg(0, signal.SIGKILL)  # what the server left behind, and this process


def _start(command: list[str], changes: dict[str, str | None]) -> subprocess.Popen[bytes]:
    """Start the server in this process's group; a variable changed to None is removed."""
    environment = {
        name: value for name, value in {**os.environ, **changes}.items() if value is not None
    }
    return subprocess.Popen(  # noqa: S603  # the command comes from flows.stack.servers
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  # one thread: the fork is safe
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit()


def _was_killed(server: subprocess.Popen[bytes]) -> bool:
    """Whether a signal ended it, such as an abort's; nobody here sent one yet."""
    code = server.poll()
    if code is not None and code < 0:
        sys.stdout.write(f"guardian: signal {-code} ended the server\n")
        sys.stdout.flush()
        return True
    return False


def _wait_for_an_end(server: subprocess.Popen[bytes]) -> None:
    handle = os.pidfd_open(server.pid)
    select.select([sys.stdin, handle], [], [])


def _stop(server: subprocess.Popen[bytes], grace_s: float) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server.terminate()
    try:
        code = server.wait(grace_s)
    except subprocess.TimeoutExpired:
        code = None
    outcome = (
        f"did not end in {grace_s:g} s and is killed" if code is None else f"ended with {code}"
    )
    sys.stdout.write(f"guardian: the server {outcome}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
