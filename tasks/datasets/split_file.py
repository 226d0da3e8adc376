"""A split as a file: which image stands on which side, given by hand or kept by a training.

It only reads and names; `tasks.datasets.leakage` judges.
"""

from pathlib import Path

import polars as pl

from tasks.errors import Misconfigured

COLUMNS = ("sop_instance_key", "patient_key", "split")
"""What a training keeps of its split."""

NAMES = ("sop_instance_key", "object_key")
"""Columns by which a split given by hand may name an image: its key, or its file."""


def read_table(path: Path) -> pl.DataFrame:
    """Read a CSV or Parquet file, every column as text.

    Raises:
        Misconfigured: If it is absent or no table.
    """
    try:
        is_parquet = path.suffix.lower() == ".parquet"
        frame = pl.read_parquet(path) if is_parquet else pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise Misconfigured(
            f"{path} is no readable table ({reason}): give a CSV with a header, or Parquet."
        ) from error
    return frame.select(pl.all().cast(pl.String))


def write_split(labels: pl.DataFrame, path: Path) -> None:
    """Keep which image and patient stood in which part."""
    labels.select(COLUMNS).sort("sop_instance_key").write_csv(path)


def apply_split(labels: pl.DataFrame, instances: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Give images the split of a file, instead of the set's own.

    Args:
        labels: Rows of `labels`.
        instances: Rows of `instances`: they say which file an image came from.
        path: CSV or Parquet with `split` and one of `NAMES`.

    Returns:
        The images that the file names.

    Raises:
        Misconfigured: If a column is absent, or the file names no image of the set.
    """
    given = read_table(path)
    by = next((name for name in NAMES if name in given.columns), None)
    if by is None or "split" not in given.columns:
        raise Misconfigured(
            f"{path} has the columns {', '.join(given.columns)}: a split needs `split` and "
            f"{' or '.join(NAMES)}."
        )
    keys = instances.select(*NAMES)
    named = given.select(by, "split").join(keys, on=by).select("sop_instance_key", "split")
    if named.is_empty():
        raise Misconfigured(f"{path} names no image of this set by its {by}.")
    return labels.drop("split").join(named, on="sop_instance_key")
