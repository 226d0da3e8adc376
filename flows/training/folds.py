"""Cross-validation by patient: a small set scored whole, nobody by a network that saw her.

It trains one network a fold and packages none: it proves a recipe, not a version.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from flows.evaluation_evidence import FOLD
from flows.importing import imported_lake
from flows.progress import tell_epochs
from flows.training.images import ImageSet, open_image_set
from flows.training.imported import (
    TrainingRequest,
    first_network,
    prove,
    recipe_of,
    train_on,
)
from flows.training.prediction import SPLIT_NAME, evaluation_command
from flows.training.recipe import TEST, split_folds
from flows.training.scores import Prediction, predict
from tasks.datasets.leakage import check_leakage, hash_images
from tasks.datasets.split_file import COLUMNS
from tasks.lake.store import Lake


def run_lake_folds(request: TrainingRequest, folder: Path, n_folds: int) -> dict[str, Any]:
    """Score every patient by a network that neither trained nor chose on her.

    Args:
        request: As for a training; the set's own split is left aside.
        folder: Of the run: a folder for each fold, and what `mammo evaluate` reads.
        n_folds: Trainings, and parts of the patients; at least 3.

    Returns:
        The proof over all patients, and the command that evaluates them. Scores of several
        networks are pooled as they are: a shift between these costs AUC and is not mended.

    Raises:
        Misconfigured: If an option cannot be used, or a part lacks a class.
        ContractViolation: If folds share near-copies.
    """
    tell_epochs()
    first = first_network(request)
    lake = imported_lake(request.data, request.source, accept_licence=request.accept_licence)
    whole = open_image_set(lake)
    recipe = recipe_of(request, whole, first)
    folds = _checked_folds(whole, n_folds, request.seed)
    folder.mkdir(parents=True, exist_ok=True)
    pl.concat(parted.select(FOLD, *COLUMNS) for parted in folds).write_csv(folder / SPLIT_NAME)
    said: list[Prediction] = []
    for number, parted in enumerate(folds, 1):
        part = replace(whole, labels=parted)
        network = train_on(part, recipe, folder / f"fold-{number}", first)
        said.append(predict(network, part, part.part(TEST)).of_fold(_name(number, n_folds)))
    tables = zip(*(vars(one).values() for one in said), strict=True)
    pooled = Prediction(*(pl.concat(parts) for parts in tables))
    files = pooled.write(folder)
    return {
        "n_folds": n_folds,
        **prove(pooled.scores.sort("sop_instance_key"), whole.facts["kind"]),
        "evaluate": evaluation_command(files, request.data, folder / SPLIT_NAME),
    }


def _checked_folds(whole: ImageSet, n_folds: int, seed: int) -> list[pl.DataFrame]:
    """The split of each fold, before anything is trained."""
    folds = [
        parted.with_columns(pl.lit(_name(number, n_folds)).alias(FOLD))
        for number, parted in enumerate(split_folds(whole.labels, n_folds, seed), 1)
    ]
    hashes = hash_images(Lake(str(whole.data.folder)))
    for parted in folds:
        check_leakage(parted, hashes)
    return folds


def _name(number: int, n_folds: int) -> str:
    """A word, for a number would be a scorer."""
    return f"{number} of {n_folds}"
