"""What a worker makes of a file, and what that costs it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.transform import make_network_input
from tests.support.headers import read_bytes

Verdict = tuple[RejectionReason, str | None]


@dataclass(frozen=True)
class Finding:
    """What a worker made of a file.

    Args:
        reason: Why it was set aside; None if it was not.
        detail: One sentence on it.
        peak_growth_bytes: Memory that it took over its start.
        cpu_s: Processor time of all its threads.
    """

    reason: RejectionReason | None
    detail: str | None
    peak_growth_bytes: int
    cpu_s: float


def examine(path: Path) -> Finding:
    """Take a file through the door and to the network input; runs in a worker process."""
    return _examine(path, lambda data: _door(data) or _pixels(data))


def examine_pixels(path: Path) -> Finding:
    """Make the network input of a file that no door kept out."""
    return _examine(path, _pixels)


def _examine(path: Path, take: Callable[[bytes], Verdict | None]) -> Finding:
    data = path.read_bytes()
    base, start_s = _reset_peak(), time.process_time()
    reason, detail = take(data) or (None, None)
    return Finding(reason, detail, _status("VmHWM") - base, time.process_time() - start_s)


def _door(data: bytes) -> Verdict | None:
    result = read_bytes(data)
    return (result.reason, result.detail) if result.reason else None


def _pixels(data: bytes) -> Verdict | None:
    try:
        make_network_input(data)
    except Rejected as error:
        return error.reason, error.detail
    return None


def _reset_peak() -> int:
    """Forget the process's peak memory, and say what it holds now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) << 10
