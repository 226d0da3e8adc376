"""Trains a network on an imported data set: from its lake to a sealed version folder.

It chooses the epoch on watched patients, proves the network once on patients that neither
training nor choice has seen, and goes on after a kill.
"""

import logging
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.importing import imported_lake
from flows.progress import tell_epochs
from flows.training.curves import Curves
from flows.training.images import ImageSet, open_training_set
from flows.training.prediction import SPLIT_NAME, open_network
from flows.training.recipe import TEST, TRAINING, WATCHED, Recipe, recipe_for
from flows.training.scores import predict
from models.backbones import WeightsUnavailableError
from models.calibration import band_edges, fit_platt
from models.dataset import StreamConfig
from models.export import package
from models.heap import keep_freed_memory
from models.metrics import auc_interval
from models.network import MammographyNetwork, NetworkConfig, build_network
from models.record import LICENCES
from models.scoring import exam_auc, exam_scores, mean_breast_scores, score_images
from models.selection import BestEpoch, load_best, read_selection
from models.training import Trainer, choose_device, describe_device
from tasks.datasets.split_file import write_split
from tasks.errors import Misconfigured
from tasks.redeploy.repository import CHECKSUM_FILE, seal_package, version_folder

_LOG = logging.getLogger(__name__)
TESTED = "test_"
"""Prefix of what `mammo evaluate` reads in the run's folder."""


@dataclass(frozen=True)
class TrainingRequest:
    """What `mammo train --data` was asked for.

    Args:
        data: A lake's folder, or the name of a data set.
        source: Folder to import the named set from first.
        accept_licence: Of the set that is imported.
        start: Version folder whose weights training starts from.
        epochs: At most; the recipe's own if None.
        seed: Of split, weights and order.
        backbone: Without `start`: of the network; the default one if None.
        weights: Of the backbone: none or imagenet.
        split: Table of the split to take instead of the set's own.
    """

    data: str
    source: Path | None = None
    accept_licence: bool = False
    start: Path | None = None
    epochs: int | None = None
    seed: int = 1
    backbone: str | None = None
    weights: str = "none"
    split: Path | None = None


def run_lake_training(
    request: TrainingRequest, folder: Path, repository: Path, version: str
) -> dict[str, Any]:
    """Import if asked, train, prove and package; returns the proof.

    Raises:
        Misconfigured: If an option cannot be used; the sentence says why.
        ContractViolation: If the split leaks.
    """
    tell_epochs()
    target = version_folder(repository, version)
    if (target / CHECKSUM_FILE).exists():  # an unsealed folder is what a kill left
        raise Misconfigured(f"{target} is taken: name another --version.")
    first = first_network(request)
    lake = imported_lake(request.data, request.source, accept_licence=request.accept_licence)
    training_set = open_training_set(lake, request.seed, request.split)
    recipe = recipe_of(request, training_set, first)
    folder.mkdir(parents=True, exist_ok=True)
    write_split(training_set.labels, folder / SPLIT_NAME)
    network = train_on(training_set, recipe, folder, first)
    tested = predict(network, training_set, training_set.part(TEST))
    tested.write(folder, prefix=TESTED)
    proof = prove(tested.scores, training_set.facts["kind"])
    description = _describe(request, recipe, folder)
    package_proven(network, training_set, proof, description, target)
    return proof


def first_network(request: TrainingRequest) -> MammographyNetwork | None:
    """The network whose weights training starts from, where one is named."""
    return open_network(request.start) if request.start else None


def recipe_of(
    request: TrainingRequest, images: ImageSet, first: MammographyNetwork | None
) -> Recipe:
    """How to train on some images.

    Raises:
        Misconfigured: If the network cannot be built.
    """
    return recipe_for(
        is_crop=images.is_crop,
        seed=request.seed,
        epochs=request.epochs,
        network=first.config if first else _network_config(request),
    )


def _network_config(request: TrainingRequest) -> NetworkConfig:
    """What was asked for; tried at once, so that absent weights are told before any work."""
    config = NetworkConfig(request.backbone or NetworkConfig.backbone, request.weights)
    try:
        build_network(config, request.seed)
    except (ValueError, WeightsUnavailableError) as error:
        raise Misconfigured(str(error)) from error
    return config


def _describe(request: TrainingRequest, recipe: Recipe, folder: Path) -> dict[str, Any]:
    return {
        "recipe": asdict(recipe),
        "start": str(request.start) if request.start else None,
        "best_epoch": read_selection(folder)["best"],
        "command": shlex.join(["mammo", *sys.argv[1:]]),
    }


def train_on(
    training_set: ImageSet,
    recipe: Recipe,
    folder: Path,
    first: MammographyNetwork | None = None,
) -> MammographyNetwork:
    """Train, or go on where a former call was killed; the best epoch's network.

    Args:
        training_set: What to train on.
        recipe: How.
        folder: Of the run's state.
        first: A network whose weights training starts from.

    Raises:
        Misconfigured: If the folder holds another run, or too few images for one batch.
    """
    watched = training_set.part(WATCHED)
    stream = training_set.stream(training_set.part(TRAINING), recipe.stream)

    def watch(network: MammographyNetwork) -> float:
        scores = score_images(network, training_set.stream(watched, StreamConfig()))
        return exam_auc(mean_breast_scores(scores, watched), watched).value

    keep_freed_memory()
    device = choose_device()
    _LOG.info(describe_device(device))
    choice = BestEpoch(folder, watch, recipe.patience, Curves(folder, "watched patients' AUC"))
    if not choice.is_over:
        try:
            Trainer(recipe.training, stream, folder, device, first).run(choice)
        except ValueError as error:  # another configuration, or less than a batch
            raise Misconfigured(str(error)) from error
    return load_best(folder, recipe.training.network)


def prove(scores: pl.DataFrame, kind: str) -> dict[str, Any]:
    """AUC of images and patients that nothing was trained or chosen on.

    Args:
        scores: As `flows.training.scores` gives them.
        kind: Film or digital.
    """
    rows = scores.with_columns(pl.col("is_malignant").cast(pl.Boolean))
    images = auc_interval(rows["is_malignant"], rows["malignancy_score"], rows["patient_key"])
    return {
        "kind": kind,
        "n_images": rows.height,
        "n_patients": rows["patient_key"].n_unique(),
        "n_malignant_images": int(rows["is_malignant"].sum()),
        "image_auc": asdict(images),
        "patient_auc": asdict(exam_auc(mean_breast_scores(rows, rows), rows)),
    }


def _calibrate(network: MammographyNetwork, training_set: ImageSet) -> dict[str, Any]:
    """Platt's mapping on the watched patients: enriched, so no programme's probabilities."""
    watched = training_set.part(WATCHED)
    scores = score_images(network, training_set.stream(watched, StreamConfig()))
    exams = exam_scores(mean_breast_scores(scores, watched), watched)
    return {
        **asdict(fit_platt(exams["is_malignant"], exams["exam_score"])),
        "band_edges": band_edges(exams["exam_score"]),
        "n_exams": exams.height,
        "n_cancers": int(exams["is_malignant"].sum()),
        "data": f"watched patients of {training_set.facts['data_set']}, the choice of the "
        "epoch included; cancers as frequent as in the set",
    }


def package_proven(
    network: MammographyNetwork,
    training_set: ImageSet,
    proof: Mapping[str, Any],
    description: Mapping[str, Any],
    target: Path,
) -> None:
    """Write a sealed version folder."""
    name = training_set.facts["data_set"]
    facts = {
        "training": {"data": training_set.facts, **description},
        "metrics": {f"{name} test": proof},
        "calibration": _calibrate(network, training_set),
        "licences": {**LICENCES, **training_set.licences},
    }
    package(network, target, status="trained", facts=facts)
    seal_package(target)
