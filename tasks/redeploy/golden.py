"""The golden set: generated network inputs, and what a version answered when it was packaged.

Inputs are made again from a plan and told by their digests; answers stand in the record. It
asks no model: answers are handed in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract import IMAGE
from tasks.datasets.generated_exam import ExamJob, make_exam
from tasks.errors import ContractViolation
from tasks.synthetic.plan import CampaignPlan

PLAN = CampaignPlan(2, seed=2026, cancer_fraction=1.0, trouble=False, size_scale=0.25)
"""Two women, each with a cancer in one breast: eight images."""

TOLERANCE = 2e-3
"""Of any score: another runtime or host may round otherwise; a tenth of a band is 0.01 wide."""

_DECIMALS = 6

Answer = Mapping[str, NDArray[np.float32]]


def golden_inputs() -> NDArray[np.uint8]:
    """Make the inputs again: [images, *IMAGE.shape]."""
    rows = [
        row for index in range(PLAN.n_exams) for row in make_exam(ExamJob(PLAN, index)).images
    ]
    pixels = b"".join(row["pixels"] for row in rows)
    return np.frombuffer(pixels, np.uint8).reshape(-1, *IMAGE.shape)


def describe_golden(inputs: NDArray[np.uint8], answer: Answer) -> dict[str, Any]:
    """Write down a model's answer for its record.

    Args:
        inputs: As `golden_inputs` makes them.
        answer: Each output by its name, batch first.
    """
    return {
        "made_by": f"tasks.synthetic, seed {PLAN.seed}, scale {PLAN.size_scale}",
        "tolerance": TOLERANCE,
        "input_sha256": _digests(inputs),
        "answers": {name: values.tolist() for name, values in _kept(answer).items()},
    }


def _kept(answer: Answer) -> dict[str, NDArray[np.float64]]:
    """The scores, and of the map each image's maximum and mean: a map has 2 048 cells."""
    kept = {name: values for name, values in answer.items() if name != "saliency"}
    cells = answer["saliency"].reshape(len(answer["saliency"]), -1)
    kept["saliency_maximum"], kept["saliency_mean"] = cells.max(1), cells.mean(1)
    return {name: values.astype(np.float64).round(_DECIMALS) for name, values in kept.items()}


def _digests(inputs: NDArray[np.uint8]) -> list[str]:
    return [hashlib.sha256(image.tobytes()).hexdigest() for image in inputs]


@dataclass(frozen=True)
class GoldenSet:
    """The golden set of a record.

    Args:
        tolerance: Largest difference of a score that still counts as equal.
        input_sha256: Of each image.
        answers: By output, image by image.
    """

    tolerance: float
    input_sha256: list[str]
    answers: dict[str, Any]


def read_golden(record: Mapping[str, Any]) -> GoldenSet:
    """Find the golden set in a version's record.

    Raises:
        ContractViolation: If it has none.
    """
    found = record.get("golden")
    if not found:
        raise ContractViolation(
            f"The record of model version {record['model_version']} has no golden set: package "
            "its training run again with `mammo model package`."
        )
    return GoldenSet(found["tolerance"], found["input_sha256"], found["answers"])


def compare_golden(
    golden: GoldenSet, inputs: NDArray[np.uint8], answer: Answer
) -> dict[str, Any]:
    """Measure how far an answer lies from the golden one.

    Returns:
        Figures of the report: the largest difference, by output and of all, and its share of
        the tolerance, at most 1 where they are equal.

    Raises:
        ContractViolation: If the inputs are not those that the golden answers belong to.
    """
    if _digests(inputs) != golden.input_sha256:
        raise ContractViolation(
            "The golden inputs made here are not those of the record: generator or "
            "preprocessing changed since. Package the version's training run again."
        )
    differences = {
        name: float(np.abs(np.asarray(golden.answers[name]) - values).max())
        for name, values in _kept(answer).items()
    }
    largest = max(differences.values())
    return {
        "n_images": len(inputs),
        "tolerance": golden.tolerance,
        "differences": differences,
        "largest_difference": largest,
        "share_of_tolerance": largest / golden.tolerance,
    }
