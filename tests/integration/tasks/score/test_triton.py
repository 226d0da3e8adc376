"""The client against the real server: what a fake cannot show."""

import gc
import subprocess
import sys
from pathlib import Path

import grpc
import numpy as np
import psutil
import pytest
from tritonclient.grpc import InferenceServerClient

from flows.stack.triton_server import EmbeddedTriton
from models.contract import IMAGE, MAX_BATCH_SIZE
from tasks.errors import ContractViolation, Retryable
from tasks.score.shared_batch import FOLDER
from tasks.score.triton import Limits, TritonModel
from tests.support.servers import ANY_PORT, MODEL_REPOSITORY, TRITON_ENVIRONMENT

pytestmark = pytest.mark.integration

PATIENT = Limits(request_timeout_s=20, first_wait_s=0.5)


def make_images(n: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (n, *IMAGE.shape), np.uint8)


def stubs() -> list[psutil.Process]:
    """The processes of the python backend below this one."""
    family = psutil.Process().children(recursive=True)
    return [process for process in family if process.name().startswith("triton_python")]


@pytest.fixture
def own_triton(tmp_path: Path):
    """A server that a test may hurt."""
    with EmbeddedTriton(tmp_path, TRITON_ENVIRONMENT, MODEL_REPOSITORY, ANY_PORT) as server:
        yield server


def test_an_image_scores_the_same_alone_and_in_a_batch(triton_server: EmbeddedTriton):
    images = make_images(MAX_BATCH_SIZE + 3)
    with TritonModel(triton_server.url, "1") as model:
        together = model.score(images)
        alone = model.score(images[-1:])
    np.testing.assert_array_equal(together.malignancy_score[-1:], alone.malignancy_score)
    np.testing.assert_array_equal(together.saliency[-1:], alone.saliency)


def test_a_version_that_is_not_served_is_named(triton_server: EmbeddedTriton):
    with (
        TritonModel(triton_server.url, "99") as model,
        pytest.raises(ContractViolation, match="version 99"),
    ):
        model.check_contract()


def mapped_regions(url: str) -> set[str]:
    with InferenceServerClient(url) as client:
        status = client.get_system_shared_memory_status(as_json=True)
    return set(status.get("regions", {}))


SCORE = """
import os, signal, sys
import numpy as np
from models.contract import IMAGE
from tasks.score.triton import TritonModel
model = TritonModel(sys.argv[1], "1")
model.score(np.zeros((1, *IMAGE.shape), np.uint8))
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_server_holds_no_memory_of_processes_that_have_ended(triton_server: EmbeddedTriton):
    before = mapped_regions(triton_server.url)
    for end in ("killed", "quiet"):  # the second lets go of what the first one left
        subprocess.run([sys.executable, "-c", SCORE, triton_server.url, end], check=False)
    assert mapped_regions(triton_server.url) <= before


def test_memory_goes_with_the_model_that_nobody_closed(triton_server: EmbeddedTriton):
    before = mapped_regions(triton_server.url)
    model = TritonModel(triton_server.url, "1")
    model.score(make_images(1))
    assert mapped_regions(triton_server.url) - before
    del model
    gc.collect()
    assert mapped_regions(triton_server.url) <= before


def test_images_travel_through_shared_memory_and_score_the_same(
    triton_server: EmbeddedTriton, monkeypatch: pytest.MonkeyPatch
):
    images, others = make_images(MAX_BATCH_SIZE + 3), mapped_regions(triton_server.url)
    with TritonModel(triton_server.url, "1") as model:
        through_memory = model.score(images)
        regions = mapped_regions(triton_server.url) - others
        assert regions
        assert not any((FOLDER / name).exists() for name in regions), "a kill would leave it"
    assert not mapped_regions(triton_server.url) & regions, "the server still holds the memory"
    monkeypatch.setattr("tasks.score.connection.HOSTS", ())
    with TritonModel(triton_server.url, "1") as model:
        as_bytes = model.score(images)
        assert mapped_regions(triton_server.url) <= others
    for name, values in vars(through_memory).items():
        np.testing.assert_array_equal(values, getattr(as_bytes, name))


def test_a_server_started_anew_between_two_requests_costs_no_failure(tmp_path: Path):
    arguments = (tmp_path, TRITON_ENVIRONMENT, MODEL_REPOSITORY)
    impatient = Limits(n_in_flight=2, request_timeout_s=20, n_failures=1)
    with EmbeddedTriton(*arguments, ANY_PORT) as first:
        model = TritonModel(first.url, "1", limits=impatient)
        expected = model.score(make_images(2 * MAX_BATCH_SIZE))
    with EmbeddedTriton(*arguments, first.port) as second, model:
        assert second.port == first.port
        with grpc.insecure_channel(second.url) as channel:
            grpc.channel_ready_future(channel).result(timeout=20)
        again = model.score(make_images(2 * MAX_BATCH_SIZE))
        assert not mapped_regions(second.url)
        model.score(make_images(1))
        assert mapped_regions(second.url), "bytes for good, after one restart"
    np.testing.assert_array_equal(again.malignancy_score, expected.malignancy_score)


def test_a_killed_model_process_is_replaced(own_triton: EmbeddedTriton):
    before = {process.pid for process in stubs()}
    with TritonModel(own_triton.url, "1", limits=PATIENT) as model:
        expected = model.score(make_images(2))
        newest = max(stubs(), key=lambda process: process.create_time())
        newest.kill()
        again = model.score(make_images(2))
    np.testing.assert_array_equal(again.malignancy_score, expected.malignancy_score)
    assert {process.pid for process in stubs()} != before


def test_a_server_that_comes_back_is_found_again(tmp_path: Path):
    arguments = (tmp_path, TRITON_ENVIRONMENT, MODEL_REPOSITORY)
    with EmbeddedTriton(*arguments, ANY_PORT) as first:
        model = TritonModel(first.url, "1", limits=PATIENT)
        model.score(make_images(1))
    with pytest.raises(Retryable):
        model.score(make_images(1))
    with EmbeddedTriton(*arguments, first.port) as second, model:
        assert second.port == first.port
        assert model.score(make_images(1)).malignancy_score.shape == (1, 1)
