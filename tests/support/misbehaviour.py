"""What native code does to a worker process, on demand; picklable by name."""

import ctypes
import os
import time
from pathlib import Path

from tasks.errors import ContractViolation, Rejected, RejectionReason, Retryable
from tasks.preprocess.worker_process import off_the_clock


class PanicException(BaseException):
    """What a Rust library raises past `except Exception`; its class cannot be pickled."""

    def __reduce__(self):
        raise TypeError("cannot pickle a panic")


def behave(item: str) -> str:
    """Do what the item says; `ok…` is returned in capitals."""
    if item in _DEEDS:
        _DEEDS[item]()
    return item.upper()


def segfault() -> None:
    ctypes.string_at(0)


def abort() -> None:
    os.abort()


def spin() -> None:
    while True:
        pass


def spin_holding_the_gil() -> None:
    ctypes.PyDLL(None).sleep(600)


def panic() -> None:
    raise PanicException


def allocate() -> None:
    bytearray(4 << 30)


def reject() -> None:
    raise Rejected(RejectionReason.TRUNCATED, "It holds 3 of 4 bytes.")


def fail_for_now() -> None:
    raise Retryable("The store is away.")


def violate() -> None:
    raise ContractViolation("The shapes differ.")


def flaw() -> None:
    raise KeyError("Muñoz^María")


def wait_for_a_server() -> None:
    with off_the_clock():
        time.sleep(1.5)


_DEEDS = {
    deed.__name__: deed
    for deed in (
        segfault,
        abort,
        spin,
        spin_holding_the_gil,
        panic,
        allocate,
        reject,
        fail_for_now,
        violate,
        flaw,
        wait_for_a_server,
    )
}


def crash_once(marker: str) -> str:
    """Segfault the first time that a marker's path is seen."""
    path = Path(marker)
    if not path.exists():
        path.touch()
        segfault()
    return "second try"


def meet(folder: str) -> str:
    """Wait until two processes are at this at once: one worker alone never returns."""
    Path(folder, str(os.getpid())).touch()
    while len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.01)
    return "met"
