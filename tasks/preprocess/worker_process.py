"""What runs inside a worker process: its limits, its clock, its end.

Nothing here may depend on Python still running: the kernel enforces every limit.
"""

import fcntl
import os
import resource
import signal
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tasks.errors import SmartMammoError


class Panic(Exception):  # noqa: N818 - a native library's own word
    """A native library raised what is no Exception, such as a Rust panic."""


_timeout_s = 0.0


@contextmanager
def off_the_clock() -> Generator[None]:
    """Stop a worker's clock while it waits for a server, which no item is to blame for.

    Outside a worker it does nothing.
    """
    _set_clock(0)
    try:
        yield
    finally:
        _set_clock(_timeout_s)


def _set_clock(seconds: float) -> None:
    """Let the kernel end this process in so many seconds; 0 stops the clock.

    No Python runs when the clock does, so a decoder that never returns is ended too.
    """
    if _timeout_s:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def run_item(function: Callable[[Any], Any], item: Any) -> Any:
    """Run one item; only errors that survive the way back leave."""
    _set_clock(_timeout_s)
    try:
        return function(item)
    except (SmartMammoError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - nothing may be lost on the way back
        raise RuntimeError(_where(function, error)) from None
    except BaseException as error:  # noqa: BLE001 - a Rust panic is one
        raise Panic(type(error).__name__) from None
    finally:
        _set_clock(0)


def _where(function: Callable[[Any], Any], error: Exception) -> str:
    """Name a flaw's type and place, not its message, which could quote a header."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"{function.__name__} raised {type(error).__name__} at {place}."


def prepare_worker(
    lifeline: Connection,
    environment: Mapping[str, str],
    timeout_s: float,
    memory_limit_bytes: int,
) -> None:
    """Set a new worker's environment and limits; the pool calls it first.

    The environment is the pool's: that of the fork server is as old as the server, and may hold
    the credentials of another store.
    """
    global _timeout_s  # noqa: PLW0603 - a worker's one setting, set once at its start
    _end_with_parent(lifeline)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _timeout_s = timeout_s
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + memory_limit_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold a patient's pixels


def _end_with_parent(lifeline: Connection) -> None:
    """Have the kernel kill this process when the pipe's other end closes.

    Workers are children of the fork server, not of the pool's process, so PR_SET_PDEATHSIG
    would watch the wrong one; and the fork server itself lives as long as a worker does.
    Each worker opens the pipe anew: a signal's owner belongs to the open file, not to the
    descriptor, and inherited descriptors share one.
    """
    own = os.open(f"/proc/self/fd/{lifeline.fileno()}", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(own, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(own, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(own, fcntl.F_SETFL, fcntl.fcntl(own, fcntl.F_GETFL) | os.O_ASYNC)
    if lifeline.poll():  # it closed before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)
