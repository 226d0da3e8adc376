"""Proves a served copy of a version: contract, golden answers, repeatability, latency, memory.

It asks servers that run already and starts none; what cannot be measured is left out by name.
"""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract import MAX_BATCH_SIZE
from tasks.errors import ContractViolation
from tasks.redeploy.golden import compare_golden, golden_inputs, read_golden
from tasks.score.triton import ModelOutput, TritonModel

N_ROUNDS = 7
"""Batches timed of each version, in turns, so that other load meets both."""

Tree = dict[str, Any]
Images = NDArray[np.uint8]
MemoryOf = Callable[[str], float | None]
"""Resident memory of a version's processes in MB; None where it cannot be seen."""


def verify(
    candidate: TritonModel,
    serving: TritonModel | None,
    record: Mapping[str, Any],
    memory_of: MemoryOf,
) -> Tree:
    """Verify a candidate.

    Args:
        candidate: As some Triton serves it.
        serving: The served version in the same Triton; None where that has it not.
        record: The candidate's.
        memory_of: Asked for both.

    Returns:
        The report's figures; where the contract does not hold, its part alone.

    Raises:
        Retryable: If Triton is away.
        ContractViolation: If there is no golden set, or answers break the contract.
    """
    golden = read_golden(record)
    contract = _contract(candidate)
    if contract["n_differences"]:
        return {"contract": contract}
    inputs = golden_inputs()
    answer = candidate.score(inputs)
    return {
        "contract": contract,
        "golden": compare_golden(golden, inputs, vars(answer)),
        "repeatability": _repeatability(candidate, inputs, answer),
        "latency": _latency(candidate, serving, inputs[:MAX_BATCH_SIZE]),
        "memory": _ratio(
            memory_of(candidate.version), memory_of(serving.version) if serving else None, "mb"
        ),
    }


def _contract(model: TritonModel) -> Tree:
    try:
        model.check_contract()
    except ContractViolation as error:
        return {"n_differences": 1, "finding": str(error)}
    return {"n_differences": 0, "finding": "as declared"}


def _repeatability(model: TritonModel, inputs: Images, answer: ModelOutput) -> Tree:
    """The same images again, and one alone: a score must not depend on its batch."""
    again, alone = model.score(inputs), model.score(inputs[:1])
    differences = [
        float(np.abs(vars(other)[name] - values[: len(vars(other)[name])]).max())
        for other in (again, alone)
        for name, values in vars(answer).items()
    ]
    return {"n_images": len(inputs), "largest_difference": max(differences)}


def _latency(candidate: TritonModel, serving: TritonModel | None, batch: Images) -> Tree:
    """Median milliseconds of a batch, from request to checked answer."""
    models = [model for model in (candidate, serving) if model]
    times: dict[str, list[float]] = {model.version: [] for model in models}
    for _ in range(N_ROUNDS):
        for model in models:
            start = perf_counter()
            model.score(batch)
            times[model.version].append(1000 * (perf_counter() - start))
    medians = {version: median(values) for version, values in times.items()}
    standing = medians.get(serving.version) if serving else None
    return {
        "batch_size": len(batch),
        "n_rounds": N_ROUNDS,
        **_ratio(medians[candidate.version], standing, "ms"),
    }


def _ratio(candidate: float | None, serving: float | None, unit: str) -> Tree:
    ratio = candidate / serving if candidate and serving else None
    return {f"candidate_{unit}": candidate, f"serving_{unit}": serving, "ratio": ratio}
