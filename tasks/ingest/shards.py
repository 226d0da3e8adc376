"""Which exams still need work, parted into shards: the only queue there is.

It derives from the tables each time, so a killed run leaves nothing to repair.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.store import Lake

SMALLEST_SHARD = 4
"""Exams: below it a shard's own cost shows."""

_KEY = ["sop_instance_key", "etag"]


def waiting_shards(lake: Lake, model_version: str, exams_per_shard: int) -> list[list[str]]:
    """Keys of the exams with a pending image or one that this model version has not scored."""
    is_pending = (
        (pl.col("state") == "pending")
        & pl.col("gone_at").is_null()
        & pl.col("exam_key").is_not_null()
    )
    pending = lake.read(OBJECTS, columns=["exam_key"], where=is_pending)
    scores = lake.read(
        IMAGE_SCORES, columns=_KEY, where=pl.col("model_version") == model_version
    )
    unscored = lake.read(IMAGES, columns=[*_KEY, "exam_key"]).join(scores, on=_KEY, how="anti")
    exam_keys = (
        pl.concat([pending, unscored.select("exam_key")])["exam_key"].unique().sort().to_list()
    )
    return list(cut_shards(exam_keys, exams_per_shard))


def cut_shards(exam_keys: Sequence[str], largest: int) -> Iterator[list[str]]:
    """Cut exams into shards that shrink towards the end.

    One shard is decoded while the one before it is scored: the smaller the last one is, the
    less is left to score when nothing is left to decode.
    """
    start = 0
    while n_left := len(exam_keys) - start:
        size = min(largest, max(SMALLEST_SHARD, -(-n_left // 2)))
        yield list(exam_keys[start : start + size])
        start += min(size, n_left)
