"""The night's work as it is commonly written: one process, one image after the other.

boto3, pydicom with its own decoders, scikit-image, torch eager in float32; a CSV of exam scores
comes out. It verifies nothing, keeps no state and knows no trouble.

    python -m benchmarks.common_way ENDPOINT BUCKET PREFIX CSV [--exams N]
"""

import argparse
import csv
import json
import time
from collections import defaultdict
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import torch
from botocore.config import Config
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from skimage import filters, measure, transform

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX
from models.packaged import load_packaged

MODEL = Path("triton_repo/mammography/1")
IMAGES_PER_EXAM = 4


def to_display(dataset: Dataset) -> NDArray[np.float64]:
    """Decode and window: [rows, columns], 0-1, bright tissue on black."""
    values = apply_voi_lut(apply_modality_lut(dataset.pixel_array, dataset), dataset)
    values = values.astype(np.float64)
    values = (values - values.min()) / max(values.max() - values.min(), 1)
    return 1 - values if dataset.PhotometricInterpretation == "MONOCHROME1" else values


def _area(region: Any) -> float:
    return region.area


def to_network_input(display: NDArray[np.float64], laterality: str) -> NDArray[np.uint8]:
    """Cut the breast out, turn it to the left and resize it with its aspect kept."""
    regions = measure.regionprops(measure.label(display > filters.threshold_otsu(display)))
    top, left, bottom, right = max(regions, key=_area).bbox
    crop = display[top:bottom, left:right]
    crop = crop[:, ::-1] if laterality == "R" else crop
    scale = min(INPUT_HEIGHT_PX / crop.shape[0], INPUT_WIDTH_PX / crop.shape[1])
    shape = (round(crop.shape[0] * scale), round(crop.shape[1] * scale))
    resized = np.asarray(transform.resize(crop, shape, anti_aliasing=True))
    pixels = np.zeros((INPUT_HEIGHT_PX, INPUT_WIDTH_PX), np.uint8)
    pixels[: shape[0], : shape[1]] = np.rint(255 * np.clip(resized, 0, 1))
    return pixels


def score_image(network: torch.nn.Module, data: bytes) -> tuple[str, str, float]:
    """Study, laterality and malignancy score of one file."""
    dataset = dcmread(BytesIO(data))
    laterality = str(dataset.ImageLaterality)
    pixels = to_network_input(to_display(dataset), laterality)
    with torch.inference_mode():
        answer = network(torch.from_numpy(pixels)[None, None])
    return str(dataset.StudyInstanceUID), laterality, float(answer["malignancy_score"])


def score_exams(client: Any, bucket: str, prefix: str, n_exams: int) -> dict[str, float]:
    """Exam scores: the higher mean of a breast's views."""
    network = load_packaged(MODEL)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    breasts: dict[tuple[str, str], list[float]] = defaultdict(list)
    for key in keys[: IMAGES_PER_EXAM * n_exams]:
        data = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        study, laterality, score = score_image(network, data)
        breasts[study, laterality].append(score)
    exams: dict[str, float] = defaultdict(float)
    for (study, _), scores in breasts.items():
        exams[study] = max(exams[study], float(np.mean(scores)))
    return exams


def main() -> None:
    """Score, write the CSV, print seconds and exams as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endpoint")
    parser.add_argument("bucket")
    parser.add_argument("prefix")
    parser.add_argument("csv", type=Path)
    parser.add_argument("--exams", type=int, default=1_000_000)
    options = parser.parse_args()
    start = time.perf_counter()
    client = boto3.client(
        "s3",
        endpoint_url=options.endpoint,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )
    scores = score_exams(client, options.bucket, options.prefix, options.exams)
    with options.csv.open("w", newline="") as file:
        csv.writer(file).writerows(sorted(scores.items(), key=itemgetter(1), reverse=True))
    print(json.dumps({"n_exams": len(scores), "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
