"""Which exams still need work, parted into shards: the only queue there is.

It derives from the tables each time, so a killed run leaves nothing to repair. Shards are
handed out before the later ones are known: memory does not grow with what waits.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from tasks.lake.image_quality import read_quality
from tasks.lake.key_ranges import key_ranges
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.store import Lake

SMALLEST_SHARD = 4
"""Exams: below it a shard's own cost shows."""

IMAGES_PER_RANGE = 500_000
"""Images whose keys are held at once. Each range reads the keys of all images once more."""

_EXAM = ["exam_key"]
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
    waiting = _pending(lake) if is_settled else _waiting(lake, model_version)
    return cut_shards(waiting, exams_per_shard)


def _pending(lake: Lake) -> Iterator[str]:
    """Exams with a pending image; where they are few, as in most nights, read at once."""
    few = lake.read(OBJECTS, columns=_EXAM, where=_IS_PENDING, at_most=IMAGES_PER_RANGE)
    if few.height < IMAGES_PER_RANGE:
        yield from _keys(few)
        return
    for in_range in _ranges(lake):
        yield from _keys(lake.read(OBJECTS, columns=_EXAM, where=_IS_PENDING & in_range))


def _waiting(lake: Lake, model_version: str) -> Iterator[str]:
    for in_range in _ranges(lake):
        pending = lake.read(OBJECTS, columns=_EXAM, where=_IS_PENDING & in_range)
        yield from _keys(pl.concat([pending, _unscored(lake, model_version, in_range)]))


def _ranges(lake: Lake) -> Iterator[pl.Expr]:
    n_images = max(lake.count(OBJECTS), lake.count(IMAGES))
    return key_ranges(n_images, IMAGES_PER_RANGE)


def _keys(images: pl.DataFrame) -> list[str]:
    return images["exam_key"].unique().sort().to_list()


def _unscored(lake: Lake, model_version: str, in_range: pl.Expr) -> pl.DataFrame:
    is_current = pl.col("model_version") == model_version
    scores = lake.read(IMAGE_SCORES, columns=_KEY, where=is_current & in_range)
    images = read_quality(lake, [*_KEY, *_EXAM], in_range)
    return images.join(scores, on=_KEY, how="anti").select(_EXAM)


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
