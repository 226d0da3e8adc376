"""Have the scores of a mammograph moved? The gate before a list is published.

It compares the last days of a manufacturer and software with the weeks before them, and knows
no truth: it says that something changed, not what. What the list does about it is decided by
`with_ordering`: exams are then compared with their own kind only.

References:
    de Vries et al. 2023, PMC10245180: recall tripled after a mammograph's software upgrade.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.shift import Shift, measure_shift

N_RECENT_DAYS = 2
"""Days with exams that are judged together: an alarm within two nights."""

REFERENCE_DAYS = 90
MIN_RECENT, MIN_REFERENCE = 20, 60
"""Exams; with fewer, chance alone moves the index past its limit."""

PSI_LIMIT = 0.25
KS_P_LIMIT = 0.001
"""Both must be passed: the index says how far, the test that it is no chance."""

ORDERINGS = ("score", "percentile")
_SCOPE = ("manufacturer", "software_versions")


@dataclass(frozen=True)
class Drift:
    """Scores that moved.

    Args:
        manufacturer: Of the mammographs; None where the header does not say.
        software_versions: Of them.
        n_recent: Exams of the last days.
        n_reference: Exams that they were held against.
        shift: By how much.
        is_new_software: Whether the reference is of the manufacturer's other software.
    """

    manufacturer: str | None
    software_versions: str | None
    n_recent: int
    n_reference: int
    shift: Shift
    is_new_software: bool

    @property
    def sentence(self) -> str:
        """What a person reads in the morning."""
        against = "its former software's" if self.is_new_software else "the weeks before"
        return (
            f"Scores of {self.manufacturer} {self.software_versions} moved: {self.n_recent} "
            f"exams against {self.n_reference} of {against}, PSI {self.shift.psi:.2f} (limit "
            f"{PSI_LIMIT}), KS p {self.shift.ks_p:.1g} (limit {KS_P_LIMIT}). The list is "
            "ordered by percentile within manufacturer and software: check the mammograph, "
            "then calibrate anew."
        )


def find_drift(exams: pl.DataFrame) -> list[Drift]:
    """Find manufacturers and software whose scores moved in their last days.

    Args:
        exams: Every scored exam of one model version, read or not: manufacturer,
            software_versions, exam_date and exam_score.
    """
    dated = exams.drop_nulls(["exam_date", "exam_score"])
    return list(_drifts(dated))


def _drifts(exams: pl.DataFrame) -> Iterator[Drift]:
    scopes = exams.select(_SCOPE).unique().sort(_SCOPE)
    for maker, software in scopes.iter_rows():
        of_scope = exams.filter(_is_of((maker, software)))
        recent = of_scope.filter(_is_recent(of_scope))
        first_day = recent["exam_date"].min()
        is_before = (pl.lit(first_day) > pl.col("exam_date")) & (
            pl.col("exam_date") >= pl.lit(first_day) - timedelta(days=REFERENCE_DAYS)
        )
        reference = of_scope.filter(is_before)
        is_new = reference.height < MIN_REFERENCE
        if is_new:  # an upgrade changes the software: its former exams are the reference
            of_maker = pl.col("manufacturer").eq_missing(pl.lit(maker, pl.String))
            reference = exams.filter(of_maker & is_before)
        if recent.height >= MIN_RECENT and reference.height >= MIN_REFERENCE:
            shift = measure_shift(_scores(recent), _scores(reference))
            if shift.psi > PSI_LIMIT and shift.ks_p < KS_P_LIMIT:
                yield Drift(maker, software, recent.height, reference.height, shift, is_new)


def with_ordering(
    exams: pl.DataFrame, scored: pl.DataFrame, drifts: Sequence[Drift]
) -> pl.DataFrame:
    """Say by what each exam of a list is ordered: its score, or its percentile if scores moved.

    A percentile is among the exams of the same manufacturer and software, read or not, and
    where those moved among those of the same side of the change.

    Args:
        exams: Those of the list, with calibrated_score, null where unscored.
        scored: As `find_drift` takes them, with exam_key.
        drifts: From `find_drift`.

    Returns:
        `exams` with ordering (one of ORDERINGS), ordering_score and has_drifted.
    """
    if not drifts:
        return exams.with_columns(
            ordering=pl.lit("score"),
            ordering_score="calibrated_score",
            has_drifted=pl.lit(value=False),
        )
    return (
        exams.join(_percentiles(scored, drifts), on="exam_key", how="left")
        .with_columns(pl.col("has_drifted").fill_null(value=False))
        .with_columns(ordering=pl.lit("percentile"))
    )


def _percentiles(scored: pl.DataFrame, drifts: Sequence[Drift]) -> pl.DataFrame:
    moved = pl.any_horizontal(
        _is_of((drift.manufacturer, drift.software_versions)) for drift in drifts
    )
    day = pl.col("exam_date").rank("dense", descending=True).over(_SCOPE)
    cohort = (*_SCOPE, "has_drifted")
    rank = pl.col("exam_score").rank("average").over(cohort)
    percentile = (rank - 0.5) / pl.col("exam_score").count().over(cohort)
    return scored.with_columns(
        has_drifted=(moved & (day <= N_RECENT_DAYS)).fill_null(value=False)
    ).select("exam_key", "has_drifted", ordering_score=percentile.cast(pl.Float32))


def _is_of(scope: tuple[str | None, ...]) -> pl.Expr:
    return pl.all_horizontal(
        pl.col(name).eq_missing(pl.lit(value, pl.String))
        for name, value in zip(_SCOPE, scope, strict=True)
    )


def _is_recent(exams: pl.DataFrame) -> pl.Expr:
    days = exams["exam_date"].unique().sort(descending=True).head(N_RECENT_DAYS)
    return pl.col("exam_date").is_in(days.implode())


def _scores(exams: pl.DataFrame) -> NDArray[np.float64]:
    return exams["exam_score"].cast(pl.Float64).to_numpy()
