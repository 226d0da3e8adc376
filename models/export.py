"""Packages a network: ONNX checked against eager, safetensors, and the record beside them.

It neither trains nor serves; a file that disagrees with eager or is too large is not kept.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from models.contract import IMAGE, MAX_BATCH_SIZE, OUTPUTS
from models.network import MammographyNetwork, NetworkConfig, build_network
from models.record import LICENCES, ModelRecord, describe_file
from models.weights import WEIGHTS_NAME, save_weights

ONNX_NAME = "model.onnx"
MAX_DIFFERENCE = 1e-3
MAX_WEIGHTS_BYTES = 250_000_000
"""Of the largest backbone; Protobuf ends at 2 GB."""
UNTRAINED_CALIBRATION = {
    "slope": 1.0,
    "intercept": 0.0,
    "band_edges": [tenth / 10 for tenth in range(1, 10)],
    "n_exams": 0,
    "n_cancers": 0,
    "data": "none: identity, for an untrained network",
}


class ExportMismatchError(RuntimeError):
    """The exported graph does not answer as the network does."""


def export_onnx(
    network: MammographyNetwork, path: Path, shape: tuple[int, ...] = IMAGE.shape
) -> float:
    """Write the network as one ONNX file with a free batch size, and check it against eager.

    Args:
        network: In any mode; exported in evaluation mode.
        path: The file to write.
        shape: Of one image, [1, height, width]; another than the contract's only in tests.

    Returns:
        The largest absolute difference from eager over all outputs, on batches of 1 and 3.

    Raises:
        ExportMismatchError: If that exceeds MAX_DIFFERENCE, or the file MAX_WEIGHTS_BYTES.
    """
    network.eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    program = torch.onnx.export(
        network,
        (_example(2, shape),),
        dynamo=True,
        input_names=[IMAGE.name],
        output_names=[tensor.name for tensor in OUTPUTS],
        dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=MAX_BATCH_SIZE)},),
        external_data=False,
        verbose=False,
    )
    if program is None:
        raise ExportMismatchError("torch.onnx gave no program; update torch and onnxscript.")
    program.save(path)
    return _checked(network, path, shape)


def _checked(network: MammographyNetwork, path: Path, shape: tuple[int, ...]) -> float:
    onnx.checker.check_model(path, full_check=True)
    difference = max(difference_from_eager(network, path, _example(n, shape)) for n in (1, 3))
    size_bytes = path.stat().st_size
    if not difference <= MAX_DIFFERENCE or size_bytes > MAX_WEIGHTS_BYTES:
        path.unlink()
        raise ExportMismatchError(
            f"{path.name}: {difference:.2e} from eager (at most {MAX_DIFFERENCE}), "
            f"{size_bytes} bytes (at most {MAX_WEIGHTS_BYTES})."
        )
    return difference


def difference_from_eager(
    network: MammographyNetwork, path: Path, images: torch.Tensor
) -> float:
    """The largest absolute difference of any output between the ONNX file and eager."""
    exported: Any = ReferenceEvaluator(onnx.load(path)).run(None, {IMAGE.name: images.numpy()})
    with torch.inference_mode():
        eager = network(images)
    return max(
        float(np.abs(got - eager[tensor.name].numpy()).max())
        for tensor, got in zip(OUTPUTS, exported, strict=True)
    )


def _example(n: int, shape: tuple[int, ...]) -> torch.Tensor:
    """Half breast, half background, with a bright square: every output has something to see."""
    generator = torch.Generator().manual_seed(n)
    images = torch.randint(20, 120, (n, *shape), dtype=torch.uint8, generator=generator)
    images[..., shape[-1] // 2 :] = 0
    images[..., 40:60, 20:40] += 120
    return images


def package(
    network: MammographyNetwork,
    folder: Path,
    *,
    status: str,
    facts: Mapping[str, Any],
    shape: tuple[int, ...] = IMAGE.shape,
) -> ModelRecord:
    """Write model.onnx, model.safetensors and model.json into a version's folder.

    Args:
        network: What to package.
        folder: Of one version, named by it: `triton_repo/mammography/1`.
        status: untrained or trained.
        facts: The record's training, metrics and calibration; operating_points, licences and
            golden where there are any.
        shape: As in `export_onnx`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    difference = export_onnx(network, folder / ONNX_NAME, shape)
    save_weights(network.state_dict(), folder / WEIGHTS_NAME)
    record = ModelRecord(
        model_version=folder.name,
        status=status,
        architecture=describe_architecture(network),
        training=facts["training"],
        metrics={**facts["metrics"], "export_max_abs_difference": difference},
        calibration=facts["calibration"],
        files={name: describe_file(folder / name) for name in (ONNX_NAME, WEIGHTS_NAME)},
        operating_points=facts.get("operating_points", []),
        licences=dict(facts.get("licences", LICENCES)),
        golden=facts.get("golden", {}),
    )
    record.write(folder)
    return record


def package_untrained(config: NetworkConfig, folder: Path, seed: int) -> ModelRecord:
    """Package a network of random weights: for wiring and tests, its scores mean nothing."""
    facts: dict[str, Any] = {
        "training": {"seed": seed},
        "metrics": {},
        "calibration": UNTRAINED_CALIBRATION,
    }
    return package(build_network(config, seed), folder, status="untrained", facts=facts)


def answer_eagerly(
    network: MammographyNetwork, images: NDArray[np.uint8]
) -> dict[str, NDArray[np.float32]]:
    """What the network itself answers, by output: what every served copy is held against.

    Args:
        network: In any mode; asked in evaluation mode.
        images: [n, 1, height, width], as the contract's input.
    """
    with torch.inference_mode():
        outputs = network.eval()(torch.from_numpy(images.copy()))
    return {name: tensor.float().numpy() for name, tensor in outputs.items()}


def describe_architecture(network: MammographyNetwork) -> dict[str, Any]:
    """`NetworkConfig` and the number of parameters."""
    return {
        **asdict(network.config),
        "n_parameters": sum(parameter.numel() for parameter in network.parameters()),
    }
