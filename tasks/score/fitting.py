"""Calibrations and operating points fitted on a programme's own outcomes.

Each manufacturer and software with enough cancers has its own; all others share the pooled
ones, which rest on every exam whose truth is known. Bands are the programme's percentiles. Two
parameters a mammograph: with the cancers of a year a freer curve would follow chance.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from models.calibration import Platt, band_edges, fit_platt
from models.evaluation.operating import (
    OperatingPoint,
    standard_points,
    threshold_from_above,
)
from tasks.errors import SmartMammoError
from tasks.score.calibration import ANY, SCOPE

MIN_CANCERS = 20
"""Ten for each of Platt's two parameters."""

MIN_EXAMS = 200
MIN_BAND_EXAMS = 200
"""Scored exams whose percentiles make bands: a tenth of them is 20."""

OWN_SCOPE = ("manufacturer", "software_versions")


class TooFewOutcomesError(SmartMammoError):
    """Nothing can be fitted: too few cancers are known, or scores do not rise with them."""


@dataclass(frozen=True)
class Fit:
    """One scope's calibration with its operating points.

    Args:
        scope: Values of `SCOPE`; `*` holds for every one.
        prevalence: Cancers among the exams read there, 0-1.
        n_exams: Exams whose truth is known.
        n_cancers: Of them.
        n_banded: Scored exams that made the bands.
    """

    scope: dict[str, str]
    mapping: Platt
    band_edges: list[float]
    points: list[OperatingPoint]
    prevalence: float
    n_exams: int
    n_cancers: int
    n_banded: int
    first_day: str
    last_day: str

    @property
    def name(self) -> str:
        """The scope in words."""
        own = [value for value in self.scope.values() if value != ANY]
        return " ".join(own) or "pooled"

    @property
    def data(self) -> str:
        """Which exams it was fitted on."""
        return (
            f"{self.n_exams} exams of {self.first_day} to {self.last_day} with known outcome, "
            f"weighted to {self.prevalence:.3%} cancers among those read; bands of "
            f"{self.n_banded} scored exams"
        )


def fit_scopes(exams: pl.DataFrame, recall_rate: float) -> tuple[list[Fit], list[str]]:
    """Fit the pooled scope, and each manufacturer and software that has enough.

    Args:
        exams: Of `tasks.publish.scored_outcomes`.
        recall_rate: Highest share of the programme to recall, for the point `recall`.

    Returns:
        The fits, pooled first; and a sentence for each scope that shares the pooled one.

    Raises:
        TooFewOutcomesError: If not even all exams together suffice.
    """
    everywhere: dict[str, str] = dict.fromkeys(SCOPE, ANY)
    if reason := _insufficient(exams, MIN_CANCERS):
        raise TooFewOutcomesError(f"{reason} Import outcomes first: `mammo outcomes import`.")
    fits, notes = [_fit(exams, exams, everywhere, recall_rate)], list[str]()
    for values, part in sorted(exams.partition_by(OWN_SCOPE, as_dict=True).items()):
        scope = everywhere | dict(zip(OWN_SCOPE, map(str, values), strict=True))
        if reason := _insufficient(part, MIN_EXAMS):
            notes.append(f"{' '.join(map(str, values))} shares the pooled one: {reason}")
        else:
            fits.append(_fit(part, exams, scope, recall_rate))
    return fits, notes


def _insufficient(exams: pl.DataFrame, min_exams: int) -> str | None:
    """Why a scope cannot be fitted alone; None where it can."""
    known = exams.drop_nulls("is_cancer")
    n_cancers = int(known["is_cancer"].sum())
    n_others = known.height - n_cancers
    if min(n_cancers, n_others) < MIN_CANCERS or known.height < min_exams:
        return (
            f"{known.height} exams with known outcome, {n_cancers} of them cancers; "
            f"{max(min_exams, 2 * MIN_CANCERS)} and {MIN_CANCERS} are needed."
        )
    mapping = fit_platt(known["is_cancer"], known["exam_score"])
    if mapping.slope <= 0:
        return f"scores do not rise with cancer (slope {mapping.slope:.2f})."
    return None


def _fit(
    part: pl.DataFrame, everything: pl.DataFrame, scope: dict[str, str], recall_rate: float
) -> Fit:
    known = part.drop_nulls("is_cancer")
    truth = known["is_cancer"].to_numpy().astype(np.bool_)
    score = known["exam_score"].to_numpy()
    prevalence = _prevalence(part)
    banded = part if part.height >= MIN_BAND_EXAMS else everything
    days = known["exam_date"].drop_nulls()
    return Fit(
        scope=scope,
        mapping=fit_platt(truth, score, prevalence),
        band_edges=band_edges(banded["exam_score"]),
        points=standard_points(truth, score, prevalence, recall_rate),
        prevalence=prevalence,
        n_exams=known.height,
        n_cancers=int(truth.sum()),
        n_banded=banded.height,
        first_day=str(days.min()),
        last_day=str(days.max()),
    )


def _prevalence(part: pl.DataFrame) -> float:
    """Cancers among the exams that are read or whose outcome is known.

    Negative readings without follow-up have no known truth, and are most of the programme.
    """
    seen = part.filter(pl.col("is_cancer").is_not_null() | pl.col("is_recalled").is_not_null())
    return int(seen["is_cancer"].sum()) / seen.height


def calibration_rows(
    fits: Sequence[Fit], model_version: str, now: datetime
) -> list[dict[str, Any]]:
    """Rows of `calibrations`; a later one of a scope holds instead of an earlier one."""
    return [
        {
            "calibration_id": _identifier(fit, model_version, now),
            **fit.scope,
            "model_version": model_version,
            "slope": fit.mapping.slope,
            "intercept": fit.mapping.intercept,
            "band_edges": fit.band_edges,
            "data": fit.data,
            "n_exams": fit.n_exams,
            "n_cancers": fit.n_cancers,
            "fitted_at": now,
        }
        for fit in fits
    ]


def _identifier(fit: Fit, model_version: str, now: datetime) -> str:
    scope = hashlib.sha256("\0".join(fit.scope.values()).encode()).hexdigest()[:8]
    return f"{model_version}-{scope}-{now:%Y%m%dT%H%M%S}"


def point_rows(
    fits: Sequence[Fit], model_version: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """Rows of `operating_points`."""
    for fit in fits:
        for point in fit.points:
            yield {
                "name": point.name,
                **fit.scope,
                "model_version": model_version,
                "threshold": threshold_from_above(point.threshold),
                **_interval("sensitivity", point.sensitivity),
                **_interval("specificity", point.specificity),
                "data": f"{point.rule}; {fit.data}",
                "fitted_at": now,
            }


def _interval(name: str, share: Any) -> dict[str, float]:
    return {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
