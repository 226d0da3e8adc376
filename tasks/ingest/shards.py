"""Which exams still need work, parted into shards: the only queue there is.

It derives from the tables each time, so a killed run leaves nothing to repair.
"""

import polars as pl

from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.store import Lake

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
    return [
        exam_keys[start : start + exams_per_shard]
        for start in range(0, len(exam_keys), exams_per_shard)
    ]
