"""torch in Triton's python backend: here on a CPU, where its answers can be held against."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from flows.stack.torch_triton import TorchTriton
from flows.stack.triton_server import EmbeddedTriton
from models.contract import MODEL_NAME, OUTPUTS
from tasks.errors import Misconfigured
from tasks.redeploy.golden import TOLERANCE, golden_inputs
from tasks.redeploy.repository import copy_versions
from tasks.redeploy.triton_configs import PythonEngine, python_config
from tasks.score.triton import TritonModel
from tests.support.servers import ANY_PORT, MODEL_REPOSITORY, TRITON_ENVIRONMENT

pytestmark = pytest.mark.integration

LARGEST_DIFFERENCE = {"f32": 1e-4, "f16": TOLERANCE, "bf16": 2e-2}
"""Of any output from OpenVINO's in float32; bfloat16 is not the shipped configuration's."""


def configured(folder: Path, kind: str, precision: str) -> Path:
    """Version 1, with a configuration of torch that this machine can, or cannot, run."""
    repository = folder / "models"
    copy_versions(MODEL_REPOSITORY, ["1"], repository)
    engine = PythonEngine("torch", kind, count=1, precision=precision)
    path = repository / MODEL_NAME / "configs" / "torch.pbtxt"
    path.write_text(python_config(engine, ["1"]))
    return repository


def torch_triton(folder: Path, repository: Path) -> TorchTriton:
    return TorchTriton(folder, TRITON_ENVIRONMENT, repository, ANY_PORT)


@pytest.mark.parametrize("precision", LARGEST_DIFFERENCE)
def test_torch_answers_as_openvino_does(
    precision: str, tmp_path: Path, triton_server: EmbeddedTriton
):
    images = golden_inputs()
    with TritonModel(triton_server.url, "1") as model:
        expected = vars(model.score(images))
    repository = configured(tmp_path, "KIND_CPU", precision)
    with torch_triton(tmp_path, repository) as server, TritonModel(server.url, "1") as model:
        model.check_contract()
        answer = vars(model.score(images))
    for name in (tensor.name for tensor in OUTPUTS):
        difference = np.abs(answer[name] - expected[name]).max()
        assert difference < LARGEST_DIFFERENCE[precision], name


def test_the_gpu_configuration_is_read_and_wants_a_gpu(tmp_path: Path):
    if shutil.which("nvidia-smi"):
        pytest.skip("a GPU is here: nothing is refused")
    repository = tmp_path / "models"
    copy_versions(MODEL_REPOSITORY, ["1"], repository)
    server = torch_triton(tmp_path, repository)
    with pytest.raises(Misconfigured), server:
        pass
    log = (tmp_path / "logs" / "triton.log").read_text()
    assert "has kind KIND_GPU but no GPUs are available" in log
