"""The tables that training and evaluation read: images, their labels, and the split by patient.

It takes folders, Delta tables or pyarrow data sets and names the column that a table lacks; it
writes nothing and decodes no DICOM.
"""

import hashlib
from pathlib import Path

import polars as pl
import pyarrow.dataset as ds

GEOMETRY_COLUMNS = (
    "crop_top_px",
    "crop_left_px",
    "crop_height_px",
    "crop_width_px",
    "is_flipped",
    "scale",
)
IMAGE_COLUMNS = ("sop_instance_key", "pixels", *GEOMETRY_COLUMNS)
LABEL_COLUMNS = (
    "sop_instance_key",
    "exam_key",
    "patient_key",
    "split",
    "image_laterality",
    "is_malignant",
    "finding",
    "assessment",
    "breast_density",
    "regions",
)


def open_table(source: str | Path | ds.Dataset) -> ds.Dataset:
    """A table as a pyarrow data set: a Delta table, a Parquet file or a folder of them."""
    if isinstance(source, ds.Dataset):
        return source
    if (Path(source) / "_delta_log").is_dir():
        from deltalake import DeltaTable  # noqa: PLC0415 -- absent where only Parquet is read

        return DeltaTable(source).to_pyarrow_dataset()
    if not Path(source).exists():
        raise FileNotFoundError(f"No table at {source}: import or generate the data set first.")
    return ds.dataset(source, format="parquet")


def read_labels(source: str | Path | ds.Dataset) -> pl.DataFrame:
    """The labels of every image, by key.

    Raises:
        KeyError: If a column is absent; the message names it.
    """
    table = open_table(source)
    if absent := set(LABEL_COLUMNS) - set(table.schema.names):
        raise KeyError(f"The labels lack {sorted(absent)}.")
    frame = pl.from_arrow(table.to_table(columns=list(LABEL_COLUMNS)))
    return pl.DataFrame(frame).sort("sop_instance_key")


def with_split(labels: pl.DataFrame, validation_share: float, seed: int) -> pl.DataFrame:
    """Fill in the split where the data set has none; all images of a patient fall together."""

    def draw(patient_key: str) -> str:
        digest = hashlib.sha256(f"{seed}/{patient_key}".encode()).digest()
        share = int.from_bytes(digest[:8]) / 2**64
        return "validation" if share < validation_share else "training"

    drawn = pl.col("patient_key").map_elements(draw, return_dtype=pl.String())
    return labels.with_columns(split=pl.coalesce("split", drawn))
