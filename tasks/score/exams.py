"""The exams of the lake and their scores under the pinned model version.

It joins what the shards wrote; the arithmetic is `tasks.score.aggregate`'s.
"""

import polars as pl

from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES, IMAGE_SCORES, INSTANCES
from tasks.lake.store import Lake
from tasks.run import Run
from tasks.score.aggregate import score_exams

_IMAGE_KEY = ["sop_instance_key", "etag"]
_ANSWER = ["malignancy_score", "finding", "assessment", "model_version"]


def aggregate(lake: Lake, model_version: str, run: Run) -> int:
    """Bring `exam_scores` up to date with the image scores of a model version.

    Returns:
        How many exams' scores are new or changed.
    """
    is_current = pl.col("model_version") == model_version
    answers = lake.read(IMAGE_SCORES, columns=[*_IMAGE_KEY, *_ANSWER], where=is_current)
    if answers.is_empty():
        return 0
    images = lake.read(INSTANCES).join(answers, on=_IMAGE_KEY, how="left")
    calibrations = lake.read(CALIBRATIONS, where=is_current)
    return lake.upsert(EXAM_SCORES, score_exams(images, calibrations, run.run_id))
