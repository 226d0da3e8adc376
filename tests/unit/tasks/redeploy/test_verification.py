"""What verification says of a served copy, against a server that answers as it is told."""

import numpy as np
import pytest

from models.contract import IMAGE, MAX_BATCH_SIZE
from tasks.errors import ContractViolation, Retryable
from tasks.redeploy import verification
from tasks.redeploy.golden import describe_golden
from tasks.redeploy.verification import verify
from tasks.score.triton import Limits, TritonModel
from tests.support.fake_triton import changed, fake_triton, right_answer

LIMITS = Limits(n_in_flight=1, first_wait_s=0.01, n_failures=2)
INPUTS = np.random.default_rng(1).integers(0, 256, (MAX_BATCH_SIZE, *IMAGE.shape), np.uint8)
RECORD = {"model_version": "2", "golden": describe_golden(INPUTS, right_answer(INPUTS))}


@pytest.fixture
def triton(monkeypatch):
    monkeypatch.setattr(verification, "golden_inputs", lambda: INPUTS)
    with fake_triton() as fake:
        yield fake


def verified(triton, record=RECORD, memory_of=lambda _: None):
    with TritonModel(triton.url, "2", limits=LIMITS) as candidate:
        return verify(candidate, candidate, record, memory_of)


def test_a_right_copy_shows_every_figure(triton):
    figures = verified(triton, memory_of={"2": 120.0}.get)
    assert figures["golden"]["share_of_tolerance"] < 1e-2
    assert figures["repeatability"]["largest_difference"] == 0
    assert figures["latency"]["ratio"] == figures["memory"]["ratio"] == 1


def test_another_tensor_is_a_finding_and_nothing_is_scored(triton):
    triton.output_dtype = "FP16"
    figures = verified(triton)
    assert list(figures) == ["contract"]
    assert "output saliency FP32" in figures["contract"]["finding"]
    assert not triton.batch_sizes


def test_a_copy_that_answers_otherwise_fails_its_golden_set(triton):
    triton.faults.append(changed("malignancy_score", lambda values: values * 0.9))
    assert verified(triton)["golden"]["share_of_tolerance"] > 1


def test_a_copy_that_changes_its_mind_is_not_repeatable(triton):
    triton.faults += [
        lambda answer, _context: answer,
        changed("density_scores", lambda values: values * 0.9),
    ]
    assert verified(triton)["repeatability"]["largest_difference"] > 1e-5


def test_a_record_without_a_golden_set_says_how_to_get_one(triton):
    with pytest.raises(ContractViolation, match="mammo model package"):
        verified(triton, {"model_version": "2"})
    assert not triton.batch_sizes


def test_a_triton_away_is_retryable():
    with (
        TritonModel("127.0.0.1:1", "2", limits=LIMITS) as candidate,
        pytest.raises(Retryable, match=r"Triton at 127\.0\.0\.1:1 is away"),
    ):
        verify(candidate, None, RECORD, lambda _: None)
