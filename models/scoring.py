"""Scores of a labelled stream, and what they are worth: exams, breasts, pointing, density.

The split is the caller's; which views make a breast's score is too, where views repeat.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
import pyarrow.dataset as ds
import torch
from torch.utils.data import DataLoader

from models.contract import DENSITIES, DENSITY_SCORES, FINDING_CLASSES, SALIENCY_STRIDE_PX
from models.dataset import MammogramStream, lesions_of
from models.metrics import Estimate, auc_interval, wilson_interval
from models.network import MammographyNetwork
from models.tables import GEOMETRY_COLUMNS
from models.training import autocast

BREAST = ("exam_key", "image_laterality")


def answers(
    network: MammographyNetwork, stream: MammogramStream, *, batch_size: int = 8
) -> Iterator[tuple[list[str], dict[str, torch.Tensor]]]:
    """What a network says of a stream: keys and the contract's outputs, batch by batch.

    Outputs are float32 and on the CPU.
    """
    device = next(network.parameters()).device
    network.eval()
    for batch in DataLoader(stream, batch_size=batch_size):
        with torch.inference_mode(), autocast(device):  # never across a yield: it would leak
            outputs = network(batch["image"].to(device))
        yield (
            batch["sop_instance_key"],
            {name: tensor.float().cpu() for name, tensor in outputs.items()},
        )


def score_images(
    network: MammographyNetwork, stream: MammogramStream, *, batch_size: int = 8
) -> pl.DataFrame:
    """Score every image of a stream: the rows of `answer_rows`."""
    batches = answers(network, stream, batch_size=batch_size)
    return pl.DataFrame(
        [row for keys, outputs in batches for row in answer_rows(keys, outputs)]
    )


def answer_rows(
    keys: Iterable[str], outputs: Mapping[str, torch.Tensor]
) -> Iterator[dict[str, Any]]:
    """A batch's scores as rows.

    Returns:
        sop_instance_key, malignancy_score, FINDING_CLASSES, breast_density (the likeliest), and
        the saliency's maximum: peak_row, peak_column (cells) and peak.
    """
    width = outputs["saliency"].shape[2]
    peaks, places = outputs["saliency"].flatten(1).max(1)
    densities = outputs[DENSITY_SCORES.name].argmax(1)
    for i, key in enumerate(keys):
        yield {
            "sop_instance_key": key,
            "malignancy_score": outputs["malignancy_score"][i, 0].item(),
            **dict(zip(FINDING_CLASSES, outputs["finding_scores"][i].tolist(), strict=True)),
            "breast_density": DENSITIES[int(densities[i])],
            "peak_row": int(places[i]) // width,
            "peak_column": int(places[i]) % width,
            "peak": peaks[i].item(),
        }


def mean_breast_scores(scores: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Mean of each breast's images: exam_key, image_laterality, breast_score."""
    named = scores.select("sop_instance_key", "malignancy_score").join(
        labels.select("sop_instance_key", *BREAST), on="sop_instance_key"
    )
    return named.group_by(BREAST).agg(breast_score=pl.col("malignancy_score").mean())


def exam_scores(breasts: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """exam_key, patient_key, exam_score (the higher breast) and is_malignant, by exam_key."""
    truth = labels.group_by("exam_key").agg(
        pl.col("is_malignant").any(), pl.col("patient_key").first()
    )
    scores = breasts.group_by("exam_key").agg(exam_score=pl.col("breast_score").max())
    return scores.join(truth, on="exam_key").sort("exam_key")


def exam_auc(breasts: pl.DataFrame, labels: pl.DataFrame) -> Estimate:
    """AUC of exam scores, interval clustered by patient."""
    exams = exam_scores(breasts, labels)
    return auc_interval(exams["is_malignant"], exams["exam_score"], exams["patient_key"])


def breast_auc(breasts: pl.DataFrame, labels: pl.DataFrame) -> Estimate:
    """AUC of breast scores, interval clustered by patient."""
    truth = labels.group_by(BREAST).agg(
        pl.col("is_malignant").any(), pl.col("patient_key").first()
    )
    rows = breasts.join(truth, on=BREAST).sort(BREAST)
    return auc_interval(rows["is_malignant"], rows["breast_score"], rows["patient_key"])


def pointing(scores: pl.DataFrame, labels: pl.DataFrame, images: ds.Dataset) -> pl.DataFrame:
    """Whether each lesion image's saliency maximum lies in one of its lesions' boxes.

    A cell beside the box counts: a maximum is known to one cell only.

    Returns:
        sop_instance_key, assessment and is_hit, of the images with lesions.

    References:
        Zhang et al., "Top-down Neural Attention by Excitation Backprop", 2016.
    """
    columns = ["sop_instance_key", *GEOMETRY_COLUMNS]
    geometry = pl.DataFrame(pl.from_arrow(images.to_table(columns=columns)))
    rows = scores.join(labels, on="sop_instance_key", suffix="_truth").join(
        geometry, on="sop_instance_key"
    )
    found = [
        {
            "sop_instance_key": row["sop_instance_key"],
            "assessment": row["assessment"],
            "is_hit": _points_at_lesion(row),
        }
        for row in rows.filter(pl.col("regions").list.len() > 0).iter_rows(named=True)
    ]
    schema = {"sop_instance_key": pl.String, "assessment": pl.String, "is_hit": pl.Boolean}
    return pl.DataFrame(found, schema=schema)


def _points_at_lesion(row: dict[str, Any]) -> bool:
    top, left = (row[name] * SALIENCY_STRIDE_PX for name in ("peak_row", "peak_column"))
    near = 2 * SALIENCY_STRIDE_PX  # the cell itself, and one beside
    return any(
        box.top - near < top < box.bottom + near - SALIENCY_STRIDE_PX
        and box.left - near < left < box.right + near - SALIENCY_STRIDE_PX
        for box in (lesion.box for lesion in lesions_of(row, row))
    )


def hit_rate(pointed: pl.DataFrame, assessments: Iterable[str]) -> Estimate:
    """Share of hits among images with one of these assessments, with Wilson interval."""
    chosen = pointed.filter(pl.col("assessment").is_in(list(assessments)))
    return wilson_interval(int(chosen["is_hit"].sum()), chosen.height)
