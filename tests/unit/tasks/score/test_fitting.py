"""Calibrations fit what a programme's outcomes say, and state what they rest on."""

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from models.calibration import logit
from tasks.lake.schemas import CALIBRATIONS, OPERATING_POINTS
from tasks.score.calibration import band, calibrated_score
from tasks.score.fitting import (
    TooFewOutcomesError,
    calibration_rows,
    fit_scopes,
    point_rows,
)

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
SCHEMA = {"is_cancer": pl.Boolean, "is_recalled": pl.Boolean}


def exams_of(maker, n, n_cancers, n_unknown=0, seed=1, shift=0.0):
    """Scored exams of one mammograph: cancers score higher; the last are of unknown outcome."""
    random = np.random.default_rng(seed)
    is_cancer = np.arange(n) < n_cancers
    score = np.where(is_cancer, random.beta(4, 2, n), random.beta(1.2, 4, n)) * (1 - shift)
    truth = [None if place >= n - n_unknown else bool(is_cancer[place]) for place in range(n)]
    return pl.DataFrame(
        {
            "exam_key": [f"{maker}{place}" for place in range(n)],
            "site": "S",
            "manufacturer": maker,
            "software_versions": "1",
            "exam_date": date(2026, 1, 1),
            "exam_score": score,
            "is_cancer": truth,
            "is_recalled": [bool(value) for value in is_cancer],
        },
        schema_overrides=SCHEMA,
    )


@pytest.fixture(scope="module")
def two_makers():
    return pl.concat([exams_of("GE", 2000, 60), exams_of("Fuji", 400, 4, seed=2)])


def test_a_mammograph_with_enough_cancers_has_its_own(two_makers):
    fits, notes = fit_scopes(two_makers, 0.07)
    assert [fit.scope["manufacturer"] for fit in fits] == ["*", "GE"]
    assert [fit.n_cancers for fit in fits] == [64, 60]
    [note] = notes
    assert note.startswith("Fuji 1 shares the pooled one")
    assert "4 of them cancers" in note


def test_the_mapping_is_the_maximum_likelihood_one(two_makers):
    fits, _ = fit_scopes(two_makers, 0.07)
    oracle = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)
    oracle.fit(logit(two_makers["exam_score"])[:, None], two_makers["is_cancer"])
    assert fits[0].mapping.slope == pytest.approx(oracle.coef_[0, 0], rel=1e-3)
    assert fits[0].mapping.intercept == pytest.approx(oracle.intercept_[0], rel=1e-3)


def test_unknown_negatives_do_not_raise_the_probability():
    every = exams_of("GE", 4000, 60)
    half = exams_of("GE", 4000, 60, n_unknown=3000)
    for exams in (every, half):
        [fit, *_], _ = fit_scopes(exams, 0.07)
        rows = pl.DataFrame(calibration_rows([fit], "1", NOW))
        both = exams.select("exam_score").join(rows.select("slope", "intercept"), how="cross")
        mean = both.select(calibrated_score()).to_series().mean()
        assert mean == pytest.approx(60 / 4000, rel=0.15)


def test_bands_are_tenths_of_the_programme(two_makers):
    fits, _ = fit_scopes(two_makers, 0.07)
    edges = pl.DataFrame({"band_edges": [fits[1].band_edges]})
    own = two_makers.filter(manufacturer="GE").select("exam_score").join(edges, how="cross")
    shares = own.select(band()).to_series().value_counts()["count"] / own.height
    assert shares.len() == 10
    assert shares.is_between(0.095, 0.105).all()


def test_points_keep_their_rules_and_intervals(two_makers):
    fits, _ = fit_scopes(two_makers, 0.07)
    points = OPERATING_POINTS.frame(list(point_rows(fits, "1", NOW)))
    assert points.height == 8
    pooled = points.filter(manufacturer="*", name="sensitivity_90").row(0, named=True)
    positive = two_makers.filter(pl.col("exam_score") >= pooled["threshold"])
    cancers = two_makers.filter("is_cancer").height
    assert positive.filter("is_cancer").height == np.ceil(0.9 * cancers)
    assert pooled["sensitivity_low"] < pooled["sensitivity"] < pooled["sensitivity_high"]
    assert "90 % of cancers" in pooled["data"]
    assert "2026-01-01" in pooled["data"]


def test_rows_are_the_tables(two_makers):
    fits, _ = fit_scopes(two_makers, 0.07)
    rows = CALIBRATIONS.frame(calibration_rows(fits, "1", NOW))
    assert rows["calibration_id"].n_unique() == 2


@pytest.mark.parametrize(
    ("exams", "sentence"),
    [
        (exams_of("GE", 500, 10), "10 of them cancers"),
        (exams_of("GE", 500, 0), "0 of them cancers"),
        (
            exams_of("GE", 500, 50).with_columns(exam_score=1 - pl.col("exam_score")),
            "do not rise with cancer",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(exams, sentence):
    with pytest.raises(TooFewOutcomesError, match=sentence):
        fit_scopes(exams, 0.07)
