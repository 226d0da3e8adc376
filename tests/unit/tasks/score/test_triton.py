import errno
import os
import pickle
import time

import numpy as np
import pytest
from grpc import StatusCode

from models.contract import IMAGE, MAX_BATCH_SIZE
from tasks.errors import ContractViolation, Retryable
from tasks.score.shared_batch import FOLDER
from tasks.score.triton import Limits, TritonModel
from tests.support.fake_triton import FakeTriton, changed, fake_triton, status, without

LIMITS = Limits(request_timeout_s=5, first_wait_s=0.01)
NAN = changed("malignancy_score", lambda values: values * np.nan)
AWAY = status(StatusCode.UNAVAILABLE, "the server goes")
DEAD = status(StatusCode.INTERNAL, "Stub process 'mammography_0' is not healthy.")


def make_images(n: int) -> np.ndarray:
    """Black images that carry their number in the first pixel."""
    images = np.zeros((n, *IMAGE.shape), np.uint8)
    images[:, 0, 0, 0] = np.arange(n)
    return images


@pytest.fixture
def triton():
    with fake_triton() as server:
        yield server


@pytest.fixture
def model(triton: FakeTriton):
    with TritonModel(triton.url, "7", limits=LIMITS) as model:
        yield model


@pytest.mark.parametrize("n", [0, 1, MAX_BATCH_SIZE, 2 * MAX_BATCH_SIZE + 3])
def test_scores_come_in_the_order_of_the_images(model: TritonModel, n: int):
    scores = model.score(make_images(n)).malignancy_score
    np.testing.assert_allclose(scores[:, 0] * 255, np.arange(n), atol=1e-4)


def test_every_request_is_a_batch_of_the_pinned_version(model: TritonModel, triton: FakeTriton):
    model.score(make_images(2 * MAX_BATCH_SIZE + 3))
    assert sorted(triton.batch_sizes) == [3, MAX_BATCH_SIZE, MAX_BATCH_SIZE]
    assert triton.versions == {"7"}


@pytest.mark.parametrize("fault", [AWAY, NAN, status(StatusCode.RESOURCE_EXHAUSTED, "full")])
def test_a_passing_fault_leaves_no_trace(model: TritonModel, triton: FakeTriton, fault):
    triton.faults += [fault, fault]
    assert model.score(make_images(3)).malignancy_score.shape == (3, 1)


def test_a_server_that_stays_away_is_asked_three_times(model: TritonModel, triton: FakeTriton):
    triton.faults += [AWAY] * 9
    with pytest.raises(Retryable, match="3 times in a row"):
        model.score(make_images(1))
    assert len(triton.batch_sizes) == 3


def test_a_host_without_room_for_shared_memory_sends_bytes(
    model: TritonModel, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    monkeypatch.setattr("tasks.score.shared_batch.uuid4", lambda: "full")
    assert model.score(make_images(3)).malignancy_score.shape == (3, 1)
    assert not (FOLDER / "smart-mammo-full").exists()


def test_no_server_is_retryable():
    with TritonModel("127.0.0.1:1", "1", limits=LIMITS) as model:
        with pytest.raises(Retryable, match="3 times in a row"):
            model.score(make_images(1))
        with pytest.raises(Retryable, match="is away"):
            model.check_contract()


def test_a_server_that_hangs_is_retryable(triton: FakeTriton):
    triton.faults += [lambda answer, _: time.sleep(0.5) or answer] * 3
    limits = Limits(request_timeout_s=0.2, first_wait_s=0.01)
    with (
        TritonModel(triton.url, "1", limits=limits) as model,
        pytest.raises(Retryable, match="Deadline"),
    ):
        model.score(make_images(1))


def test_values_that_stay_unusable_stop_the_night(model: TritonModel, triton: FakeTriton):
    triton.faults += [NAN] * 3
    with pytest.raises(ContractViolation, match="malignancy_score holds NaN"):
        model.score(make_images(1))


@pytest.mark.parametrize("value", [np.inf, -0.01, 1.01])
def test_values_out_of_range_are_not_published(model, triton, value):
    triton.faults += [changed("saliency", lambda values: values * 0 + value)] * 3
    with pytest.raises(ContractViolation, match="saliency"):
        model.score(make_images(1))


@pytest.mark.parametrize(
    "fault", [without("saliency"), changed("saliency", lambda values: values[:, :-1])]
)
def test_an_answer_of_another_form_stops_the_night_at_once(model, triton, fault):
    triton.faults.append(fault)
    with pytest.raises(ContractViolation, match="saliency"):
        model.score(make_images(1))
    assert len(triton.batch_sizes) == 1


def test_a_refused_request_stops_the_night_at_once(model: TritonModel, triton: FakeTriton):
    triton.faults.append(status(StatusCode.INVALID_ARGUMENT, "unexpected shape"))
    with pytest.raises(ContractViolation, match="unexpected shape"):
        model.score(make_images(1))
    assert len(triton.batch_sizes) == 1


@pytest.mark.parametrize(
    "images", [np.zeros((1, 1, 8, 8), np.uint8), np.zeros((1, *IMAGE.shape), np.float32)]
)
def test_other_images_are_refused_before_they_are_sent(model, triton, images):
    with pytest.raises(ContractViolation, match="The model takes uint8"):
        model.score(images)
    assert not triton.batch_sizes


def test_a_dead_process_is_loaded_again_once(model: TritonModel, triton: FakeTriton):
    triton.faults += [DEAD, DEAD]
    model.score(make_images(2 * MAX_BATCH_SIZE))
    assert triton.calls[:2] == ["unload", "load"]
    assert len(triton.calls) <= 4


def test_the_contract_holds(model: TritonModel):
    model.check_contract()


def test_another_type_breaks_the_contract(model: TritonModel, triton: FakeTriton):
    triton.output_dtype = "FP16"
    with pytest.raises(ContractViolation, match=r"output saliency FP32 \[64, 32\] is missing"):
        model.check_contract()


def test_another_batch_size_breaks_the_contract(model: TritonModel, triton: FakeTriton):
    triton.max_batch_size = 4
    with pytest.raises(ContractViolation, match="batches of 4 instead of 8"):
        model.check_contract()


def test_a_model_travels_without_its_connection(model: TritonModel):
    model.score(make_images(1))
    with pickle.loads(pickle.dumps(model)) as copy:
        assert copy.score(make_images(1)).saliency.shape == (1, 64, 32)
