"""Exams with a score beside what came of them: what calibration and evaluation rest on.

An exam counts as without cancer only where pathology, a register or twelve months of follow-up
say so; where nothing does, its truth is null.
"""

import polars as pl

from tasks.lake.schemas import EXAM_SCORES, INSTANCES
from tasks.lake.store import Lake
from tasks.publish.exam_summaries import exam_facts
from tasks.publish.programme import read_programme_facts
from tasks.score.calibration import SCOPE

_FACTS = ("exam_key", "is_cancer", "is_recalled", "breast_density", "read_date")


def scored_outcomes(lake: Lake, model_version: str) -> pl.DataFrame:
    """Join the exams' scores under a model version with their outcomes.

    Returns:
        One row a scored exam: exam_key, patient_key, exam_date, patient_age_years, has_implant,
        the columns of `SCOPE`, exam_score, is_cancer, is_recalled, breast_density and
        read_date; null where nothing is known.
    """
    instances = lake.read(INSTANCES)
    is_version = pl.col("model_version") == model_version
    scores = lake.read(EXAM_SCORES, columns=["exam_key", "exam_score"], where=is_version)
    return (
        scores.unique("exam_key")
        .join(exam_facts(instances), on="exam_key")
        .join(read_programme_facts(lake).select(_FACTS), on="exam_key", how="left")
        .with_columns(pl.col("exam_score").cast(pl.Float64), pl.col(SCOPE).fill_null(""))
        .sort("exam_key")
    )
