"""An imported data set as networks take it: images with a file and a truth, patients parted.

It refuses a split that leaks, and whole images mixed with crops.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from flows.proof import LabelledSet
from flows.training.recipe import split_patients
from models.canvas import canvas_side
from models.contract import IMAGE, INPUT_HEIGHT_PX
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
class ImageSet:
    """Images with a file and a known truth, and what they are.

    Args:
        data: Its tables.
        labels: Of these images.
        shape: As the network takes them.
        is_crop: Whether they are crops and not whole breasts.
        facts: name, film or digital, counts and digest, for the record.
    """

    data: LabelledSet
    labels: pl.DataFrame
    shape: tuple[int, int, int]
    is_crop: bool
    facts: dict[str, Any]

    @property
    def licences(self) -> dict[str, str]:
        """Of the images, for the record."""
        names = self.facts["data_set"].split(", ")
        known = [
            f"{name}: {IMPORTERS[name].CARD.licence}" for name in names if name in IMPORTERS
        ]
        return {"training data": "; ".join(known) or self.facts["data_set"]}

    def part(self, name: str) -> pl.DataFrame:
        """Labels of a part of the split."""
        return self.labels.filter(pl.col("split") == name)

    def stream(self, labels: pl.DataFrame, config: StreamConfig) -> MammogramStream:
        """Some of the images."""
        images = open_table(self.data.folder / "images")
        return MammogramStream(images, labels, config, self.shape)


def open_image_set(folder: Path) -> ImageSet:
    """Read an imported set, unparted.

    Args:
        folder: Of the lake.

    Raises:
        Misconfigured: If nothing was imported there, or its images cannot be taken together.
    """
    if not (folder / "images").is_dir():
        raise Misconfigured(
            f"No imported data set in {folder}: run `mammo import NAME --from DIR "
            "--accept-licence` first, which names its lake."
        )
    lake, data = Lake(str(folder)), LabelledSet(folder)
    images = lake.read(IMAGES, columns=list(_FACTS)).select(_FACTS)
    labels = data.labels.filter(pl.col("is_malignant").is_not_null()).join(
        images.select("sop_instance_key"), on="sop_instance_key", how="semi"
    )
    is_crop = (images["preprocessing_version"] == CROP_VERSION).any()
    return ImageSet(data, labels, _shape_of(images), is_crop, _describe(lake, images))


def open_training_set(folder: Path, seed: int, split: Path | None = None) -> ImageSet:
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
    whole, lake = open_image_set(folder), Lake(str(folder))
    labels, hashes = whole.labels, hash_images(lake)
    if split is not None:
        labels = apply_split(labels, lake.read(INSTANCES), split)
        check_leakage(labels, hashes)  # as given, before patients are drawn
    labels = split_patients(labels, seed)
    counts = check_leakage(labels, hashes)
    facts = {**whole.facts, "images": counts, "split_seed": seed}
    return replace(whole, labels=labels, facts=facts)


def _describe(lake: Lake, images: pl.DataFrame) -> dict[str, Any]:
    labels = lake.read(LABELS)
    digest = hashlib.sha256("".join(images["pixels_sha256"].sort()).encode())
    kinds = pl.when("is_film").then(pl.lit("film")).otherwise(pl.lit("digital"))
    return {
        "data_set": ", ".join(labels["source"].unique().sort()),
        "kind": " and ".join(sorted(labels.select(kinds).to_series().unique())),
        "pixels_sha256": digest.hexdigest(),
        "labels_sha256": hashlib.sha256(
            labels.sort("sop_instance_key").write_ndjson().encode()
        ).hexdigest(),
    }


def _shape_of(images: pl.DataFrame) -> tuple[int, int, int]:
    """Of the canvas: the contract's for whole images, a square for crops of any size."""
    is_crop = images["preprocessing_version"] == CROP_VERSION
    if not is_crop.any():
        return (1, IMAGE.shape[1], IMAGE.shape[2])
    side = canvas_side([*images["crop_height_px"], *images["crop_width_px"]])
    if not is_crop.all() or side > INPUT_HEIGHT_PX:
        raise Misconfigured(
            f"The set holds {is_crop.sum()} crops among {images.height} images, the largest "
            f"{side} px: a network takes whole images, or crops of at most {INPUT_HEIGHT_PX} "
            "px. Import them into lakes of their own."
        )
    return (1, side, side)
