"""Have the scores of a mammograph moved? The gate before a list is published.

It compares the last days of a manufacturer and software with the weeks before them, and knows
no truth: it says that something changed, not what. What the list does about it is decided by
`with_ordering`: exams are then compared with their own kind only.

References:
    de Vries et al. 2023, PMC10245180: recall tripled after a mammograph's software upgrade.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.shift import Shift, measure_shift
from tasks.publish.suppression import is_small

N_RECENT_DAYS = 2
"""Days with exams that are judged together: an alarm within two nights."""

REFERENCE_DAYS = 90
COMPARED_DAYS = 2 * REFERENCE_DAYS
"""Before a list's day: a mammograph that rests for a season still has its weeks before; one
that went for good is alarmed about no longer."""

MIN_RECENT, MIN_REFERENCE = 20, 60
"""Exams; with fewer, chance alone moves the index past its limit."""

PSI_LIMIT = 0.25
KS_P_LIMIT = 0.001
"""Both must be passed: the index says how far, the test that it is no chance."""

N_WEEKS = 12
"""Weeks with exams that a page looks back on."""

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


@dataclass(frozen=True)
class WeekOfScores:
    """A manufacturer's exams of one week, held against those before it.

    Args:
        manufacturer: Of the mammographs; None where the header does not say.
        week: Its Monday.
        n: Exams of the week.
        n_reference: Exams of the 90 days before it.
        median: Of the week's exam scores, 0-1; None of fewer than five exams.
        shift: By how much they moved; None where either side has too few exams.
    """

    manufacturer: str | None
    week: date
    n: int
    n_reference: int
    median: float | None
    shift: Shift | None

    @property
    def has_moved(self) -> bool:
        """Whether index and test both pass their limits."""
        return self.shift is not None and _has_moved(self.shift)


def weekly_scores(exams: pl.DataFrame, n_weeks: int = N_WEEKS) -> list[WeekOfScores]:
    """Hold each manufacturer's weeks against the 90 days before: by week, then manufacturer.

    Args:
        exams: Of one model version: manufacturer, exam_date and exam_score.
        n_weeks: The last ones with exams.
    """
    dated = exams.drop_nulls(["exam_date", "exam_score"]).with_columns(
        week=pl.col("exam_date").dt.truncate("1w")
    )
    weeks = dated["week"].unique().sort().tail(n_weeks)
    groups = dated.filter(pl.col("week").is_in(weeks.implode())).select("week", "manufacturer")
    found = groups.unique().sort("week", "manufacturer")
    return [_week_of(dated, maker, week) for week, maker in found.iter_rows()]


def _week_of(exams: pl.DataFrame, maker: str | None, week: date) -> WeekOfScores:
    first_day = week - timedelta(days=REFERENCE_DAYS)
    is_before = pl.col("exam_date").is_between(first_day, week, "left")
    of_maker = exams.filter(pl.col("manufacturer").eq_missing(pl.lit(maker, pl.String)))
    now, before = of_maker.filter(week=week), of_maker.filter(is_before)
    is_enough = now.height >= MIN_RECENT and before.height >= MIN_REFERENCE
    shift = measure_shift(_scores(now), _scores(before)) if is_enough else None
    median = None if is_small(now.height) else float(np.median(_scores(now)))
    return WeekOfScores(maker, week, now.height, before.height, median, shift)


def _has_moved(shift: Shift) -> bool:
    return shift.psi > PSI_LIMIT and shift.ks_p < KS_P_LIMIT


def find_drift(exams: pl.DataFrame) -> list[Drift]:
    """Find manufacturers and software whose scores moved in their last days.

    Args:
        exams: The scored exams of one model version over `COMPARED_DAYS`, read or not, and
            those that wait: manufacturer, software_versions, exam_date and exam_score.
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
            if _has_moved(shift):
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
