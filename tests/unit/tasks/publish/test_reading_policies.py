"""Reading policies on past exams: equal to the trials' simulators, and no small count told."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.trials import simulate
from tasks.publish.reading_policies import (
    POLICIES,
    apply,
    cuts,
    judged,
    nearest,
    trial_share,
)
from tasks.publish.reading_queue import compare_orders, read_by_score

TOLD = 8
"""Two kinds of exam, each told up to four behind the truth."""

BY_NAME = {policy.name: policy for policy in POLICIES}


def programme(n, n_cancers, seed=1):
    random = np.random.default_rng(seed)
    cancer = np.arange(n) < n_cancers
    score = np.where(cancer, random.beta(5, 2, n), random.beta(2, 5, n))
    days = [
        date(2026, 1, 5) + timedelta(days=int(day))
        for day in np.sort(random.integers(0, 90, n))
    ]
    return pl.DataFrame(
        {
            "exam_key": [f"{place:06}" for place in range(n)],
            "calibrated_score": score,
            "is_cancer": cancer,
            "is_recalled": random.random(n) < np.where(cancer, 0.8, 0.05),
            "day": random.permutation(np.array(days)).tolist(),
        },
        schema_overrides={"day": pl.Date},
    ).with_columns(
        read_date=pl.col("day") + pl.duration(days=(pl.int_range(pl.len()) % 30) + 2)
    )


@pytest.fixture(scope="module")
def exams():
    return judged(programme(20_000, 160))


@pytest.mark.parametrize("name", ["masai", "praim", "screentrustcad", "aitic"])
def test_a_policy_is_the_trials_simulator_with_one_reader(exams, name):
    found = cuts(exams)
    everything = found[-1].counts
    policy = BY_NAME[name]
    cut = nearest(found, trial_share(policy, everything))
    effect = apply(policy, cut, everything, 2)
    truth, recalled = exams["is_cancer"].to_numpy(), exams["is_recalled"].to_numpy()
    above = np.arange(exams.height) < cut.counts.n
    expected = {
        "masai": (1 + above, recalled),
        "praim": (2 + 0 * above, recalled | above),
        "screentrustcad": (1 + 0 * above, recalled | above),
        "aitic": (2 * above, recalled & above),
    }[name]
    assert effect.n_reads == expected[0].sum()
    assert effect.n_recalled == pytest.approx(expected[1].sum(), abs=TOLD)
    assert effect.found.n_events == pytest.approx((expected[1] & truth).sum(), abs=TOLD)


def test_the_shares_of_the_trials_give_what_their_simulator_gives(exams):
    scores, truth = exams["calibrated_score"].to_numpy(), exams["is_cancer"].to_numpy()
    designs = simulate(
        truth, scores, np.ones(truth.size), exams["is_recalled"].to_numpy()[:, None]
    )
    found = cuts(exams)
    for design in designs[2:]:
        policy = BY_NAME[design.name]
        cut = nearest(found, trial_share(policy, found[-1].counts))
        effect = apply(policy, cut, found[-1].counts, 2)
        assert effect.n_reads / exams.height == pytest.approx(design.reads_per_exam, abs=0.02)
        assert effect.n_recalled / exams.height == pytest.approx(design.recall_rate, abs=0.02)
        assert effect.found.value == pytest.approx(design.sensitivity, abs=0.05)


@given(st.integers(30, 600), st.integers(1, 40), st.integers(0, 10_000))
def test_no_two_answers_tell_of_one_to_four_exams_of_a_kind(n, n_cancers, seed):
    found = cuts(judged(programme(n, min(n, n_cancers), seed)))
    held = [(c.counts.found, c.counts.overlooked, c.counts.recalled_healthy) for c in found]
    differences = [
        higher - lower
        for place, above in enumerate(held)
        for below in held[place:]
        for lower, higher in zip(above, below, strict=True)
    ]
    assert not [n for n in differences if 0 < n < 5]
    assert not found or (found[0].share, found[-1].share) == (0, 1)


def test_the_more_is_read_the_fewer_cancers_are_lost(exams):
    found = cuts(exams)
    effects = [apply(BY_NAME["aitic"], cut, found[-1].counts, 2) for cut in found]
    lost = [effect.lost.n_events for effect in effects]
    assert lost == sorted(lost, reverse=True)
    assert (lost[0], lost[-1]) == (found[-1].counts.found, 0)


def test_an_exam_without_reading_or_truth_does_not_count():
    exams = programme(50, 20).with_columns(
        is_recalled=pl.when(pl.col("exam_key") != "000003").then("is_recalled")
    )
    assert judged(exams).height == 49


@pytest.mark.parametrize("n_cancers", [0, 3])
def test_too_few_cancers_leave_nothing_to_tell(n_cancers):
    exams = judged(programme(200, n_cancers))
    assert cuts(exams) == []
    assert compare_orders(exams) is None
    assert cuts(exams.clear()) == []


def test_by_score_the_highest_that_has_arrived_is_read_first_and_the_old_do_not_starve():
    day = 100
    arrivals = [day, day, day + 1]
    slots = [day, day + 1, day + 2]
    assert read_by_score(arrivals, [0.1, 0.5, 0.9], slots) == [slots[2], slots[0], slots[1]]
    late = day + 20
    queue = [day, *([late] * 9)]
    read = read_by_score(queue, [0.0, *([0.5] * 9)], [late] * 5 + [late + 9] * 5)
    assert read[0] == late


def test_every_slot_is_used_once_and_no_exam_is_read_before_it_arrives():
    exams = programme(800, 30).sort("day", "exam_key")
    arrivals = exams["day"].to_physical().to_list()
    slots = exams["read_date"].sort().to_physical().to_list()
    read = read_by_score(arrivals, exams["calibrated_score"].to_list(), slots)
    assert sorted(read) == slots
    assert all(on >= arrived for on, arrived in zip(read, arrivals, strict=True))


def test_a_good_score_reads_cancers_sooner_than_arrival():
    waiting = compare_orders(judged(programme(20_000, 800)))
    assert waiting.by_list.median < waiting.by_arrival.median
    assert waiting.n_sooner > 500
    assert 5 <= waiting.n_later < 100


def test_how_many_are_read_sooner_is_not_told_where_few_are_not(exams):
    """All but three: whoever knows that cancers are 160 would know of those three."""
    waiting = compare_orders(exams)
    assert waiting.by_list.median < waiting.by_arrival.median
    assert (waiting.n_sooner, waiting.n_later) == (None, None)
