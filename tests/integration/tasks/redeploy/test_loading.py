"""Versions loaded into a running server that dies meanwhile: none is lost, none half there."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import psutil
import pytest
from tritonclient.grpc import InferenceServerClient

from flows.stack.triton_server import EmbeddedTriton
from tasks.errors import Retryable
from tasks.redeploy import loading
from tasks.redeploy.loading import serve_versions, warm_up
from tasks.redeploy.repository import copy_versions, served_versions, version_folder
from tests.support.servers import ANY_PORT, MODEL_REPOSITORY, TRITON_ENVIRONMENT

pytestmark = pytest.mark.integration


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Version 1 is served; version 2 is equal to it."""
    root = tmp_path / "models"
    copy_versions(MODEL_REPOSITORY, ["1"], root)
    shutil.copytree(version_folder(root, "1"), version_folder(root, "2"), symlinks=True)
    return root


@pytest.fixture
def triton(repository: Path, tmp_path: Path) -> Iterator[EmbeddedTriton]:
    with EmbeddedTriton(tmp_path, TRITON_ENVIRONMENT, repository, ANY_PORT) as server:
        yield server


def when_asked_to_load(monkeypatch: pytest.MonkeyPatch, do) -> None:
    """Have something happen while Triton loads for the first time."""
    load = InferenceServerClient.load_model

    def load_meanwhile(client, *arguments, **options):
        monkeypatch.undo()
        Timer(0.1, do).start()
        return load(client, *arguments, **options)

    monkeypatch.setattr(InferenceServerClient, "load_model", load_meanwhile)


def test_a_triton_that_dies_while_it_loads_is_waited_for(triton, repository, monkeypatch):
    when_asked_to_load(monkeypatch, process_of(triton).kill)
    serve_versions(repository, ["1", "2"], triton.url)
    warm_up(triton.url, ["1", "2"])
    assert served_versions(repository) == ["1", "2"]


def test_a_triton_that_stays_away_leaves_the_configuration_as_it_was(
    triton, repository, monkeypatch
):
    when_asked_to_load(monkeypatch, lambda: triton.__exit__(None, None, None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "RETURN_TIMEOUT_S", 1)
        with pytest.raises(Retryable, match=r"went away|is away"):
            serve_versions(repository, ["1", "2"], triton.url)
    assert served_versions(repository) == ["1"]


def process_of(triton: EmbeddedTriton) -> psutil.Process:
    """The server's own process, told by its port."""
    port = f"--grpc-port={triton.port}"
    family = psutil.Process().children(recursive=True)
    [found] = [one for one in family if one.name() == "tritonserver" and port in one.cmdline()]
    return found
