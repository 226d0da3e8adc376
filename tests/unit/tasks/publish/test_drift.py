"""Score drift: a simulated software upgrade is noticed, and the list is ordered otherwise."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tasks.publish.drift import find_drift, weekly_scores, with_ordering

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


def a_week(monday: date, scores: list[float], maker: str | None = "GE") -> pl.DataFrame:
    """Exams of one week, a day's worth of them on each of its days in turn."""
    days = [monday + timedelta(days=place % 7) for place in range(len(scores))]
    columns = {"manufacturer": maker, "exam_date": days, "exam_score": scores}
    return pl.DataFrame(columns, schema_overrides={"manufacturer": pl.String})


def test_a_week_is_held_against_the_weeks_before_as_counted_by_hand() -> None:
    low, high = [0.1, 0.2, 0.3, 0.4, 0.5] * 12, [0.5] * 20
    weeks = weekly_scores(
        pl.concat([a_week(FIRST_DAY, low), a_week(FIRST_DAY + timedelta(days=7), high)])
    )
    assert [(one.week, one.n, one.n_reference) for one in weeks] == [
        (FIRST_DAY, 60, 0),
        (FIRST_DAY + timedelta(days=7), 20, 60),
    ]
    assert [one.median for one in weeks] == pytest.approx([0.3, 0.5])
    # Four fifths lay below 0.5 and nothing does now.
    assert weeks[1].shift.ks == pytest.approx(0.8)
    # Nine cuts at the deciles: five of the ten bins held 12, all 20 lie in the last of them,
    # and half an exam is added to each: 4 bins 0.5/25 against 12.5/65, 5 against 0.5/65, one
    # 20.5/25 against 12.5/65.
    assert weeks[1].shift.psi == pytest.approx(1.560 + 0.059 + 0.910, abs=0.001)
    assert [one.has_moved for one in weeks] == [False, True]


def test_a_quiet_week_has_not_moved_and_makers_are_kept_apart() -> None:
    weeks = weekly_scores(exams(28, upgrade=21))
    moved = {(one.manufacturer, one.week) for one in weeks if one.has_moved}
    assert moved == {("Fuji", FIRST_DAY + timedelta(days=21))}
    assert all(one.n == 7 * EXAMS_A_DAY for one in weeks)


def test_too_few_exams_of_a_week_give_no_figure_and_a_few_no_median() -> None:
    before = a_week(FIRST_DAY, [0.1] * 60, None)
    few = a_week(FIRST_DAY + timedelta(days=7), [0.9] * 19, None)
    weeks = weekly_scores(pl.concat([before, few]))
    assert (weeks[1].n, weeks[1].shift) == (19, None)
    assert weekly_scores(few.head(4))[0].median is None


def test_what_lies_over_ninety_days_back_is_no_reference() -> None:
    old = a_week(FIRST_DAY, [0.1] * 60)
    now = a_week(FIRST_DAY + timedelta(days=98), [0.9] * 30)
    assert weekly_scores(pl.concat([old, now]))[-1].n_reference == 0
