"""Calibrations are chosen by scope and applied as Platt's sigmoid and decile bands."""

import math
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tasks.errors import ContractViolation
from tasks.score.calibration import band, calibrated_score, choose_calibrations

FITTED_AT = datetime(2026, 11, 24, tzinfo=UTC)
EDGES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def scopes(site: str, manufacturer: str, software_versions: str = "1") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "site": [site],
            "manufacturer": [manufacturer],
            "software_versions": [software_versions],
        }
    )


def calibrations(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            dict(
                zip(
                    ("calibration_id", "site", "manufacturer", "software_versions"),
                    row,
                    strict=True,
                ),
                fitted_at=FITTED_AT - timedelta(days=len(rows) - place),
                slope=1.0,
                intercept=0.0,
                band_edges=EDGES,
            )
            for place, row in enumerate(rows)
        ]
    )


def chosen_id(scope: pl.DataFrame, *rows: tuple[str, str, str, str]) -> str:
    return choose_calibrations(scope, calibrations(*rows))["calibration_id"][0]


def test_the_most_specific_calibration_wins():
    rows = [
        ("any", "*", "*", "*"),
        ("ge", "*", "GE", "*"),
        ("ge-2", "*", "GE", "2"),
        ("here", "S1", "*", "*"),
    ]
    assert chosen_id(scopes("S1", "GE", "2"), *rows) == "ge-2"
    assert chosen_id(scopes("S2", "GE", "1"), *rows) == "ge"
    assert chosen_id(scopes("S1", "Fuji"), *rows) == "here"
    assert chosen_id(scopes("S2", "Fuji"), *rows) == "any"


def test_of_one_scope_the_last_fitted_holds():
    rows = [("b-first", "*", "*", "*"), ("c-then", "*", "*", "*"), ("a-last", "*", "*", "*")]
    assert chosen_id(scopes("S1", "GE"), *rows) == "a-last"
    assert chosen_id(scopes("S1", "GE"), *rows[:2]) == "c-then"


def test_a_combination_without_calibration_stops_the_night():
    with pytest.raises(ContractViolation, match="Fuji"):
        choose_calibrations(scopes("S1", "Fuji"), calibrations(("ge", "*", "GE", "*")))


@pytest.mark.parametrize(
    ("score", "expected"), [(0.0, 1), (0.0999, 1), (0.1, 2), (0.55, 6), (0.9, 10), (1.0, 10)]
)
def test_band_counts_the_edges_at_or_below_the_score(score, expected):
    frame = pl.DataFrame({"exam_score": [score], "band_edges": [EDGES]})
    assert frame.select(b=band())["b"][0] == expected


def test_calibrated_score_is_the_sigmoid_of_the_scaled_logit():
    frame = pl.DataFrame({"exam_score": [0.8], "slope": [2.0], "intercept": [-1.0]})
    expected = 1 / (1 + math.exp(-(2 * math.log(4) - 1)))
    assert frame.select(s=calibrated_score())["s"][0] == pytest.approx(expected, rel=1e-6)
