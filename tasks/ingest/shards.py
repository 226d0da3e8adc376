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


def waiting_shards(
    lake: Lake, model_version: str, exams_per_shard: int, *, is_settled: bool = False
) -> list[list[str]]:
    """Keys of the exams with a pending image or one that this model version has not scored.

    Args:
        lake: Where.
        model_version: That scores.
        exams_per_shard: At most.
        is_settled: Whether a night of this version completed. What came since is pending until
            it is scored, so that the images of all years need not be held against their scores.
    """
    is_pending = (
        (pl.col("state") == "pending")
        & pl.col("gone_at").is_null()
        & pl.col("exam_key").is_not_null()
    )
    pending = lake.read(OBJECTS, columns=["exam_key"], where=is_pending)
    waiting = pending if is_settled else pl.concat([pending, _unscored(lake, model_version)])
    return list(cut_shards(waiting["exam_key"].unique().sort().to_list(), exams_per_shard))


def _unscored(lake: Lake, model_version: str) -> pl.DataFrame:
    scores = lake.read(
        IMAGE_SCORES, columns=_KEY, where=pl.col("model_version") == model_version
    )
    images = lake.read(IMAGES, columns=[*_KEY, "exam_key"])
    return images.join(scores, on=_KEY, how="anti").select("exam_key")


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
