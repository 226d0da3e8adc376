"""What a drill does to Triton's answers, and that nights see through it."""

from collections.abc import Iterator

import numpy as np
import pytest

from flows.drill import faults, triton_proxy
from flows.drill.triton_proxy import FAULTS, TritonProxy
from models.contract import IMAGE
from tasks.errors import ContractViolation, Retryable
from tasks.score.triton import TritonModel
from tests.support.fake_triton import FakeTriton, fake_triton

IMAGES = np.zeros((3, *IMAGE.shape), np.uint8)


@pytest.fixture
def triton() -> Iterator[FakeTriton]:
    with fake_triton() as fake:
        yield fake


@pytest.fixture
def proxy(triton: FakeTriton) -> TritonProxy:
    return TritonProxy(lambda: triton.url, seed=1)


@pytest.fixture
def model(proxy: TritonProxy) -> Iterator[TritonModel]:
    with proxy.serving() as url, TritonModel(url, "1") as one:
        yield one


def test_calls_pass_until_a_fault_is_set(model: TritonModel, proxy: TritonProxy):
    model.check_contract()
    assert model.score(IMAGES).malignancy_score.ravel().tolist() == [0, 0, 0]
    assert proxy.counts.total() == 0


@pytest.mark.parametrize(
    ("fault", "error"), [("triton_refuses", Retryable), ("triton_nan", ContractViolation)]
)
def test_what_stays_wrong_ends_as_a_stated_failure(model, proxy, fault, error):
    proxy.fault, proxy.share = fault, 1.0
    with pytest.raises(error):
        model.score(IMAGES)
    assert proxy.counts == {fault: 3}


def test_a_slow_answer_is_an_answer(model, proxy, monkeypatch):
    monkeypatch.setattr(triton_proxy, "SLOW_S", 0.01)
    proxy.fault, proxy.share = "triton_slow", 1.0
    assert len(model.score(IMAGES).malignancy_score) == 3
    assert proxy.counts == {"triton_slow": 1}


def test_the_faults_of_answers_are_those_of_the_drill():
    assert set(FAULTS) <= set(faults.FAULTS)
