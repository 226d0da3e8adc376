"""Calibrations and operating points by manufacturer, software and model version, as rows.

A scope with too few exams gets no row: the pooled one (`*`) holds for it, and `pooled` says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from models.calibration import band_edges, fit_platt
from models.evaluation.operating import (
    OperatingPoint,
    programme_weight,
    standard_points,
    threshold_from_above,
)

ANY = "*"
SCOPE = ("manufacturer", "software_versions")
COLUMNS = (*SCOPE, "model_version", "exam_score", "is_cancer")


@dataclass(frozen=True)
class Enough:
    """What a scope needs for rows of its own.

    Ten events a fitted parameter, and Platt's sigmoid has two; bands need tenths of some size.
    """

    n_cancers: int = 20
    n_exams: int = 200


@dataclass(frozen=True)
class Programme:
    """What the thresholds are for.

    Args:
        prevalence: Cancers per exam, 0-1.
        recall_rate: Highest share of exams to recall, 0-1.
        data: Which exams the rows were fitted on, for the table.
        fitted_at: When, UTC.
    """

    prevalence: float
    recall_rate: float
    data: str
    fitted_at: datetime


@dataclass(frozen=True)
class ScopeRows:
    """Rows for the tables calibrations and operating_points, and what was pooled."""

    calibrations: list[dict[str, object]]
    operating_points: list[dict[str, object]]
    pooled: list[str]
    """One sentence for each scope that has no row of its own."""


def fit_scopes(
    exams: pl.DataFrame, programme: Programme, enough: Enough | None = None
) -> ScopeRows:
    """Fit every scope that has enough exams, and all exams of each model version together.

    Args:
        exams: `COLUMNS`, one row an exam; exam_score 0-1.
        programme: What the thresholds are for.
        enough: What a scope needs for rows of its own.

    Raises:
        ValueError: If a column is missing, or the exams of a model version hold one class only.
    """
    for name in COLUMNS:
        if name not in exams.columns:
            raise ValueError(f"No column {name!r}: calibration needs {', '.join(COLUMNS)}.")
    enough = enough or Enough()
    rows = ScopeRows([], [], [])
    for (version,), group in exams.group_by("model_version", maintain_order=True):
        pooled = {"manufacturer": ANY, "software_versions": ANY, "model_version": str(version)}
        _fit(rows, group, pooled, programme)
        for values, part in group.group_by(SCOPE, maintain_order=True):
            scope = dict(zip(SCOPE, map(str, values), strict=True))
            n_cancers = int(part["is_cancer"].sum())
            if n_cancers >= enough.n_cancers and part.height >= enough.n_exams:
                _fit(rows, part, scope | {"model_version": str(version)}, programme)
            else:
                rows.pooled.append(
                    f"{' '.join(scope.values())}, model {version}: {part.height} exams with "
                    f"{n_cancers} cancers are fewer than {enough.n_exams} with "
                    f"{enough.n_cancers}; the pooled row holds."
                )
    return rows


def _fit(
    rows: ScopeRows, exams: pl.DataFrame, scope: Mapping[str, str], programme: Programme
) -> None:
    truth = exams["is_cancer"].to_numpy().astype(bool)
    score = exams["exam_score"].cast(pl.Float64).to_numpy()
    weight = programme_weight(truth, programme.prevalence)
    platt = fit_platt(truth, score, programme.prevalence)
    common: dict[str, object] = {
        **scope,
        "site": ANY,
        "data": programme.data,
        "fitted_at": programme.fitted_at,
    }
    fitted: dict[str, object] = {
        "calibration_id": f"{programme.fitted_at:%Y%m%dT%H%M%SZ} {' '.join(scope.values())}",
        "slope": platt.slope,
        "intercept": platt.intercept,
        "band_edges": band_edges(score, weight),
        "n_exams": exams.height,
        "n_cancers": int(truth.sum()),
    }
    rows.calibrations.append(common | fitted)
    points = standard_points(truth, score, programme.prevalence, programme.recall_rate)
    rows.operating_points.extend(common | _point(point) for point in points)


def _point(point: OperatingPoint) -> dict[str, object]:
    return {
        "name": point.name,
        "threshold": threshold_from_above(point.threshold),
        "sensitivity": point.sensitivity.value,
        "sensitivity_low": point.sensitivity.low,
        "sensitivity_high": point.sensitivity.high,
        "specificity": point.specificity.value,
        "specificity_low": point.specificity.low,
        "specificity_high": point.specificity.high,
    }
