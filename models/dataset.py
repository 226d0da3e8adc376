"""Network inputs with their truth, streamed from Parquet.

Order, copies and augmentation are a function of the rows, seed and epoch, and not of the names
of files; nothing is kept between epochs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import polars as pl
import pyarrow.dataset as ds
import torch
from torch.utils.data import IterableDataset, get_worker_info

from models.augmentation import Augmentation, augment
from models.balance import balanced_copies
from models.canvas import on_canvas
from models.contract import DENSITIES, IMAGE
from models.geometry import box_to_network
from models.patches import patch_label
from models.tables import IMAGE_COLUMNS
from models.targets import UNKNOWN, Lesion, Targets, cell_targets, image_targets

# What the malignancy map should say of a lesion that is no cancer: a suspicious one is worth a
# look, as about three in ten are cancers (BI-RADS 4); the image's score stays its truth.
_WITHOUT_CANCER = {"benign": 0.0, "suspicious": 0.3, "malignant": 0.0}


@dataclass(frozen=True)
class StreamConfig:
    """How images are streamed.

    Args:
        augmentation: None streams them as they are, in the table's order.
        shuffle_images: Images held back to be drawn from at random.
        copies: How often an image comes in one epoch of augmented ones, by its assessment; a
            fraction is drawn by chance, and what is not named comes once.
        patch_px: Side of the square of each augmented image that is shown, a multiple of 32;
            None shows the image.
        is_balanced: Whether classes and patients weigh the same in an epoch of augmented
            images, beside `copies`.
        seed: Of order, copies and augmentation.
    """

    augmentation: Augmentation | None = None
    shuffle_images: int = 256
    copies: Mapping[str, float] = field(default_factory=dict[str, float])
    patch_px: int | None = None
    is_balanced: bool = False
    seed: int = 0


class MammogramStream(IterableDataset[dict[str, Any]]):
    """Samples of one epoch: a function of the tables, the configuration and `epoch` alone.

    A sample holds image (uint8, [1, height, width]), cells and scores (targets of every map,
    `UNKNOWN` where the truth is not known), density (-1 unknown) and sop_instance_key.

    Args:
        images: The table `images`.
        labels: Rows of `labels`; images without one are left out.
        config: Order and augmentation.
        shape: Of a sample's image, [1, height, width]; smaller crops stand on background.
    """

    def __init__(
        self,
        images: ds.Dataset,
        labels: pl.DataFrame,
        config: StreamConfig,
        shape: Sequence[int] = IMAGE.shape,
    ) -> None:
        super().__init__()
        self._images = images
        self._labels = {row["sop_instance_key"]: row for row in labels.iter_rows(named=True)}
        self._balance = balanced_copies(labels) if config.is_balanced else {}
        self._config = config
        self._shape = tuple(shape)
        self.epoch = 0

    @property
    def expected_images(self) -> int:
        """Samples of one epoch, copies included; chance may make it a few more or less."""
        if self._config.augmentation is None:
            return len(self._labels)
        copies = (self._n_copies(label) for label in self._labels.values())
        return round(sum(copies))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        worker = get_worker_info()
        part, n_parts = (worker.id, worker.num_workers) if worker else (0, 1)
        generator = np.random.default_rng([self._config.seed, self.epoch, part])
        rows = self._rows(part, n_parts)
        if self._config.augmentation is not None:
            rows = _shuffled(self._copies(rows, generator), self._config, generator)
        for row in rows:
            yield self._sample(row, generator)

    def _rows(self, part: int, n_parts: int) -> Iterator[dict[str, Any]]:
        """The rows of one worker's files, in an order drawn per epoch when shuffling."""
        files = cast("Iterator[ds.ParquetFileFragment]", self._images.get_fragments())
        fragments = sorted(files, key=_first_key)
        if self._config.augmentation is not None:
            order = np.random.default_rng([self._config.seed, self.epoch]).permutation(
                len(fragments)
            )
            fragments = [fragments[place] for place in order]
        for fragment in fragments[part::n_parts]:
            for batch in fragment.to_batches(columns=list(IMAGE_COLUMNS), batch_size=32):
                # Not by pyarrow's filter: it has none for the string_view that Delta writes.
                keys = batch.column("sop_instance_key").to_pylist()
                labelled = [place for place, key in enumerate(keys) if key in self._labels]
                yield from (batch.slice(place, 1).to_pylist()[0] for place in labelled)

    def _copies(
        self, rows: Iterator[dict[str, Any]], generator: np.random.Generator
    ) -> Iterator[dict[str, Any]]:
        """Repeat or leave out, so that an epoch does not consist of normal breasts."""
        for row in rows:
            wanted = self._n_copies(self._label(row))
            for _ in range(int(wanted + generator.random())):
                yield row

    def _n_copies(self, label: Mapping[str, Any]) -> float:
        share = self._balance.get(label["sop_instance_key"], 1.0)
        return share * self._config.copies.get(label["assessment"], 1.0)

    def _label(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return self._labels[row["sop_instance_key"]]

    def _sample(self, row: Mapping[str, Any], generator: np.random.Generator) -> dict[str, Any]:
        label = self._label(row)
        image = on_canvas(row, self._shape[1:])
        lesions = lesions_of(label, row)
        if self._config.augmentation is not None:
            patch_px = self._config.patch_px
            image, lesions = augment(
                image, lesions, self._config.augmentation, generator, patch_px
            )
            label = label if patch_px is None else patch_label(label, lesions)
        return {
            "image": torch.from_numpy(image.copy())[None],
            "cells": torch.from_numpy(_cells(label, lesions, image.shape)),
            "scores": torch.from_numpy(image_targets(label, lesions)),
            "density": _density(label),
            "sop_instance_key": row["sop_instance_key"],
        }


def _first_key(fragment: ds.ParquetFileFragment) -> str:
    """What a file is ordered by: its name is drawn by chance when it is written."""
    keys = fragment.to_table(columns=["sop_instance_key"])["sop_instance_key"].to_pylist()
    return min(keys, default="")


def _shuffled(
    rows: Iterator[dict[str, Any]], config: StreamConfig, generator: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Draw from a buffer of rows, so that neighbours in a file do not stay neighbours."""
    held: list[dict[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) >= config.shuffle_images:
            yield held.pop(int(generator.integers(len(held))))
    while held:
        yield held.pop(int(generator.integers(len(held))))


def lesions_of(label: Mapping[str, Any], image: Mapping[str, Any]) -> list[Lesion]:
    """The lesions of an image in network pixels.

    Args:
        label: regions (null: not known), whose finding is a finding class or a bare finding
            with the image's assessment.
        image: Geometry columns of its row.
    """
    found: list[Lesion] = []
    for region in label["regions"] or ():
        name = region["finding"]
        whole = name if "_" in name else f"{name}_{label['assessment']}"
        malignancy = max(float(region["score"]), _WITHOUT_CANCER[whole.partition("_")[2]])
        found.append(Lesion(box_to_network(region, image), whole, malignancy))
    return found


def _cells(label: Mapping[str, Any], lesions: list[Lesion], shape: Sequence[int]) -> Targets:
    """Targets of the cells; all unknown where the image has a finding but no regions."""
    targets = cell_targets(lesions, shape)
    if not lesions and label["finding"] != "no_finding":
        targets[:] = UNKNOWN
    return targets


def _density(label: Mapping[str, Any]) -> int:
    density = label["breast_density"]
    return -1 if density is None else DENSITIES.index(density)
