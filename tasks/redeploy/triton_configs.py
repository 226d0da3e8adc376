"""Triton's configurations of the model, generated from the contract: what runs it, and where.

They are text for `tasks.redeploy.repository` to write; nobody edits the files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.contract import IMAGE, MAX_BATCH_SIZE, MODEL_NAME, OUTPUTS, Tensor

PREFERRED_BATCH_SIZES = (MAX_BATCH_SIZE // 2, MAX_BATCH_SIZE)
MAX_QUEUE_DELAY_US = 2000
GPU_INSTANCES = 2
"""One copies while the other computes."""

CPU_INSTANCES = 1
"""One instance uses every processor (see model.py)."""

CPU_PRECISION = "f32"

CPU_CONFIG = "cpu"
TORCH_CONFIG = "torch"
"""What Triton's --model-config-name calls the configurations besides `config.pbtxt`."""

_HEADER = (
    "# Generated from models/contract.py; change it in tasks/redeploy/triton_configs.py.\n"
)

_GPU_ENGINE = f"""\
backend: "onnxruntime"
instance_group [ {{ kind: KIND_GPU count: {GPU_INSTANCES} }} ]
optimization {{ execution_accelerators {{
  gpu_execution_accelerator: [ {{ name: "tensorrt" }} ]
}} }}
"""


@dataclass(frozen=True)
class PythonEngine:
    """How `model.py` runs a version in Triton's python backend.

    Args:
        engine: openvino or torch.
        kind: Of Triton's instances: KIND_CPU or KIND_GPU.
        count: Instances; on a GPU host of each GPU.
        precision: f32 or bf16; of torch f16 too.
    """

    engine: str
    kind: str
    count: int
    precision: str

    @property
    def text(self) -> str:
        """Its part of a configuration."""
        return (
            'backend: "python"\n'
            f"instance_group [ {{ kind: {self.kind} count: {self.count} }} ]\n"
            + _parameter("engine", self.engine)
            + _parameter("precision", self.precision)
        )


OPENVINO_ON_CPU = PythonEngine("openvino", "KIND_CPU", CPU_INSTANCES, CPU_PRECISION)
TORCH_ON_GPU = PythonEngine("torch", "KIND_GPU", GPU_INSTANCES, "f16")
"""The golden set allows 0.002: float16 moved its scores by up to 0.0016, bfloat16 by 0.015."""


def gpu_config(versions: Sequence[str]) -> str:
    """`config.pbtxt`: ONNX Runtime with TensorRT on a GPU host."""
    return _HEADER + _GPU_ENGINE + _shared_config(versions) + _warm_up()


def cpu_config(versions: Sequence[str]) -> str:
    """`configs/cpu.pbtxt`: OpenVINO in the python backend on one machine.

    No configuration of the python backend a warm-up: a batch that fails in Triton's own takes
    the server down (2.51); `tasks.redeploy.loading` asks for the first answer instead.
    """
    return python_config(OPENVINO_ON_CPU, versions)


def torch_config(versions: Sequence[str]) -> str:
    """`configs/torch.pbtxt`: torch in the python backend on a GPU host, without TensorRT."""
    return python_config(TORCH_ON_GPU, versions)


def python_config(engine: PythonEngine, versions: Sequence[str]) -> str:
    """A configuration by which the python backend serves these versions."""
    return _HEADER + engine.text + _shared_config(versions)


def _shared_config(versions: Sequence[str]) -> str:
    """What a GPU host and one machine have in common."""
    inputs, outputs = _tensor(IMAGE), ",\n".join(map(_tensor, OUTPUTS))
    return f"""\
name: "{MODEL_NAME}"
max_batch_size: {MAX_BATCH_SIZE}
input [
{inputs}
]
output [
{outputs}
]
version_policy {{ specific {{ versions: [ {", ".join(versions)} ] }} }}
dynamic_batching {{
  preferred_batch_size: {list(PREFERRED_BATCH_SIZES)}
  max_queue_delay_microseconds: {MAX_QUEUE_DELAY_US}
}}
"""


def _warm_up() -> str:
    """Batches that a version answers before it counts as loaded."""
    image = (
        f'key: "{IMAGE.name}" value {{ data_type: TYPE_{IMAGE.triton_dtype} '
        f"dims: {list(IMAGE.shape)} zero_data: true }}"
    )
    return f"""\
model_warmup [
  {{ name: "one" batch_size: 1 inputs {{ {image} }} }},
  {{ name: "full" batch_size: {MAX_BATCH_SIZE} inputs {{ {image} }} }}
]
"""


def _parameter(key: str, value: str) -> str:
    return f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}\n'


def _tensor(tensor: Tensor) -> str:
    dtype, dims = tensor.triton_dtype, list(tensor.shape)
    return f'  {{ name: "{tensor.name}" data_type: TYPE_{dtype} dims: {dims} }}'
