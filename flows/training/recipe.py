"""How a network is trained on an imported data set: recipe by kind of image, split by patient.

The set's own test part is kept for the proof; the epoch is chosen on watched patients of the
training part. It trains nothing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from models.augmentation import Augmentation
from models.dataset import StreamConfig
from models.network import NetworkConfig
from models.tables import with_split
from models.training import TrainingConfig
from tasks.errors import Misconfigured

TRAINING, WATCHED, TEST = "training", "watched", "test"
_WATCHED_SHARE = 0.2
_TEST_SHARE = 0.3


@dataclass(frozen=True)
class Recipe:
    """What decides the result, besides data and first weights.

    Args:
        training: Of the network.
        stream: Of the training images.
        patience: Epochs without a better watched AUC after which training ends.
    """

    training: TrainingConfig
    stream: StreamConfig
    patience: int


_CROPS = Recipe(
    TrainingConfig(epochs=30, batch_size=32, learning_rate=1e-3, weight_decay=0.05),
    StreamConfig(
        Augmentation(20.0, 0.15, 8.0, 1.3, 4.0, elastic_px=3.0, cut_out=0.25, is_crop=True),
        shuffle_images=1024,
        is_balanced=True,
    ),
    patience=8,
)
_IMAGES = Recipe(
    TrainingConfig(epochs=12, batch_size=4, accumulation=2, learning_rate=3e-4),
    StreamConfig(Augmentation(elastic_px=6.0, cut_out=0.15), is_balanced=True),
    patience=4,
)

_LEARNED_RATE = 3e-4
"""Of a backbone that knows natural images: a higher one would undo what it knows."""


def recipe_for(
    *,
    is_crop: bool,
    seed: int,
    epochs: int | None = None,
    network: NetworkConfig | None = None,
) -> Recipe:
    """The recipe of a kind of image.

    Args:
        is_crop: Whether the images are crops of lesions and not whole breasts.
        seed: Of weights, order and augmentation.
        epochs: Passes over the data; the recipe's own if left out.
        network: Its architecture; the default one if left out.
    """
    recipe = _CROPS if is_crop else _IMAGES
    is_learned = network is not None and network.weights != "none"
    training = replace(
        recipe.training,
        seed=seed,
        epochs=epochs or recipe.training.epochs,
        learning_rate=_LEARNED_RATE if is_learned else recipe.training.learning_rate,
        network=network or recipe.training.network,
    )
    return replace(recipe, training=training, stream=replace(recipe.stream, seed=seed))


def split_patients(labels: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give every image its part: training, watched or test, all images of a patient alike.

    Where the set has a split of its own, what is not its training part is the test.

    Raises:
        Misconfigured: If a part lacks cancers or non-cancers.
    """
    given = labels.with_columns(
        split=pl.when(pl.col("split") == TRAINING)
        .then(None)
        .otherwise(pl.when(pl.col("split").is_not_null()).then(pl.lit(TEST)))
    )
    if labels["split"].is_null().all():
        given = _drawn(given, _TEST_SHARE, seed, TEST)
    parted = _drawn(given, _WATCHED_SHARE, seed + 1, WATCHED).with_columns(
        pl.col("split").fill_null(TRAINING)
    )
    _check_classes(parted)
    return parted


def split_folds(labels: pl.DataFrame, n_folds: int, seed: int) -> Iterator[pl.DataFrame]:
    """Part all patients into folds of like composition; each is the test once.

    The set's own split is left aside. The fold after the tested one is watched, so that no
    patient chooses the epoch of the network that scores her.

    Raises:
        Misconfigured: If a part of any fold lacks cancers or non-cancers.
    """
    patients = labels.group_by("patient_key").agg(pl.col("is_malignant").any())
    dealt = sorted(patients.iter_rows(), key=lambda one: (one[1], _chance(f"{seed}/{one[0]}")))
    place = {key: number % n_folds for number, (key, _) in enumerate(dealt)}
    fold = labels["patient_key"].replace_strict(place, return_dtype=pl.Int64)
    for tested in range(n_folds):
        is_watched = fold == (tested + 1) % n_folds
        parted = labels.with_columns(
            split=pl.when(fold == tested)
            .then(pl.lit(TEST))
            .when(is_watched)
            .then(pl.lit(WATCHED))
            .otherwise(pl.lit(TRAINING))
        )
        _check_classes(parted)
        yield parted


def _chance(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _drawn(labels: pl.DataFrame, share: float, seed: int, name: str) -> pl.DataFrame:
    """Give some patients without a part one by its name; the others stay without."""
    chosen = with_split(labels.with_columns(split=pl.lit(None, pl.String)), share, seed)
    is_chosen = labels["split"].is_null() & (chosen["split"] == "validation")
    return labels.with_columns(
        split=pl.when(is_chosen).then(pl.lit(name)).otherwise(pl.col("split"))
    )


def _check_classes(labels: pl.DataFrame) -> None:
    for part in (TRAINING, WATCHED, TEST):
        rows = labels.filter(pl.col("split") == part)
        if rows["is_malignant"].drop_nulls().n_unique() < 2:
            raise Misconfigured(
                f"The {part} part ({rows.height} images with a file) lacks cancers or "
                "non-cancers: import more of the set, or take another --seed or fewer --folds."
            )
