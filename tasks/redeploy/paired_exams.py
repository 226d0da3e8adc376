"""Exams that two versions scored, side by side, with what is known of each.

It reads and joins; `tasks.redeploy.comparison` judges.
"""

import polars as pl

from tasks.errors import ContractViolation
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    INSTANCES,
    LABELS,
    OPERATING_POINTS,
    OUTCOMES,
)
from tasks.lake.store import Lake
from tasks.publish.exam_summaries import exam_facts
from tasks.score.calibration import ANY, SCOPE, choose_calibrations

SIDES = ("candidate", "serving")
_SCORES = ("exam_score", "calibrated_score", "band")


def pair_exams(lake: Lake, candidate: str, serving: str) -> pl.DataFrame:
    """Join both versions' scores of the exams that both scored.

    Returns:
        By exam_key: exam_score, calibrated_score and band of each side (such as
        band_candidate), manufacturer, patient_age_years, patient_key and is_malignant, which is
        null where nobody knows.

    Raises:
        ContractViolation: If no exam was scored by both.
    """
    instances = lake.read(INSTANCES)
    facts = exam_facts(instances)
    scored = [
        _scores(lake, facts, version, side)
        for version, side in zip((candidate, serving), SIDES, strict=True)
    ]
    pairs = scored[0].join(scored[1], on="exam_key").join(facts, on="exam_key")
    if pairs.is_empty():
        raise ContractViolation(
            f"No exam was scored by both version {candidate} and version {serving}: run `mammo "
            f"model shadow {candidate}` first."
        )
    return pairs.join(known_truth(lake), on="exam_key", how="left").sort("exam_key")


def _scores(lake: Lake, facts: pl.DataFrame, version: str, side: str) -> pl.DataFrame:
    """The scores of a version under the calibrations that hold now."""
    is_version = pl.col("model_version") == version
    scores = lake.read(EXAM_SCORES, where=is_version)
    if scores.is_empty():
        return scores.select(
            "exam_key", *(pl.col(name).alias(f"{name}_{side}") for name in _SCORES)
        )
    scopes = facts.join(scores, on="exam_key", how="semi").select(SCOPE)
    chosen = choose_calibrations(scopes, lake.read(CALIBRATIONS, where=is_version))
    holding = facts.join(chosen, on=SCOPE, nulls_equal=True).select(
        "exam_key", "calibration_id"
    )
    return scores.join(holding, on=["exam_key", "calibration_id"]).select(
        "exam_key", *(pl.col(name).alias(f"{name}_{side}") for name in _SCORES)
    )


def known_truth(lake: Lake) -> pl.DataFrame:
    """exam_key and is_malignant of every exam of which outcomes or labels say it."""
    columns = ["exam_key", "is_malignant"]
    is_known = pl.col("is_malignant").is_not_null()
    said = [lake.read(table, columns=columns, where=is_known) for table in (OUTCOMES, LABELS)]
    return pl.concat(said).group_by("exam_key").agg(pl.col("is_malignant").any())


def thresholds(lake: Lake, version: str) -> dict[str, float]:
    """The thresholds of a version that hold everywhere, by name."""
    is_general = pl.all_horizontal(pl.col(name) == ANY for name in SCOPE)
    points = lake.read(
        OPERATING_POINTS, where=(pl.col("model_version") == version) & is_general
    )
    return dict(points.select("name", "threshold").sort("name").iter_rows())
