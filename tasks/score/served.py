"""What Triton says that it serves, compared with the tensor contract.

It takes Triton's answers as values and connects to nothing.
"""

from typing import Any

from models.contract import IMAGE, MAX_BATCH_SIZE, OUTPUTS, Tensor


def compare_with_contract(metadata: dict[str, Any], config: dict[str, Any]) -> list[str]:
    """Say how a served model differs from the contract.

    Args:
        metadata: Triton's model metadata, as JSON.
        config: Triton's model configuration, as JSON.

    Returns:
        A phrase a difference; empty where there is none.
    """
    return [
        *_compare_tensors("input", metadata.get("inputs", []), (IMAGE,)),
        *_compare_tensors("output", metadata.get("outputs", []), OUTPUTS),
        *_compare_batch(config),
    ]


def _compare_tensors(
    side: str, served: list[dict[str, Any]], declared: tuple[Tensor, ...]
) -> list[str]:
    found = {_describe_served(tensor) for tensor in served}
    expected = {_describe(tensor) for tensor in declared}
    return [
        *(f"{side} {text} is missing" for text in sorted(expected - found)),
        *(f"{side} {text} is not declared" for text in sorted(found - expected)),
    ]


def _describe_served(tensor: dict[str, Any]) -> str:
    shape = [int(size) for size in tensor["shape"][1:]]  # the first is the batch
    return f"{tensor['name']} {tensor['datatype']} {shape}"


def _describe(tensor: Tensor) -> str:
    return f"{tensor.name} {tensor.triton_dtype} {list(tensor.shape)}"


def _compare_batch(config: dict[str, Any]) -> list[str]:
    served = int(config["config"].get("max_batch_size", 0))
    if served == MAX_BATCH_SIZE:
        return []
    return [f"batches of {served} instead of {MAX_BATCH_SIZE}"]
