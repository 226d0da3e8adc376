"""An ONNX file held against the tensor contract, without running it.

It knows files that others made too; what cannot be read or differs is refused in a sentence.
"""

from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from models.contract import IMAGE, OUTPUTS, Tensor


class UnusableOnnxError(ValueError):
    """The file is no ONNX model, or not one of the contract."""


def check_onnx(path: Path) -> None:
    """Hold inputs and outputs to the contract, with a free batch size.

    Raises:
        UnusableOnnxError: If the file cannot be read, keeps weights in other files, or a
            tensor differs in name, type, shape.
    """
    try:
        graph = onnx.load(path, load_external_data=False).graph
    except (OSError, DecodeError, ValueError) as error:
        raise UnusableOnnxError(
            f"{path} is no readable ONNX file ({error}): copy it again."
        ) from error
    _refuse_external_data(path, graph)
    found = {describe(value) for value in (*graph.input, *graph.output)}
    wanted = {describe_declared(tensor) for tensor in (IMAGE, *OUTPUTS)}
    if found != wanted:
        raise UnusableOnnxError(
            f"{path} breaks the tensor contract: it has {', '.join(sorted(found - wanted))} "
            f"instead of {', '.join(sorted(wanted - found))}. Export it as models/contract.py "
            "declares."
        )


def _refuse_external_data(path: Path, graph: onnx.GraphProto) -> None:
    """Weights in other files are under no seal, and their path may lead anywhere."""
    constants = (attribute.t for node in graph.node for attribute in node.attribute)
    if any(tensor.external_data for tensor in (*graph.initializer, *constants)):
        raise UnusableOnnxError(
            f"{path} keeps weights in other files: export it with its weights inside."
        )


def describe(value: onnx.ValueInfoProto) -> str:
    """A tensor of the file, such as "image uint8 [1, 1024, 512]", without its batch."""
    kind = value.type.tensor_type
    dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).name
    sizes = [dim.dim_value or dim.dim_param or 0 for dim in kind.shape.dim][1:]
    return f"{value.name} {dtype} {sizes}"


def describe_declared(tensor: Tensor) -> str:
    """A tensor of the contract, in the same form."""
    return f"{tensor.name} {tensor.dtype} {list(tensor.shape)}"
