"""Has a running Triton serve the versions that the repository's configuration names.

Triton keeps the versions that it serves until the others are ready: no request fails meanwhile.
It starts no server, and asks for nothing where all is served already.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import numpy as np
from tritonclient.grpc import InferenceServerClient
from tritonclient.utils import InferenceServerException

from models.contract import IMAGE, MODEL_NAME
from tasks.errors import ContractViolation, Misconfigured, Retryable
from tasks.redeploy.repository import (
    served_versions,
    verify_package,
    version_folder,
    write_configs,
)
from tasks.score.triton import TritonModel

LOAD_TIMEOUT_S = 600
"""TensorRT builds its engine at the first load."""

RETURN_TIMEOUT_S = 60
"""For a server that ended while it loaded, and that its guardian starts again."""


def serve_versions(repository: Path, versions: Sequence[str], url: str | None) -> None:
    """Name the versions in the configuration, and have Triton load what it lacks of them.

    Args:
        repository: Of this machine.
        versions: All that shall be served.
        url: host:port of Triton; None where none runs: the next one to start serves them.

    Raises:
        ContractViolation: If a version is incomplete, or breaks the contract once loaded.
        Retryable: If Triton is away; the configuration is as it was.
        Misconfigured: If Triton does not load them; the configuration is as it was.
    """
    for version in versions:
        verify_package(version_folder(repository, version))
    former = served_versions(repository)
    if former != list(versions):
        write_configs(repository, versions)
    try:
        if url:
            _load_missing(url, versions)
    except Exception:
        write_configs(repository, former)
        raise


def warm_up(url: str, versions: Sequence[str]) -> None:
    """Have versions answer once: what loads with the first batch is loaded afterwards.

    Raises:
        ContractViolation: If one is not served, or its answer breaks the contract.
        Retryable: If one gives no answer; the message says what hinders it.
    """
    for version in versions:
        with TritonModel(url, version) as model:
            model.score(np.zeros((1, *IMAGE.shape), IMAGE.dtype))
            model.check_contract()


def _load_missing(url: str, versions: Sequence[str]) -> None:
    """Load once, and once more where Triton ended meanwhile and was started again."""
    for _ in range(2):
        if all(_is_served(url, version) for version in versions):
            break
        _load(url, versions)
    warm_up(url, versions)


def _load(url: str, versions: Sequence[str]) -> None:
    with InferenceServerClient(url) as client:
        try:
            client.load_model(MODEL_NAME, client_timeout=LOAD_TIMEOUT_S)
        except InferenceServerException as error:
            if not _is_ready(client):
                _wait_for_return(client, url)
                return
            raise Misconfigured(
                f"Triton at {url} does not load versions {', '.join(versions)}: "
                f"{error.message()}. Where its repository is another copy or restricted, load "
                "them there (docs/serving.md), then try again."
            ) from error


def _is_ready(client: InferenceServerClient) -> bool:
    with suppress(InferenceServerException):
        return bool(client.is_server_ready(client_timeout=5))
    return False


def _wait_for_return(client: InferenceServerClient, url: str) -> None:
    deadline = monotonic() + RETURN_TIMEOUT_S
    while not _is_ready(client):
        if monotonic() > deadline:
            raise Retryable(
                f"Triton at {url} went away while it loaded a version: start it (`mammo up`, "
                "or on its host), then try again."
            )
        sleep(1)


def _is_served(url: str, version: str) -> bool:
    with TritonModel(url, version) as model:
        try:
            model.check_contract()
        except ContractViolation:
            return False
    return True
