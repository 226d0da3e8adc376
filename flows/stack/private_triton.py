"""A Triton for what must not touch the one that serves: its own ports, its own repository.

It takes the processor time that others leave, and is gone when the work is done.
"""

import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from flows.services import prefect_api_url
from flows.stack.servers import ANY_PORT
from flows.stack.stack_registry import running_stack
from flows.stack.triton_server import EmbeddedTriton
from tasks.redeploy.repository import copy_versions
from tasks.settings import Settings

TRITON_LIMIT_PATH = "/v2/concurrency_limits/triton"
"""The limit of `tasks.steps`, as Prefect's API tells of it."""

MemoryOf = Callable[[str], float | None]


@contextmanager
def triton_of(
    settings: Settings, versions: Sequence[str], target: str | None = None
) -> Generator[tuple[str, MemoryOf]]:
    """A Triton that serves some versions.

    Args:
        settings: Where the repository and Triton's environment are.
        versions: What a private one serves.
        target: host:port of one that runs elsewhere, taken instead of a private one.

    Yields:
        host:port, and what tells a version's resident memory in MB.
    """
    if target:
        yield target, lambda _: None
        return
    with tempfile.TemporaryDirectory(prefix="smart-mammo-triton-") as name:
        repository = Path(name) / "models"
        copy_versions(settings.model_repository, sorted(set(versions), key=int), repository)
        triton = EmbeddedTriton(
            Path(name), settings.triton_environment, repository, ANY_PORT, is_background=True
        )
        with triton:
            yield triton.url, triton.memory_mb


def night_watch(settings: Settings) -> Callable[[], bool]:
    """What tells whether a night is scoring; never, where no Prefect server is known."""
    stack = running_stack(settings.home)
    api_url = prefect_api_url() or (stack.prefect_api_url if stack else None)
    return lambda: api_url is not None and _is_night_scoring(api_url)


def _is_night_scoring(api_url: str) -> bool:
    """Whether a night holds a place at Triton; a killed one's is free after a minute."""
    try:
        answer = httpx.get(f"{api_url}{TRITON_LIMIT_PATH}", timeout=10)
    except httpx.HTTPError:
        return False
    return answer.is_success and answer.json()["active_slots"] > 0
