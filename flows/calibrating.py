"""Calibrations, bands and operating points from what came of the programme's exams.

It reads the lake and writes rows; `tasks.score.fitting` fits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.services import existing_lake, load_settings, pinned_model_version, today
from tasks.errors import Misconfigured
from tasks.lake.schemas import CALIBRATIONS, OPERATING_POINTS
from tasks.publish.scored_outcomes import scored_outcomes
from tasks.run import Run
from tasks.score.exams import aggregate
from tasks.score.fitting import calibration_rows, fit_scopes, point_rows

SUBGROUPS = ("site", "manufacturer", "age", "breast_density", "has_implant")
"""What an evaluation of the programme reports by."""


@dataclass(frozen=True)
class Calibrated:
    """What was fitted, and written unless it was only asked for.

    Args:
        calibrations: Rows of `calibrations`.
        points: Rows of `operating_points`.
        notes: A sentence for each scope that shares the pooled calibration.
        n_rescored: Exams that have scores under the new calibrations.
    """

    model_version: str
    calibrations: list[dict[str, Any]]
    points: list[dict[str, Any]]
    notes: list[str]
    n_rescored: int


def calibrate(recall_rate: float, *, is_dry: bool) -> Calibrated:
    """Fit on the pinned model version's scores, and score every exam anew by it.

    Args:
        recall_rate: Highest share of the programme to recall, for the point `recall`.
        is_dry: Whether to write nothing.

    Raises:
        Misconfigured: If the rate is no share.
        TooFewOutcomesError: If too few cancers are known.
    """
    if not 0 < recall_rate < 1:
        raise Misconfigured(f"The recall rate is {recall_rate}: it must lie between 0 and 1.")
    lake, now = existing_lake(load_settings()), datetime.now(UTC)
    version = pinned_model_version(lake)
    fits, notes = fit_scopes(scored_outcomes(lake, version), recall_rate)
    rows = calibration_rows(fits, version, now)
    points = list(point_rows(fits, version, now))
    n_rescored = 0
    if not is_dry:
        lake.insert_new(CALIBRATIONS, CALIBRATIONS.frame(rows))
        lake.upsert(OPERATING_POINTS, OPERATING_POINTS.frame(points))
        n_rescored = aggregate(lake, version, Run.begin(today()))
    return Calibrated(version, rows, points, notes, n_rescored)


def write_programme_scores(folder: Path) -> tuple[Path, str]:
    """Write the scored exams whose truth is known as a table that can be evaluated.

    Returns:
        The file, and in a sentence what it holds and what it leaves out.

    Raises:
        Misconfigured: If no exam's truth is known, or the folder cannot be made.
    """
    lake = existing_lake(load_settings())
    version = pinned_model_version(lake)
    exams = scored_outcomes(lake, version)
    known = exams.drop_nulls("is_cancer")
    if known.is_empty():
        raise Misconfigured(
            f"{lake.url} has {exams.height} scored exams and the outcome of none: "
            "`mammo outcomes import` first."
        )
    path = folder / "scores.parquet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _columns(known).write_parquet(path)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from error
    n_cancers = int(known["is_cancer"].sum())
    return path, (
        f"Model {version}: {known.height} exams with known outcome, {n_cancers} cancers; "
        f"{exams.height - known.height} scored exams are left out, for nobody knows theirs."
    )


def _columns(known: pl.DataFrame) -> pl.DataFrame:
    age = pl.col("patient_age_years")
    band = pl.when(age < 50).then(pl.lit("under 50")).when(age < 60).then(pl.lit("50-59"))
    return known.select(
        "exam_key",
        "patient_key",
        pl.col("is_cancer").cast(pl.Int8),
        pl.col("exam_score").alias("model"),
        pl.col("site", "manufacturer", "breast_density"),
        band.when(age < 70).then(pl.lit("60-69")).otherwise(pl.lit("70 and over")).alias("age"),
        pl.col("has_implant").cast(pl.String),
    )
