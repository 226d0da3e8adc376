"""Exam scores to probabilities and bands, by the calibration rows that hold for each exam.

Calibrations are data (table `calibrations`): the most specific row wins, and no constant stands
in for a missing one.
"""

import polars as pl

from tasks.errors import ContractViolation

SCOPE = ("site", "manufacturer", "software_versions")
"""What a calibration may be restricted to, weakest first; `*` holds for every value."""

ANY = "*"
_EPSILON = 1e-6


def choose_calibrations(scopes: pl.DataFrame, calibrations: pl.DataFrame) -> pl.DataFrame:
    """Find the calibration that holds for each combination of site, manufacturer and software.

    The most specific one holds; of several with one scope the last fitted.

    Args:
        scopes: Columns of `SCOPE`, one row a combination.
        calibrations: Rows of the table `calibrations` of one model version.

    Returns:
        `scopes` with calibration_id, slope, intercept and band_edges.

    Raises:
        ContractViolation: If no row holds for some combination.
    """
    named = calibrations.select(
        *(pl.col(name).alias(f"of_{name}") for name in SCOPE),
        "calibration_id",
        "fitted_at",
        "slope",
        "intercept",
        "band_edges",
    )
    matches = scopes.unique().join(named, how="cross").filter(*(_holds(name) for name in SCOPE))
    weight = pl.sum_horizontal(
        (pl.col(f"of_{name}") != ANY) * 2**place for place, name in enumerate(SCOPE)
    )
    chosen = (
        matches.with_columns(weight.alias("weight"))
        .sort("weight", "fitted_at", "calibration_id", descending=[True, True, False])
        .unique(subset=SCOPE, keep="first", maintain_order=True)
        .drop("weight", "fitted_at", *(f"of_{name}" for name in SCOPE))
    )
    lacking = scopes.unique().join(chosen, on=SCOPE, how="anti")
    if lacking.height:
        raise ContractViolation(
            f"No calibration holds for {lacking.row(0, named=True)}: add one to `calibrations`."
        )
    return chosen


def _holds(name: str) -> pl.Expr:
    return (pl.col(f"of_{name}") == ANY) | (pl.col(f"of_{name}") == pl.col(name))


def calibrated_score() -> pl.Expr:
    """Platt's sigmoid of the exam score's logit, from columns exam_score, slope and intercept.

    References:
        Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
    """
    score = pl.col("exam_score").cast(pl.Float64).clip(_EPSILON, 1 - _EPSILON)
    logit = (score / (1 - score)).log()
    return (1 / (1 + (-(pl.col("slope") * logit + pl.col("intercept"))).exp())).cast(pl.Float32)


def band() -> pl.Expr:
    """1-10: one more than the number of `band_edges` at or below the exam score."""
    score = pl.col("exam_score").cast(pl.Float64)
    passed = pl.sum_horizontal(
        pl.col("band_edges").list.get(place) <= score for place in range(9)
    )
    return (1 + passed).cast(pl.Int8)
