"""Which stack runs on a home: its lock, its addresses, and whether it still lives.

It starts nothing. Keys never stand in the file that it writes; they stay in HOME/secrets.
"""

import fcntl
import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import IO
from urllib.parse import urlsplit

import psutil

from flows.stack.servers import s3_keys
from tasks.errors import Misconfigured
from tasks.lake.files import write_whole

CLOSING_TIMEOUT_S = 30
"""A killed stack's servers are gone by then."""


@dataclass(frozen=True)
class Addresses:
    """Where the servers of a stack answer; None where the stack does not run that one."""

    s3_endpoint: str | None = None
    triton_url: str | None = None
    prefect_api_url: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: str | None = None


def environment_of(addresses: Addresses) -> dict[str, str]:
    """The variables by which programs of this project, boto3 and Prefect find these servers."""
    variables = {
        "SMART_MAMMO_S3_ENDPOINT": addresses.s3_endpoint,
        "AWS_ACCESS_KEY_ID": addresses.s3_access_key,
        "AWS_SECRET_ACCESS_KEY": addresses.s3_secret_key,
        "SMART_MAMMO_TRITON_URL": addresses.triton_url,
        "PREFECT_API_URL": addresses.prefect_api_url,
    }
    return {name: value for name, value in variables.items() if value is not None}


def running_stack(home: Path) -> Addresses | None:
    """The addresses of the stack that runs on a home, if its process lives and all answer."""
    path = home.resolve() / "stack.json"
    try:
        found = json.loads(path.read_text())
        addresses = Addresses(**found["addresses"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    urls = (addresses.s3_endpoint, addresses.triton_url, addresses.prefect_api_url)
    if not _is_alive(found["process"]) or not all(_answers(url) for url in urls if url):
        return None
    if addresses.s3_endpoint:
        keys = s3_keys(home)
        return replace(addresses, s3_access_key=keys.access_key, s3_secret_key=keys.secret_key)
    return addresses


@contextmanager
def published(home: Path, addresses: Addresses) -> Generator[None]:
    """Tell other shells of this home's stack; its keys stay in HOME/secrets."""
    path = home / "stack.json"
    without_keys = replace(addresses, s3_access_key=None, s3_secret_key=None)
    stack = {"process": _own_identity(), "addresses": asdict(without_keys)}
    write_whole(path, json.dumps(stack).encode())
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def hold_home(home: Path) -> Generator[IO[str]]:
    """Hold the home for one stack: until this process and every guardian it started are gone.

    Raises:
        Misconfigured: If a living process holds it.
    """
    deadline = monotonic() + CLOSING_TIMEOUT_S
    with (home / "stack.lock").open("a+") as lock:
        while not _try_lock(lock):
            lock.seek(0)
            holder = lock.read()
            if _is_alive(_parse(holder)) or monotonic() > deadline:
                raise Misconfigured(
                    f"A stack already runs on {home} ({holder or 'process unknown'}): use it, "
                    "end it, or give this one another SMART_MAMMO_HOME."
                )
            sleep(0.2)
        lock.truncate(0)
        lock.write(json.dumps(_own_identity()))
        lock.flush()
        yield lock


def _try_lock(lock: IO[str]) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _parse(text: str) -> dict[str, float]:
    with suppress(ValueError):
        return json.loads(text)
    return {}


def _own_identity() -> dict[str, float]:
    """Number and start of this process: numbers are used again."""
    return {"pid": os.getpid(), "started_at": psutil.Process().create_time()}


def _is_alive(process: dict[str, float]) -> bool:
    with suppress(psutil.NoSuchProcess, KeyError):
        found = psutil.Process(int(process["pid"]))
        is_same = abs(found.create_time() - process["started_at"]) < 1
        return is_same and found.status() != psutil.STATUS_ZOMBIE
    return False


def _answers(url: str) -> bool:
    parts = urlsplit(url if "//" in url else f"//{url}")
    with suppress(OSError), socket.create_connection((parts.hostname, parts.port), 2):
        return True
    return False
