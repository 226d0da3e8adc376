"""Rows by scope fit the lake's tables; scopes with few exams are pooled and named."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from models.evaluation.scopes import Programme, fit_scopes
from tasks.lake.schemas import CALIBRATIONS, OPERATING_POINTS

PROGRAMME = Programme(0.01, 0.07, "generated", datetime(2026, 11, 24, tzinfo=UTC))


def _exams() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    cancer = rng.random(700) < 0.1
    return pl.DataFrame(
        {
            "manufacturer": ["Large"] * 500 + ["Small"] * 200,
            "software_versions": "1.0",
            "model_version": "3",
            "exam_score": np.clip(rng.beta(2, 6, 700) + 0.2 * cancer, 0, 1),
            "is_cancer": cancer,
        }
    )


def test_rows_fit_the_lakes_tables():
    rows = fit_scopes(_exams(), PROGRAMME)
    assert CALIBRATIONS.frame(rows.calibrations).height == 2
    assert OPERATING_POINTS.frame(rows.operating_points).height == 8


def test_a_scope_with_few_cancers_is_pooled_and_said_so():
    rows = fit_scopes(_exams(), PROGRAMME)
    assert [row["manufacturer"] for row in rows.calibrations] == ["*", "Large"]
    (sentence,) = rows.pooled
    assert sentence.startswith("Small 1.0, model 3: 200 exams with")


def test_a_score_at_the_stored_threshold_is_positive():
    exams = _exams()
    rows = OPERATING_POINTS.frame(fit_scopes(exams, PROGRAMME).operating_points)
    point = rows.filter(pl.col("name") == "specificity_90", pl.col("manufacturer") == "*").row(
        0, named=True
    )
    healthy = exams.filter(~pl.col("is_cancer"))["exam_score"]
    assert (healthy < point["threshold"]).mean() == pytest.approx(point["specificity"])


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="No column 'manufacturer'"):
        fit_scopes(_exams().drop("manufacturer"), PROGRAMME)
