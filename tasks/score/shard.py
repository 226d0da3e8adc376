"""A shard's scores: from rows of `images` to rows of `image_scores`.

It reads network inputs from the lake, never from the bucket, and asks Triton in batches.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from models.contract import DENSITIES, FINDING_CLASSES, IMAGE
from tasks.lake.objects import change_objects
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, INSTANCES, OBJECTS
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION, Geometry
from tasks.run import Run
from tasks.score.regions import find_regions
from tasks.score.triton import ModelOutput, TritonModel
from tasks.telemetry import follow

IMAGES_PER_READ = 64
"""Bounds memory: 64 network inputs are 32 MiB."""

FINDING_THRESHOLD = 0.5
"""Below it an image is called no_finding; the scores themselves are kept."""

_SCORE_DECIMALS = 5
"""Kernels may differ in the last bits with the batch; what is stored does not."""


def score_shard(exam_keys: list[str], lake: Lake, model: TritonModel, run: Run) -> int:
    """Score a shard's images and mark their objects as scored.

    Returns:
        How many images were scored.

    Raises:
        Retryable: If Triton is away; what it answered is committed.
        ContractViolation: If its answers break the contract.
    """
    n_images = score_images(exam_keys, lake, model, run)
    _mark_scored(exam_keys, lake, model.version, run)
    return n_images


def score_images(exam_keys: list[str], lake: Lake, model: TritonModel, run: Run) -> int:
    """Score the exams' network inputs that this model version has not scored.

    Returns:
        How many images were scored.

    Raises:
        Retryable: If Triton is away; what it answered is committed.
        ContractViolation: If its answers break the contract.
    """
    waiting = _waiting(exam_keys, lake, model.version)
    for part in waiting.iter_slices(IMAGES_PER_READ):
        images = lake.read_pixels(part["sop_instance_key"].to_list(), PREPROCESSING_VERSION)
        batch = np.frombuffer(b"".join(images["pixels"]), np.uint8).reshape(-1, *IMAGE.shape)
        output = model.score(batch)
        rows = score_rows(images, output, model.version, run)
        lake.upsert(IMAGE_SCORES, pl.DataFrame(rows, schema=IMAGE_SCORES.schema))
        follow("scored", rows)
    return waiting.height


def _waiting(exam_keys: list[str], lake: Lake, model_version: str) -> pl.DataFrame:
    """Images of the shard, as their objects are now, without a score of this model version."""
    in_shard = pl.col("exam_key").is_in(exam_keys)
    key = ["sop_instance_key", "etag"]
    images = lake.read(
        IMAGES,
        columns=key,
        where=in_shard & (pl.col("preprocessing_version") == PREPROCESSING_VERSION),
    )
    current = lake.read(INSTANCES, columns=key, where=in_shard)
    return (
        images.join(current, on=key, how="semi")
        .join(_scores(exam_keys, lake, model_version), on=key, how="anti")
        .sort("sop_instance_key")
    )


def _scores(exam_keys: list[str], lake: Lake, model_version: str) -> pl.DataFrame:
    is_current = (pl.col("model_version") == model_version) & (
        pl.col("preprocessing_version") == PREPROCESSING_VERSION
    )
    return lake.read(
        IMAGE_SCORES,
        columns=["sop_instance_key", "etag"],
        where=pl.col("exam_key").is_in(exam_keys) & is_current,
    )


def score_rows(
    images: pl.DataFrame, output: ModelOutput, model_version: str, run: Run
) -> list[dict[str, object]]:
    """Turn a batch's answers into rows of `image_scores`, in the order of `images`."""
    shared = {
        "model_version": model_version,
        "preprocessing_version": PREPROCESSING_VERSION,
        "scored_at": datetime.now(UTC),
        "run_id": run.run_id,
    }
    return [
        {
            **shared,
            **{name: row[name] for name in ("sop_instance_key", "etag", "exam_key")},
            **_image_row(row, {name: values[place] for name, values in vars(output).items()}),
        }
        for place, row in enumerate(images.iter_rows(named=True))
    ]


def _image_row(image: dict[str, Any], answer: dict[str, np.ndarray]) -> dict[str, object]:
    findings = answer["finding_scores"].round(_SCORE_DECIMALS)
    finding, assessment = name_finding(findings)
    geometry = Geometry(**{name: image[name] for name in Geometry.__annotations__})
    saliency = answer["saliency"]
    return {
        "malignancy_score": float(answer["malignancy_score"].item().__round__(_SCORE_DECIMALS)),
        **dict(
            zip((f"{name}_score" for name in FINDING_CLASSES), findings.tolist(), strict=True)
        ),
        **dict(
            zip(
                (f"density_{name.lower()}_score" for name in DENSITIES),
                answer["density_scores"].tolist(),
                strict=True,
            )
        ),
        "finding": finding,
        "assessment": assessment,
        "regions": [
            {
                **geometry.box_to_original(
                    box.top_px, box.left_px, box.height_px, box.width_px
                ),
                "finding": finding,
                "score": box.score,
            }
            for box in find_regions(saliency)
        ],
        "saliency": (saliency * 255).round().astype(np.uint8).tobytes(),
    }


def name_finding(finding_scores: np.ndarray) -> tuple[str, str]:
    """The strongest finding and its assessment, or no_finding twice."""
    best = int(finding_scores.argmax())
    if finding_scores[best] < FINDING_THRESHOLD:
        return "no_finding", "no_finding"
    finding, assessment = FINDING_CLASSES[best].split("_")
    return finding, assessment


def _mark_scored(exam_keys: list[str], lake: Lake, model_version: str, run: Run) -> None:
    """Move the shard's pending objects to scored where their instance has a score."""
    in_shard = pl.col("exam_key").is_in(exam_keys)
    key = ["sop_instance_key", "etag"]
    pending = lake.read(
        OBJECTS, columns=["object_key", *key], where=in_shard & (pl.col("state") == "pending")
    )
    digests = lake.read(IMAGES, columns=[*key, "object_sha256"], where=in_shard)
    scored = pending.join(_scores(exam_keys, lake, model_version), on=key, how="semi").join(
        digests.unique(key), on=key
    )
    changes = [
        {
            "object_key": row["object_key"],
            "etag": row["etag"],
            "state": "scored",
            "sha256": row["object_sha256"],
        }
        for row in scored.iter_rows(named=True)
    ]
    change_objects(lake, changes, run.started_at)
