"""The golden set: equal within its tolerance, of its own inputs only."""

import json

import numpy as np
import pytest

from models.contract import IMAGE
from tasks.errors import ContractViolation
from tasks.redeploy.golden import (
    TOLERANCE,
    compare_golden,
    describe_golden,
    read_golden,
)
from tests.support.fake_triton import right_answer

INPUTS = np.random.default_rng(1).integers(0, 256, (3, *IMAGE.shape), np.uint8)
ANSWER = right_answer(INPUTS)
RECORD = {"model_version": "2", "golden": describe_golden(INPUTS, ANSWER)}
GOLDEN = read_golden(json.loads(json.dumps(RECORD)))


@pytest.mark.parametrize(
    ("output", "shift", "is_equal"),
    [
        ("malignancy_score", 0.9 * TOLERANCE, True),
        ("malignancy_score", 1.1 * TOLERANCE, False),
        ("finding_scores", 1.1 * TOLERANCE, False),
        ("saliency", 1.1 * TOLERANCE, False),
    ],
)
def test_answers_are_equal_within_the_tolerance(output, shift, is_equal):
    answer = {**ANSWER, output: ANSWER[output] + np.float32(shift)}
    figures = compare_golden(GOLDEN, INPUTS, answer)
    assert (figures["share_of_tolerance"] <= 1) == is_equal


def test_other_inputs_are_no_proof():
    with pytest.raises(ContractViolation, match="are not those of the record"):
        compare_golden(GOLDEN, INPUTS[::-1], ANSWER)


@pytest.mark.parametrize("record", [{}, {"golden": {}}])
def test_a_record_without_one_says_so(record):
    with pytest.raises(ContractViolation, match="version 2 has no golden set"):
        read_golden({"model_version": "2", **record})
