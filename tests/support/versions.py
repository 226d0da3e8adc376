"""A model repository of a test's own: version 1 as it is shipped, and versions made from it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

from models.contract import MODEL_NAME
from models.export import ONNX_NAME, answer_eagerly
from models.packaged import load_packaged
from models.record import RECORD_NAME, describe_file
from models.weights import WEIGHTS_NAME
from tasks.redeploy.golden import describe_golden, golden_inputs
from tasks.redeploy.repository import seal_package, version_folder, write_configs
from tests.support.servers import MODEL_REPOSITORY

Change = Callable[[np.ndarray], np.ndarray]
HEAD = "maps.weight"
"""The weights that the head's maps are made with; the first is malignancy."""

POINT = {
    "name": "sensitivity_90",
    "threshold": 0.3,
    **{
        f"{share}{end}": value
        for share in ("sensitivity", "specificity")
        for end, value in (("", 0.9), ("_low", 0.8), ("_high", 0.95))
    },
    "data": "a test's",
}


def copy_repository(folder: Path) -> Path:
    """Version 1 of the shipped repository, with an operating point and a golden set."""
    repository = folder / "models"
    source = version_folder(MODEL_REPOSITORY, "1")
    shutil.copytree(source, version_folder(repository, "1"), symlinks=True)
    shutil.copy(MODEL_REPOSITORY / MODEL_NAME / "model.py", repository / MODEL_NAME)
    write_configs(repository, ["1"])
    complete(version_folder(repository, "1"))
    return repository


def make_version(repository: Path, version: str, change: Change | None = None) -> Path:
    """Another version: equal to version 1, or with the head's weights changed."""
    folder = version_folder(repository, version)
    shutil.copytree(version_folder(repository, "1"), folder, symlinks=True)
    if change:
        change_head(folder, change)
    complete(folder)
    return folder


def change_head(folder: Path, change: Change) -> None:
    """Change the same weights in both of a version's files."""
    model = onnx.load(folder / ONNX_NAME)
    [tensor] = [found for found in model.graph.initializer if found.name == HEAD]
    tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor).copy()), HEAD))
    onnx.save(model, folder / ONNX_NAME)
    weights = load_file(folder / WEIGHTS_NAME)
    save_file({**weights, HEAD: change(weights[HEAD].copy())}, folder / WEIGHTS_NAME)


def upside_down(weights: np.ndarray) -> np.ndarray:
    """What looked suspicious looks healthy, and the reverse."""
    weights[0] *= -1
    return weights


def complete(folder: Path) -> None:
    """Write what a packaged version's record holds, and seal it."""
    inputs = golden_inputs()
    change_record(
        folder,
        model_version=folder.name,
        files={name: describe_file(folder / name) for name in (ONNX_NAME, WEIGHTS_NAME)},
        operating_points=[POINT],
        golden=describe_golden(inputs, answer_eagerly(load_packaged(folder), inputs)),
    )


def change_record(folder: Path, **changes: Any) -> None:
    """Change a version's record and seal it again."""
    path = folder / RECORD_NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    seal_package(folder)
