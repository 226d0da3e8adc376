"""Which exams still need work, parted into shards: the only queue there is.

It derives from the tables each time, so a killed run leaves nothing to repair. Shards are
handed out before the later ones are known: memory does not grow with what waits.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from tasks.lake.key_ranges import key_ranges
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.store import Lake
from tasks.publish.exam_quality import read_quality

SMALLEST_SHARD = 4
"""Exams: below it a shard's own cost shows."""

IMAGES_PER_RANGE = 500_000
"""Images whose keys are held at once. Each range reads the keys of all images once more."""

_KEY = ["sop_instance_key", "etag"]
_IS_PENDING = (
    (pl.col("state") == "pending")
    & pl.col("gone_at").is_null()
    & pl.col("exam_key").is_not_null()
)


def waiting_shards(
    lake: Lake, model_version: str, exams_per_shard: int, *, is_settled: bool = False
) -> Iterator[list[str]]:
    """Keys of the exams with a pending image or one that this model version has not scored.

    Args:
        lake: Where.
        model_version: That scores.
        exams_per_shard: At most.
        is_settled: Whether a night of this version completed. What came since is pending until
            it is scored, so that the images of all years need not be held against their scores.

    Yields:
        Shards by key; an exam is in one of them.
    """
    n_images = lake.count(OBJECTS, _IS_PENDING) + (0 if is_settled else lake.count(IMAGES))
    ranges = key_ranges(n_images, IMAGES_PER_RANGE)
    version = None if is_settled else model_version
    found = (exam for in_range in ranges for exam in _waiting_exams(lake, version, in_range))
    return cut_shards(found, exams_per_shard)


def _waiting_exams(lake: Lake, model_version: str | None, in_range: pl.Expr) -> list[str]:
    """Keys of a range's exams that are pending or, under a model version, not scored."""
    waiting = lake.read(OBJECTS, columns=["exam_key"], where=_IS_PENDING & in_range)
    if model_version is not None:
        waiting = pl.concat([waiting, _unscored(lake, model_version, in_range)])
    return waiting["exam_key"].unique().sort().to_list()


def _unscored(lake: Lake, model_version: str, in_range: pl.Expr) -> pl.DataFrame:
    is_current = pl.col("model_version") == model_version
    scores = lake.read(IMAGE_SCORES, columns=_KEY, where=is_current & in_range)
    images = read_quality(lake, [*_KEY, "exam_key"], in_range)
    return images.join(scores, on=_KEY, how="anti").select("exam_key")


def cut_shards(exam_keys: Iterable[str], largest: int) -> Iterator[list[str]]:
    """Cut exams into shards that shrink towards the end.

    One shard is decoded while the one before it is scored: the smaller the last one is, the
    less is left to score when nothing is left to decode.
    """
    ahead = list[str]()
    for exam_key in exam_keys:
        ahead.append(exam_key)
        if len(ahead) == 2 * largest:  # far from the end
            yield ahead[:largest]
            del ahead[:largest]
    while ahead:
        size = min(largest, max(SMALLEST_SHARD, -(-len(ahead) // 2)))
        yield ahead[:size]
        del ahead[:size]
