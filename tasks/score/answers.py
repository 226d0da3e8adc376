"""What a model answers, held to the tensor contract before anyone sees it.

It knows nothing of a server, and it repairs nothing: an answer is right or it is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.contract import OUTPUTS, Tensor
from tasks.errors import ContractViolation

ROUNDING = 1e-4
"""A softmax in single precision may pass 1 by this much."""


class UnusableAnswerError(Exception):
    """An answer of the right form whose values are none: NaN, infinite or out of range."""


@dataclass(frozen=True)
class ModelOutput:
    """Scores of n images; every field is a tensor of the contract, batch first.

    Args:
        malignancy_score: [n, 1].
        finding_scores: [n, classes], in the order of FINDING_CLASSES.
        density_scores: [n, 4], in the order of DENSITIES.
        saliency: [n, rows, columns] of cells.
    """

    malignancy_score: NDArray[np.float32]
    finding_scores: NDArray[np.float32]
    density_scores: NDArray[np.float32]
    saliency: NDArray[np.float32]


def check_answer(
    answer: Mapping[str, NDArray[np.float32] | None], n_images: int
) -> ModelOutput:
    """Hold one batch's answer to the contract.

    Raises:
        ContractViolation: If a tensor is missing or has another shape or type.
        UnusableAnswerError: If a value is NaN or outside 0-1.
    """
    checked = {
        tensor.name: _check(tensor, answer.get(tensor.name), n_images) for tensor in OUTPUTS
    }
    return ModelOutput(**checked)


def _check(
    tensor: Tensor, values: NDArray[np.float32] | None, n_images: int
) -> NDArray[np.float32]:
    if values is None:
        raise ContractViolation(f"The model's answer lacks {tensor.name}.")
    expected = (n_images, *tensor.shape)
    if values.shape != expected or values.dtype != np.dtype(tensor.dtype):
        raise ContractViolation(
            f"The model answered {tensor.name} as {values.dtype} {list(values.shape)}, "
            f"not {tensor.dtype} {list(expected)}."
        )
    if not bool(((values >= -ROUNDING) & (values <= 1 + ROUNDING)).all()):  # NaN is neither
        raise UnusableAnswerError(f"{tensor.name} holds NaN or values outside 0-1")
    return values


def join_answers(answers: Sequence[ModelOutput]) -> ModelOutput:
    """Put the batches' answers together, in their order."""
    if not answers:
        empty = {tensor.name: np.empty((0, *tensor.shape), tensor.dtype) for tensor in OUTPUTS}
        return ModelOutput(**empty)
    return ModelOutput(
        **{
            tensor.name: np.concatenate([vars(answer)[tensor.name] for answer in answers])
            for tensor in OUTPUTS
        }
    )
