"""A small labelled set of network inputs: grey half-ellipses, cancers as bright squares."""

from pathlib import Path

import numpy as np
import polars as pl

from models.tables import IMAGE_COLUMNS, LABEL_COLUMNS
from tasks.lake.schemas import IMAGES, LABELS

SHAPE = (1, 128, 64)
SCALE = 0.5


def breast(seed: int, *, is_malignant: bool) -> tuple[np.ndarray, tuple[int, int] | None]:
    """A network input of SHAPE and the top-left of its lesion (24 px), if any."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[: SHAPE[1], : SHAPE[2]]
    inside = ((rows - 64) / 56) ** 2 + (columns / 52) ** 2 < 1
    pixels = np.where(inside, generator.integers(40, 80, SHAPE[1:]), 0).astype(np.uint8)
    if not is_malignant:
        return pixels, None
    top, left = int(generator.integers(40, 70)), int(generator.integers(0, 20))
    pixels[top : top + 24, left : left + 24] = 220
    return pixels, (top, left)


def write_tables(folder: Path, n_exams: int) -> tuple[Path, Path]:
    """Write `images` and `labels` as Parquet: two images an exam, every second a cancer."""
    images, labels = [], []
    for exam in range(n_exams):
        for side in "RL":
            key = f"{exam:03d}-{side}"
            is_malignant = exam % 2 == 1 and side == "R"
            pixels, corner = breast(2 * exam + (side == "L"), is_malignant=is_malignant)
            images.append(image_row(key, pixels))
            labels.append(label_row(key, f"{exam:03d}", side, corner))
    for table, columns, rows in (
        (IMAGES, IMAGE_COLUMNS, images),
        (LABELS, LABEL_COLUMNS, labels),
    ):
        (folder / table.name).mkdir(parents=True, exist_ok=True)
        schema = {name: table.schema[name] for name in columns}
        for part in range(0, len(rows), 8):
            frame = pl.DataFrame(rows[part : part + 8], schema=schema, strict=True)
            frame.write_parquet(folder / table.name / f"{part:03d}.parquet")
    return folder / "images", folder / "labels"


def image_row(key: str, pixels: np.ndarray) -> dict[str, object]:
    """An image whose original is twice as large, its crop at (10, 20), not mirrored."""
    return {
        "sop_instance_key": key,
        "pixels": pixels.tobytes(),
        "crop_top_px": 10,
        "crop_left_px": 20,
        "crop_height_px": 2 * SHAPE[1],
        "crop_width_px": 2 * SHAPE[2],
        "is_flipped": False,
        "scale": SCALE,
    }


def label_row(
    key: str, exam_key: str, side: str, corner: tuple[int, int] | None
) -> dict[str, object]:
    """A row of `labels`; the lesion's corner is in network pixels."""
    regions = []
    if corner is not None:
        regions = [
            {
                "top_px": 10 + 2 * corner[0],
                "left_px": 20 + 2 * corner[1],
                "height_px": 48,
                "width_px": 48,
                "finding": "mass_malignant",
                "score": 1.0,
            }
        ]
    return {
        "sop_instance_key": key,
        "exam_key": exam_key,
        "patient_key": exam_key,
        "split": None,
        "image_laterality": side,
        "is_malignant": corner is not None,
        "finding": "no_finding" if corner is None else "mass",
        "assessment": "no_finding" if corner is None else "malignant",
        "breast_density": "B",
        "regions": regions,
    }
