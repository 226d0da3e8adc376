"""An image's network input and heat map as the lake stores them, held to their digest."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.contract import IMAGE, SALIENCY


@dataclass(frozen=True)
class StoredView:
    """One image's network input and heat map, as stored and verified.

    Args:
        pixels: uint8, in the contract's height and width.
        saliency: uint8, in the contract's cells; None where the model gave none.
    """

    pixels: NDArray[np.uint8]
    saliency: NDArray[np.uint8] | None


def of_score(images: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """One row an image: the network input that was scored, else any stored one."""
    scored = answers.select(
        "sop_instance_key", "preprocessing_version", is_scored=pl.lit(value=True)
    )
    return (
        images.join(scored, on=["sop_instance_key", "preprocessing_version"], how="left")
        .sort("is_scored", "preprocessing_version", nulls_last=True)
        .unique("sop_instance_key", keep="first", maintain_order=True)
        .drop("is_scored", "preprocessing_version")
    )


def stored_view(row: dict[str, Any]) -> StoredView | None:
    """A view from pixels, pixels_sha256 and saliency; None where the digest is another."""
    if hashlib.sha256(row["pixels"]).hexdigest() != row["pixels_sha256"]:
        return None
    pixels = np.frombuffer(row["pixels"], np.uint8).reshape(IMAGE.shape[1:])
    saliency = row["saliency"]
    if saliency is None:
        return StoredView(pixels, None)
    return StoredView(pixels, np.frombuffer(saliency, np.uint8).reshape(SALIENCY.shape))
