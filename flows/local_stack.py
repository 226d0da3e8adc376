"""The local stack: which servers one machine runs under one home.

One stack a home (`flows.stack.stack_registry`); the servers themselves are in `flows.stack`.
"""

import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from flows.stack.prefect_server import EmbeddedPrefect
from flows.stack.servers import EmbeddedS3
from flows.stack.stack_registry import (
    Addresses,
    environment_of,
    hold_home,
    published,
    running_stack,
)
from flows.stack.triton_server import EmbeddedTriton
from tasks.errors import Misconfigured
from tasks.settings import Settings

__all__ = [
    "Addresses",
    "LocalStack",
    "Parts",
    "environment_of",
    "local_services",
    "running_stack",
]

MINIMUM_FREE_BYTES = 2 << 30


@dataclass(frozen=True)
class Parts:
    """Which servers a stack runs."""

    s3: bool = True
    triton: bool = True
    prefect: bool = True


class LocalStack:
    """The servers of one machine, while the context lasts.

    Args:
        settings: Home, model repository, Triton's environment, preferred ports.
        parts: Which servers to run.
        say: Takes a sentence about each server as it starts.
    """

    def __init__(
        self,
        settings: Settings,
        parts: Parts | None = None,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._home = settings.home.resolve()
        self._parts = parts or Parts()
        self._say = say
        self._stack = ExitStack()
        self.addresses = Addresses()

    def __enter__(self) -> Self:
        """Start the servers, in the order that data meets them.

        Raises:
            Misconfigured: If this machine lacks something; the message names the remedy.
        """
        with self._stack:
            self._home.mkdir(parents=True, exist_ok=True)
            _check_free_disk(self._home)
            lock = self._stack.enter_context(hold_home(self._home))
            self._start_servers(lock.fileno())
            self._stack.enter_context(published(self._home, self.addresses))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the servers, the last one first."""
        self._stack.close()

    def _start_servers(self, lock_fd: int) -> None:
        settings, found = self._settings, self.addresses
        if self._parts.s3:
            store = self._stack.enter_context(EmbeddedS3(self._home, held_fd=lock_fd))
            self._say(f"S3 store at {store.endpoint}")
            found = replace(
                found,
                s3_endpoint=store.endpoint,
                s3_access_key=store.keys.access_key,
                s3_secret_key=store.keys.secret_key,
            )
        if self._parts.triton:
            triton = EmbeddedTriton(
                self._home,
                settings.triton_environment,
                settings.model_repository,
                held_fd=lock_fd,
            )
            self._stack.enter_context(triton)
            self._say(f"Triton at {triton.url}")
            found = replace(found, triton_url=triton.url)
        if self._parts.prefect:
            prefect = EmbeddedPrefect(self._home, settings.prefect_port, lock_fd)
            self._stack.enter_context(prefect)
            self._say(f"Prefect at {prefect.api_url.removesuffix('/api')}")
            found = replace(found, prefect_api_url=prefect.api_url)
        self.addresses = found


@contextmanager
def local_services(
    settings: Settings,
    *,
    prefect_api_url: str | None = None,
    say: Callable[[str], object] = lambda _: None,
) -> Generator[Addresses]:
    """Find what settings leave open in the stack that runs on this home, else run it meanwhile.

    Args:
        settings: An address that they name is not served here.
        prefect_api_url: Prefect's API where there is one.
        say: Takes a sentence about each server.

    Yields:
        The addresses of the servers found or started.
    """
    running = running_stack(settings.home)
    if running:
        say(f"Using the stack that runs on {settings.home}.")
        yield running
        return
    missing = Parts(not settings.s3_endpoint, not settings.triton_url, not prefect_api_url)
    with LocalStack(settings, missing, say) as stack:
        yield stack.addresses


def _check_free_disk(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < MINIMUM_FREE_BYTES:
        raise Misconfigured(
            f"{free / 1e9:.1f} GB are free at {home} and 2 GB are needed: free some, or set "
            "SMART_MAMMO_HOME to a folder on another disk."
        )
