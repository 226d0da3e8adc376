"""An imported data set as training takes it: images with a file and a truth, patients parted.

It refuses a split that leaks, and images of several sizes.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.lake_recipe import split_patients
from flows.proof import LabelledSet
from models.contract import IMAGE
from models.dataset import MammogramStream, StreamConfig
from models.tables import open_table
from tasks.datasets.catalogue import IMPORTERS
from tasks.datasets.keys import CROP_VERSION
from tasks.datasets.leakage import check_leakage, hash_images
from tasks.datasets.split_file import apply_split
from tasks.errors import Misconfigured
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake

_FACTS = (
    "sop_instance_key",
    "preprocessing_version",
    "pixels_sha256",
    "crop_height_px",
    "crop_width_px",
)


@dataclass(frozen=True)
class TrainingSet:
    """Images with a file and a known truth, and what they are.

    Args:
        data: Its tables.
        labels: Of these images.
        shape: Of their pixels.
        facts: name, film or digital, counts and digest, for the record.
    """

    data: LabelledSet
    labels: pl.DataFrame
    shape: tuple[int, int, int]
    facts: dict[str, Any]

    @property
    def licences(self) -> dict[str, str]:
        """Of the images, for the record."""
        names = self.facts["data_set"].split(", ")
        known = [
            f"{name}: {IMPORTERS[name].CARD.licence}" for name in names if name in IMPORTERS
        ]
        return {"training data": "; ".join(known) or self.facts["data_set"]}

    @property
    def is_crop(self) -> bool:
        """Whether the images are crops and not whole breasts."""
        return self.shape != IMAGE.shape

    def part(self, name: str) -> pl.DataFrame:
        """Labels of a part of the split."""
        return self.labels.filter(pl.col("split") == name)

    def stream(self, labels: pl.DataFrame, config: StreamConfig) -> MammogramStream:
        """Some of the images."""
        images = open_table(self.data.folder / "images")
        return MammogramStream(images, labels, config, self.shape)


def open_training_set(folder: Path, seed: int, split: Path | None = None) -> TrainingSet:
    """Read an imported set and part its patients.

    Args:
        folder: Of the lake.
        seed: Of the patients who are drawn.
        split: Table of the split to take instead of the set's own.

    Raises:
        Misconfigured: If nothing was imported there, a part lacks a class, or the split's table
            cannot be used.
        ContractViolation: If a patient or a near-copy stands in two parts.
    """
    if not (folder / "images").is_dir():
        raise Misconfigured(
            f"No imported data set in {folder}: run `mammo import NAME --from DIR "
            "--accept-licence` first, which names its lake."
        )
    lake, data = Lake(str(folder)), LabelledSet(folder)
    images = lake.read(IMAGES, columns=list(_FACTS)).select(_FACTS)
    with_file = data.labels.filter(pl.col("is_malignant").is_not_null()).join(
        images.select("sop_instance_key"), on="sop_instance_key", how="semi"
    )
    if split is not None:
        with_file = apply_split(with_file, lake.read(INSTANCES), split)
        check_leakage(with_file, hash_images(lake))  # as given, before patients are drawn
    labels = split_patients(with_file, seed)
    counts = check_leakage(labels, hash_images(lake))
    facts = {**_describe(lake, images), "images": counts, "split_seed": seed}
    return TrainingSet(data, labels, _shape_of(images), facts)


def _describe(lake: Lake, images: pl.DataFrame) -> dict[str, Any]:
    labels = lake.read(LABELS)
    digest = hashlib.sha256("".join(images["pixels_sha256"].sort()).encode())
    return {
        "data_set": ", ".join(labels["source"].unique().sort()),
        "kind": "film" if labels["is_film"].all() else "digital",
        "pixels_sha256": digest.hexdigest(),
        "labels_sha256": hashlib.sha256(
            labels.sort("sop_instance_key").write_ndjson().encode()
        ).hexdigest(),
    }


def _shape_of(images: pl.DataFrame) -> tuple[int, int, int]:
    """Of the pixels: crops keep their own size, which must be one."""
    is_crop = images["preprocessing_version"] == CROP_VERSION
    if not is_crop.any():
        return (1, IMAGE.shape[1], IMAGE.shape[2])
    sizes = images.select("crop_height_px", "crop_width_px").unique().rows()
    if not is_crop.all() or len(sizes) > 1 or any(side % 32 for side in sizes[0]):
        raise Misconfigured(
            f"The set holds images of {len(sizes)} sizes, such as {sizes[0]}: training takes "
            "whole images, or crops of one size whose sides are multiples of 32."
        )
    return (1, *sizes[0])
