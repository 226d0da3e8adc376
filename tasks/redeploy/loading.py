"""Has a running Triton serve the versions that the repository's configuration names.

Triton keeps the versions that it serves until the others are ready: no request fails meanwhile.
It never restarts a server, and asks for nothing where all is served already.
"""

from collections.abc import Sequence
from pathlib import Path

from tritonclient.grpc import InferenceServerClient
from tritonclient.utils import InferenceServerException

from models.contract import MODEL_NAME
from tasks.errors import ContractViolation, Misconfigured
from tasks.redeploy.repository import (
    served_versions,
    verify_package,
    version_folder,
    write_configs,
)
from tasks.score.triton import TritonModel

LOAD_TIMEOUT_S = 600
"""TensorRT builds its engine at the first load."""


def serve_versions(repository: Path, versions: Sequence[str], url: str | None) -> None:
    """Name the versions in the configuration, and have Triton load what it lacks of them.

    Args:
        repository: Of this machine.
        versions: All that shall be served.
        url: host:port of Triton; None where none runs: the next one to start serves them.

    Raises:
        ContractViolation: If a version is incomplete, or breaks the contract once loaded.
        Retryable: If Triton is away.
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


def _load_missing(url: str, versions: Sequence[str]) -> None:
    if all(_is_served(url, version) for version in versions):
        return
    try:
        with InferenceServerClient(url) as client:
            client.load_model(MODEL_NAME, client_timeout=LOAD_TIMEOUT_S)
    except InferenceServerException as error:
        raise Misconfigured(
            f"Triton at {url} does not load versions {', '.join(versions)}: {error.message()}. "
            "Where its repository is another copy or restricted, load them there "
            "(docs/serving.md), then try again."
        ) from error
    for version in versions:
        with TritonModel(url, version) as model:
            model.check_contract()


def _is_served(url: str, version: str) -> bool:
    with TritonModel(url, version) as model:
        try:
            model.check_contract()
        except ContractViolation:
            return False
    return True
