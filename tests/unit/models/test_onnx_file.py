"""ONNX files held to the contract: another shape, another type, no file at all."""

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from models.contract import IMAGE, OUTPUTS
from models.onnx_file import UnusableOnnxError, check_onnx

SHIPPED = Path(__file__).parents[3] / "triton_repo" / "mammography" / "1" / "model.onnx"


def write_model(path: Path, dtype: int, shape: tuple[int, ...]) -> Path:
    """A graph with the contract's names and outputs, and an input of one's own."""
    outputs = [
        helper.make_tensor_value_info(tensor.name, TensorProto.FLOAT, ["batch", *tensor.shape])
        for tensor in OUTPUTS
    ]
    image = helper.make_tensor_value_info(IMAGE.name, dtype, ["batch", *shape])
    graph = helper.make_graph([], "test", [image], outputs)
    onnx.save(helper.make_model(graph), path)
    return path


def test_the_shipped_version_keeps_the_contract():
    check_onnx(SHIPPED)


@pytest.mark.parametrize(
    ("dtype", "shape", "found"),
    [
        (TensorProto.FLOAT, IMAGE.shape, "image float32 [1, 1024, 512]"),
        (TensorProto.UINT8, (1, 512, 512), "image uint8 [1, 512, 512]"),
        (TensorProto.UINT8, (3, 1024, 512), "image uint8 [3, 1024, 512]"),
    ],
)
def test_another_type_or_shape_is_named(tmp_path, dtype, shape, found):
    path = write_model(tmp_path / "model.onnx", dtype, shape)
    with pytest.raises(UnusableOnnxError) as refusal:
        check_onnx(path)
    assert found in str(refusal.value)
    assert "image uint8 [1, 1024, 512]" in str(refusal.value)


@pytest.mark.parametrize("content", [b"no model", b"\x08\xff\xff"])
def test_what_is_no_model_gets_a_sentence(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(UnusableOnnxError, match=r"model\.onnx"):
        check_onnx(path)


def test_a_missing_file_gets_a_sentence(tmp_path):
    with pytest.raises(UnusableOnnxError, match="copy it again"):
        check_onnx(tmp_path / "model.onnx")
