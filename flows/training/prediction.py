"""`mammo predict`: a model on an imported set, in process, ready for `mammo evaluate`.

It leaves out whom the model was trained on, where that is known, and says so.
"""

import json
import shlex
from pathlib import Path

import polars as pl
from safetensors import SafetensorError

from flows.evaluation_evidence import read_trained
from flows.importing import imported_lake
from flows.progress import progress_bars
from flows.training.images import ImageSet, open_image_set
from flows.training.package import PLAN_NAME, read_description
from flows.training.scores import KEY, Prediction, predict
from models.checkpoint import STATE_NAME, load_averaged
from models.evaluation.marks import measure_localisation
from models.network import MammographyNetwork, NetworkConfig
from models.packaged import load_packaged
from models.selection import load_best
from models.training import choose_device
from tasks.errors import Misconfigured
from tasks.lake.schemas import LABELS
from tasks.lake.store import Lake

SPLIT_NAME = "split.csv"
"""In a training's folder: who trained, chose and proves its network."""

LOCALISATION_NAME = "localisation.json"


def run_prediction(  # noqa: PLR0913 (one parameter for each option of the command)
    data: str,
    model: Path,
    out: Path,
    *,
    source: Path | None = None,
    accept_licence: bool = False,
    trained_on: Path | None = None,
    ending: str = "csv",
) -> list[str]:
    """Score an imported set; sentences on what was scored, and how to evaluate it.

    Args:
        data: A lake's folder, or the name of a data set.
        model: A version's folder, or a training's.
        out: Folder to write to; made if absent.
        source: Folder to import the named set from first.
        accept_licence: Of the set that is imported.
        trained_on: What the model was trained on; of a training's folder, its own split.
        ending: csv or parquet.

    Raises:
        Misconfigured: If there is no such model, set or image.
    """
    network = open_network(model).to(choose_device())
    images = open_image_set(imported_lake(data, source, accept_licence=accept_licence))
    kept = trained_on or model / SPLIT_NAME
    seen = kept if trained_on or kept.exists() else None
    labels = _unseen(images.labels, seen)
    with progress_bars():
        prediction = predict(network, images, labels)
    files = prediction.write(out, ending)
    return [
        _account(images, labels),
        *(str(path) for path in files.values()),
        *_localise(prediction, out),
        _what_next(prediction, evaluation_command(files, data, seen)),
    ]


def open_network(folder: Path) -> MammographyNetwork:
    """The network of a version's folder, or of a training's: its best epoch.

    Raises:
        Misconfigured: If the folder holds neither.
    """
    try:
        if (folder / STATE_NAME).exists():
            state = json.loads((folder / STATE_NAME).read_text(encoding="utf-8"))
            return load_best(folder, NetworkConfig(**state["config"]["network"]))
        if (folder / PLAN_NAME).exists():
            stages = read_description(folder)["stages"]
            return load_averaged(folder / "run" / stages[-1]["name"])
        return load_packaged(folder)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise Misconfigured(
            f"{folder} holds no weights ({error}): give a version's folder such as "
            "triton_repo/mammography/1, or a folder of `mammo train`."
        ) from error


def _unseen(labels: pl.DataFrame, trained_on: Path | None) -> pl.DataFrame:
    """Images of patients who neither trained nor chose the model.

    Raises:
        Misconfigured: If nobody is left.
    """
    if trained_on is not None:
        seen = read_trained(trained_on)
        for column in (name for name in ("patient_key", KEY) if name in seen.columns):
            labels = labels.join(seen, on=column, how="anti")
    if labels.is_empty():
        raise Misconfigured(
            "No image is left to score: the set has none with a file and a known truth"
            + (f" that is not in {trained_on}." if trained_on else ".")
        )
    return labels


def _account(images: ImageSet, labels: pl.DataFrame) -> str:
    n_labels = Lake(str(images.data.folder)).read(LABELS, columns=[KEY]).height
    return (
        f"{labels.height} images of {labels['patient_key'].n_unique()} patients scored, "
        f"{images.facts['kind']}; left out: {n_labels - images.labels.height} without a file "
        f"or a known truth, {images.labels.height - labels.height} whose patient the model "
        "was trained on."
    )


def _localise(prediction: Prediction, out: Path) -> list[str]:
    """Whether the network looks at the lesions; a set of cancers alone can tell that too."""
    if prediction.lesions.is_empty():
        return []
    found = measure_localisation(
        prediction.marks, prediction.lesions, KEY, prediction.scores[KEY].to_list()
    )
    path = out / LOCALISATION_NAME
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")
    shares = [
        f"{words} {share['value']:.3f} ({share['low']:.3f}-{share['high']:.3f})"
        for words, share in (
            ("strongest mark in a lesion", found["pointing"]),
            ("lesions overlapped by a mark", found["found"]),
        )
    ]
    return [f"{path}: {found['n_lesions']} lesions; {', '.join(shares)}."]


def _what_next(prediction: Prediction, command: str) -> str:
    if prediction.scores["is_malignant"].n_unique() < 2:
        return (
            "These images are of one class: `mammo evaluate` needs cancers and non-cancers, so "
            "join their tables with those of other images."
        )
    return f"To evaluate them: {command}"


def evaluation_command(files: dict[str, Path], data: str, trained_on: Path | None) -> str:
    """The command that evaluates what was written."""
    options: dict[str, str | Path | None] = {
        "scores": files["scores"],
        "exam-column": "exam_key",
        "breast-column": "image_laterality",
        "image-column": KEY,
        "patient-column": "patient_key",
        "truth-column": "is_malignant",
        "marks": files.get("marks"),
        "lesions": files.get("lesions"),
        "trained-on": trained_on,
        "images": data if trained_on else None,
    }
    named = [(f"--{name}", str(value)) for name, value in options.items() if value]
    return shlex.join(["mammo", "evaluate", *(word for pair in named for word in pair)])
