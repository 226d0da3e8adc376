"""How often an image comes in an epoch, so that no class and no patient outweighs another.

It counts labels and draws nothing; `models.dataset` turns a share of a copy into chance.
"""

import polars as pl

MAX_COPIES = 4.0
"""More would show a rare image so often that it is learned by heart."""

_CLASS = ("is_malignant", "finding")


def balanced_copies(labels: pl.DataFrame) -> dict[str, float]:
    """Copies of each image by key: classes weigh the same, and so do a class's patients.

    Their sum is about the number of images; what `MAX_COPIES` cuts is missing from it.

    Args:
        labels: Rows of `labels`; a class is malignant or not, with its finding.
    """
    if labels.is_empty():
        return {}
    share = labels.height / labels.select(_CLASS).n_unique()
    weighed = labels.select(
        "sop_instance_key",
        copies=share / _n_patients() / pl.len().over(*_CLASS, "patient_key"),
    ).with_columns(pl.col("copies").clip(upper_bound=MAX_COPIES))
    return dict(weighed.iter_rows())


def _n_patients() -> pl.Expr:
    """Of the row's class."""
    return pl.col("patient_key").n_unique().over(*_CLASS)
