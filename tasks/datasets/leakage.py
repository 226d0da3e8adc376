"""Splits that leak: a patient, or an image and its near-copy, on both sides.

It compares across splits only and names the pairs; a copy is known by a perceptual hash that
turning by quarters and mirroring do not change.

References:
    Zauner (2010), Implementation and benchmarking of perceptual image hash functions: the signs
    of the lowest frequencies of a cosine transform.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import cv2
import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.contract import IMAGE
from tasks.datasets.keys import CROP_VERSION
from tasks.errors import ContractViolation
from tasks.lake.schemas import IMAGES
from tasks.lake.store import Lake

SIDE_PX = 32
N_FREQUENCIES = 16
HASH_BITS = N_FREQUENCIES**2 - 1
"""All but the constant part."""

MAX_DISTANCE_BITS = 20
"""Images that differ by no more are near-copies; measured in the tests on real films."""

N_NAMED_PAIRS = 10
IMAGES_PER_READ = 64
_COLUMNS = (
    "sop_instance_key",
    "preprocessing_version",
    "pixels",
    "pixels_sha256",
    "crop_height_px",
    "crop_width_px",
)

Hash = NDArray[np.uint8]
"""[8, 32]: the hash's bits, packed, of the eight turned and mirrored images."""


def perceptual_hash(pixels: NDArray[np.uint8]) -> Hash:
    """Hash an image in its eight positions.

    Args:
        pixels: [rows, columns].
    """
    size = (SIDE_PX, SIDE_PX)
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
    turned = [np.rot90(side, k) for side in (small, small[:, ::-1]) for k in range(4)]
    return np.stack([_bits(position) for position in turned])


def _bits(small: NDArray[np.float32]) -> NDArray[np.uint8]:
    frequencies = cv2.dct(np.ascontiguousarray(small))
    low = frequencies[:N_FREQUENCIES, :N_FREQUENCIES].ravel()[1:]
    return np.packbits(low > np.median(low))


def hash_images(lake: Lake) -> dict[str, Hash]:
    """Hash every image of a lake by its key."""
    return {
        str(row["sop_instance_key"]): perceptual_hash(pixels)
        for row, pixels in read_images(lake)
    }


def read_images(lake: Lake) -> Iterator[tuple[dict[str, object], NDArray[np.uint8]]]:
    """Every image's row and pixels [rows, columns], a few in memory at a time."""
    images = lake.scan(IMAGES).select(_COLUMNS)
    for batch in images.collect_batches(chunk_size=IMAGES_PER_READ):
        for row in batch.iter_rows(named=True):
            yield row, _pixels(row)


def _pixels(row: Mapping[str, object]) -> NDArray[np.uint8]:
    pixels = np.frombuffer(bytes(row["pixels"]), np.uint8)  # pyright: ignore[reportArgumentType] -- the schema says bytes
    if row["preprocessing_version"] == CROP_VERSION:
        return pixels.reshape(row["crop_height_px"], row["crop_width_px"])  # pyright: ignore[reportCallIssue, reportArgumentType] -- the schema says int
    return pixels.reshape(IMAGE.shape[1:])


def check_leakage(
    labels: pl.DataFrame, hashes: Mapping[str, Hash] | None = None
) -> dict[str, int]:
    """Refuse a split that parts a patient's images or an image from its near-copy.

    Args:
        labels: Rows of `labels`; images without a split are on no side, and of patients or
            images without a key nothing is said.
        hashes: Of its images; those without one are compared by patient alone.

    Returns:
        How many images each split has.

    Raises:
        ContractViolation: If anything stands on both sides; the message names the pairs.
    """
    split = labels.filter(pl.col("split").is_not_null())
    pairs = [
        *_on_both_sides(split, "patient_key", "patient"),
        *_on_both_sides(split, "sop_instance_key", "image"),
        *_copies_on_both_sides(split, hashes or {}),
    ]
    if pairs:
        named = "; ".join(pairs[:N_NAMED_PAIRS])
        raise ContractViolation(
            f"The split leaks: {len(pairs)} patients or images stand on both sides "
            f"({named}). Split by patient_key, near-copies together."
        )
    return dict(split["split"].value_counts().sort("split").iter_rows())


def _on_both_sides(split: pl.DataFrame, column: str, word: str) -> list[str]:
    sides = split.drop_nulls(column).group_by(column).agg(pl.col("split").unique().sort())
    torn = sides.filter(pl.col("split").list.len() > 1).sort(column)
    return [f"{word} {key} in {' and '.join(where)}" for key, where in torn.iter_rows()]


def _copies_on_both_sides(split: pl.DataFrame, hashes: Mapping[str, Hash]) -> list[str]:
    sides = {
        name: [key for key in rows["sop_instance_key"] if key in hashes]
        for (name,), rows in split.sort("sop_instance_key").group_by(["split"])
    }
    return [
        f"image {one} in {first} like {other} in {second}"
        for first, second in combinations(sorted(sides), 2)
        for one, other in near_copies(sides[first], sides[second], hashes)
    ]


def near_copies(
    some: list[str], others: list[str], hashes: Mapping[str, Hash]
) -> list[tuple[str, str]]:
    """Pairs of keys, one of each list, whose images are near-copies."""
    if not some or not others:
        return []
    positions = np.stack([hashes[key] for key in others]).view(np.uint64)  # [n, 8, 4]
    pairs: list[tuple[str, str]] = []
    for key in some:
        upright = hashes[key][0].view(np.uint64)
        distances = np.bitwise_count(positions ^ upright).sum(-1, dtype=np.uint16).min(-1)
        pairs += [(key, others[at]) for at in np.flatnonzero(distances <= MAX_DISTANCE_BITS)]
    return pairs
