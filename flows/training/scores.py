"""What a network says of an imported set, as tables: scores with truth, marks, lesions.

They are those that `mammo evaluate` reads; boxes are in original pixels. It judges nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import torch

from flows.evaluation_evidence import FOLD
from flows.training.images import ImageSet
from models.contract import FINDING_CLASSES
from models.dataset import StreamConfig
from models.evaluation.marks import EDGES
from models.network import MammographyNetwork
from models.scoring import answer_rows, answers
from models.tables import GEOMETRY_COLUMNS
from tasks.errors import Misconfigured
from tasks.lake.schemas import IMAGES
from tasks.lake.store import Lake
from tasks.preprocess.geometry import Geometry
from tasks.run import report_progress
from tasks.score.regions import find_regions
from tasks.score.shard import name_finding

KEY = "sop_instance_key"
_MARKS = {KEY: pl.String, **dict.fromkeys(EDGES, pl.Int64), "score": pl.Float64}


@dataclass(frozen=True)
class Prediction:
    """Scores with truth, the boxes drawn, and the lesions, of some images of a set.

    Args:
        scores: A row an image: its keys, is_malignant, malignancy_score; what it shows and what
            the network saw, as text.
        marks: A row a box drawn, in original pixels.
        lesions: A row a lesion, in original pixels; none where the set has no regions.
    """

    scores: pl.DataFrame
    marks: pl.DataFrame
    lesions: pl.DataFrame

    def of_fold(self, name: str) -> "Prediction":
        """The same, its scores named by the network that gave them."""
        return replace(self, scores=self.scores.with_columns(pl.lit(name).alias(FOLD)))

    def write(self, folder: Path, ending: str = "csv", prefix: str = "") -> dict[str, Path]:
        """Write the tables that hold anything; their files by name.

        Raises:
            Misconfigured: If the folder cannot be written.
        """
        files: dict[str, Path] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, frame in vars(self).items():
                if name == "scores" or not self.lesions.is_empty():
                    files[name] = folder / f"{prefix}{name}.{ending}"
                    write = frame.write_parquet if ending == "parquet" else frame.write_csv
                    write(files[name])
        except OSError as error:
            raise Misconfigured(f"{folder} cannot be written: {error.strerror}.") from error
        return files


def predict(network: MammographyNetwork, images: ImageSet, labels: pl.DataFrame) -> Prediction:
    """Score some images of a set, and draw what the network saw."""
    geometry = _geometry(images)
    rows: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    report_progress("scores", 0, labels.height)
    for keys, outputs in answers(network, images.stream(labels, StreamConfig())):
        rows += answer_rows(keys, outputs)
        for key, saliency in zip(keys, outputs["saliency"], strict=True):
            marks += _marks(key, saliency, geometry[key])
        report_progress("scores", len(rows), labels.height)
    return Prediction(
        _scores(pl.DataFrame(rows), images, labels),
        pl.DataFrame(marks, schema=_MARKS),
        _lesions(labels),
    )


def _geometry(images: ImageSet) -> dict[str, Geometry]:
    rows = Lake(str(images.data.folder)).read(IMAGES, columns=[KEY, *GEOMETRY_COLUMNS])
    return {row.pop(KEY): Geometry(**row) for row in rows.iter_rows(named=True)}


def _marks(key: str, saliency: torch.Tensor, geometry: Geometry) -> Iterator[dict[str, Any]]:
    for box in find_regions(saliency.numpy(), is_weak_boxed=True):
        region = geometry.box_to_original(box.top_px, box.left_px, box.height_px, box.width_px)
        yield {
            KEY: key,
            "top": region["top_px"],
            "left": region["left_px"],
            "bottom": region["top_px"] + region["height_px"],
            "right": region["left_px"] + region["width_px"],
            "score": box.score,
        }


def _scores(answered: pl.DataFrame, images: ImageSet, labels: pl.DataFrame) -> pl.DataFrame:
    """Every number but the truth and the score would be a scorer: the rest is text."""
    views = images.data.instances.select(KEY, "view_position")
    seen = [name_finding(row) for row in answered.select(FINDING_CLASSES).to_numpy()]
    said = answered.select(KEY, "malignancy_score", seen_density="breast_density").with_columns(
        pl.Series("seen_finding", [finding for finding, _ in seen]),
        pl.Series("seen_assessment", [assessment for _, assessment in seen]),
    )
    return (
        labels.select(
            *("exam_key", "patient_key", pl.col("image_laterality").fill_null("unknown"), KEY),
            pl.col("is_malignant").cast(pl.Int8),
            *("finding", "assessment", "breast_density"),
        )
        .join(views, on=KEY, how="left")
        .join(said, on=KEY)
        .sort(KEY)
    )


def _lesions(labels: pl.DataFrame) -> pl.DataFrame:
    region = pl.col("regions").struct.field
    return (
        labels.select(KEY, "regions")
        .explode("regions")
        .drop_nulls("regions")
        .select(
            KEY,
            top=region("top_px"),
            left=region("left_px"),
            bottom=region("top_px") + region("height_px"),
            right=region("left_px") + region("width_px"),
            finding=region("finding"),
        )
        .sort(KEY, "top", "left")
    )
