"""Image scores to breast and exam scores.

A view's score is its highest image, a breast's the mean of its views, an exam's the higher
breast: a missing or repeated view moves the score smoothly and never refuses an exam.
"""

import polars as pl

from tasks.lake.schemas import EXAM_SCORES
from tasks.score.calibration import SCOPE, band, calibrated_score, choose_calibrations
from tasks.score.selection import select_views, without_raw_twins

INSTANCE_COLUMNS = (
    "sop_instance_key", "etag", "exam_key", "image_laterality", "view_position",
    "presentation_intent_type", "is_synthetic_2d", "is_partial_view", *SCOPE,
)  # fmt: skip
"""Of `instances`, what exams' scores are made with."""

_BREAST = ("exam_key", "image_laterality")


def score_exams(images: pl.DataFrame, calibrations: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Score every exam that has at least one scored image.

    Args:
        images: One row an image of the exams, scored or not: `INSTANCE_COLUMNS` with
            malignancy_score (null where unscored), finding, assessment and model_version.
        calibrations: The calibrations of that model version.
        run_id: The run that asks.

    Returns:
        Rows of `exam_scores`, by exam_key.

    Raises:
        ContractViolation: If no calibration holds for some exam.
    """
    scored = images.filter(pl.col("malignancy_score").is_not_null())
    speaking = select_views(scored)
    exams = (
        _driving_images(speaking)
        .join(_breast_columns(speaking), on="exam_key")
        .join(_counts(without_raw_twins(images)), on="exam_key")
        .with_columns(
            pl.max_horizontal("right_breast_score", "left_breast_score").alias("exam_score")
        )
    )
    chosen = choose_calibrations(exams.select(SCOPE), calibrations)
    return (
        exams.join(chosen, on=SCOPE)
        .with_columns(calibrated_score=calibrated_score(), band=band(), run_id=pl.lit(run_id))
        .select(EXAM_SCORES.schema.names())
        .cast(EXAM_SCORES.schema)
        .sort("exam_key")
    )


def breast_scores(scored: pl.DataFrame) -> pl.DataFrame:
    """Average the views of each breast, each view at its highest image.

    Args:
        scored: Columns exam_key, image_laterality, view_position and malignancy_score.

    Returns:
        Columns exam_key, image_laterality and breast_score.
    """
    by_view = scored.group_by(*_BREAST, "view_position").agg(pl.col("malignancy_score").max())
    return by_view.group_by(_BREAST).agg(
        pl.col("malignancy_score").mean().alias("breast_score")
    )


def _breast_columns(scored: pl.DataFrame) -> pl.DataFrame:
    breasts = breast_scores(scored)
    return breasts.group_by("exam_key").agg(
        pl.col("breast_score")
        .filter(pl.col("image_laterality") == side)
        .first()
        .alias(f"{name}_breast_score")
        for side, name in (("R", "right"), ("L", "left"))
    )


def _driving_images(scored: pl.DataFrame) -> pl.DataFrame:
    """The highest image of each exam's higher breast; ties go to R, then the smaller key."""
    return (
        scored.join(breast_scores(scored), on=_BREAST)
        .sort(
            "exam_key",
            "breast_score",
            "image_laterality",
            "malignancy_score",
            "sop_instance_key",
            descending=[False, True, True, True, False],
        )
        .unique(subset="exam_key", keep="first", maintain_order=True)
        .select(
            "exam_key",
            "model_version",
            "finding",
            "assessment",
            *SCOPE,
            driving_breast="image_laterality",
            driving_view="view_position",
            driving_sop_instance_key="sop_instance_key",
        )
    )


def _counts(images: pl.DataFrame) -> pl.DataFrame:
    is_scored = pl.col("malignancy_score").is_not_null()
    view = pl.concat_str("image_laterality", pl.lit("-"), "view_position")
    return images.group_by("exam_key").agg(
        is_scored.sum().cast(pl.Int64).alias("n_images_scored"),
        (~is_scored).sum().cast(pl.Int64).alias("n_images_unscorable"),
        view.filter(is_scored).sort().str.join(",").alias("views"),
    )
