"""Score drift: a simulated software upgrade is noticed, and the list is ordered otherwise."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tasks.publish.drift import find_drift, with_ordering

FIRST_DAY = date(2026, 11, 2)
N_DAYS, EXAMS_A_DAY = 30, 36


def exams(
    n_days: int = N_DAYS, upgrade: int | None = None, software: str = "1.0", seed: int = 1
) -> pl.DataFrame:
    """Two mammographs' scores; from day `upgrade` on one of them scores three times higher."""
    return pl.DataFrame(
        list(_rows(n_days, upgrade, software, seed)),
        orient="row",
        schema={
            "exam_key": pl.String,
            "manufacturer": pl.String,
            "software_versions": pl.String,
            "exam_date": pl.Date,
            "exam_score": pl.Float32,
            "calibrated_score": pl.Float32,
        },
    )


def _rows(n_days: int, upgrade: int | None, software: str, seed: int) -> Iterator[tuple]:
    generator = np.random.default_rng(seed)
    for day in range(n_days):
        for maker in ("GE", "Fuji"):
            is_after = upgrade is not None and day >= upgrade and maker == "Fuji"
            for number, drawn in enumerate(generator.beta(1.2, 8, EXAMS_A_DAY)):
                score = min(1.0, 3 * drawn) if is_after else drawn
                version = software if is_after else "1.0"
                yield (
                    f"{maker}-{day}-{number}",
                    maker,
                    version,
                    FIRST_DAY + timedelta(days=day),
                    score,
                    score,
                )


@pytest.mark.parametrize("software", ["1.0", "2.0"])
def test_an_upgrade_raises_the_alarm_within_two_nights(software: str) -> None:
    alarms = [
        [drift.manufacturer for drift in find_drift(exams(20 + n_nights, 20, software))]
        for n_nights in (0, 1, 2)
    ]
    assert alarms[0] == []
    assert ["Fuji"] in alarms[1:]


def test_quiet_nights_raise_none() -> None:
    alarms = [find_drift(exams(10, seed=seed)) for seed in range(40)]
    assert sum(map(bool, alarms)) == 0


def test_too_few_exams_say_nothing() -> None:
    few = exams(22, 20).filter(pl.col("exam_key").str.ends_with("-1"))
    assert find_drift(few) == []


def test_without_drift_the_calibrated_score_orders() -> None:
    listed = with_ordering(exams(3), exams(3), [])
    assert listed["ordering_score"].to_list() == listed["calibrated_score"].to_list()
    assert set(listed["ordering"]) == {"score"}


def test_drifted_exams_share_the_top_of_the_list_with_the_others() -> None:
    scored = exams(22, 20)
    top = with_ordering(scored, scored, find_drift(scored)).top_k(
        scored.height // 10, by="ordering_score"
    )
    n_after = scored.filter(pl.col("exam_date") >= FIRST_DAY + timedelta(days=20)).height // 2
    share = top.filter(pl.col("has_drifted")).height / n_after
    assert 0.05 <= share <= 0.15
    assert set(top["ordering"]) == {"percentile"}


def test_an_unscored_exam_has_no_place_by_percentile() -> None:
    scored = exams(22, 20)
    unscored = scored.head(1).with_columns(exam_key=pl.lit("none"), exam_score=None)
    listed = with_ordering(unscored, scored, find_drift(scored))
    assert listed["ordering_score"].to_list() == [None]
    assert listed["has_drifted"].to_list() == [False]
