"""The indicators equal hand counts on a campaign of a hundred women, and hide few of them."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.lake.schemas import FOLLOW_UPS, OUTCOMES, REGISTRATIONS
from tasks.publish.indicators import (
    INDICATORS,
    Group,
    by_group,
    count,
    equity_ratio,
    hidden_shares,
    missing,
    shown_part,
)
from tasks.publish.programme import programme_facts, with_durations
from tasks.publish.proportions import Proportion

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EXAM_DAY, READ_DAY, AS_OF = date(2025, 6, 1), date(2025, 6, 4), date(2026, 11, 24)
BY_NAME = {indicator.name: indicator for indicator in INDICATORS}


def row(table, **values):
    return {**dict.fromkeys(table.schema), **values}


def outcome(index, source, **values):
    return row(
        OUTCOMES,
        exam_key=f"e{index}",
        breast="L",
        source=source,
        recorded_at=NOW,
        read_date=READ_DAY,
        **values,
    )


def exams_of(outcomes, follow_ups=(), registrations=(), n=100):
    """`n` exams of one day; the first half from Ancud, the rest from Castro."""
    facts = programme_facts(
        OUTCOMES.frame(list(outcomes)),
        REGISTRATIONS.frame(list(registrations)),
        FOLLOW_UPS.frame(list(follow_ups)),
    )
    keys = pl.DataFrame({"exam_key": [f"e{index}" for index in range(n)]})
    exams = keys.join(facts, on="exam_key", how="left").with_columns(
        day=pl.lit(EXAM_DAY), as_of=pl.lit(AS_OF), is_top_tenth=pl.lit(None, pl.Boolean)
    )
    return with_durations(exams)


@pytest.fixture(scope="module")
def hundred():
    """20 of 100 recalled; 8 of them with cancer, 12 without; 6 more cancers came later.

    Of the 8, six are invasive, five of them up to 10 mm; 15 of the 20 were diagnosed in time.
    """
    outcomes, follow_ups = [], []
    for index in range(100):
        is_recalled = index < 20
        outcomes.append(outcome(index, "reader", birads_assessment="4" if is_recalled else "2"))
        if is_recalled:
            outcomes.append(outcome(index, "pathology", is_malignant=index < 8))
        elif index < 26:
            outcomes.append(outcome(index, "registry", is_malignant=True))
        days = 30 if index < 15 else 60
        follow_ups.append(
            row(
                FOLLOW_UPS,
                exam_key=f"e{index}",
                biopsy_done=index < 10,
                is_invasive=index < 6 if index < 8 else None,
                tumour_size_mm=(9.0 if index < 5 else 25.0) if index < 6 else None,
                diagnosis_date=READ_DAY + timedelta(days) if is_recalled else None,
                follow_up_months=None if is_recalled else 12,
            )
        )
    towns = [
        row(REGISTRATIONS, exam_key=f"e{index}", comuna="Ancud" if index % 2 else "Castro")
        for index in range(100)
    ]
    return exams_of(outcomes, follow_ups, towns)


@pytest.mark.parametrize(
    ("name", "n_events", "n"),
    [
        ("recall_rate", 20, 100),
        ("detection_rate", 8, 100),
        ("invasive_detection_rate", 6, 100),
        ("ppv1", 8, 20),
        ("ppv3", 8, 10),
        ("sensitivity", 8, 14),
        ("specificity", 74, 86),
        ("interval_rate", 6, 80),
        ("small_tumours", 5, 6),
        ("large_tumours", 1, 6),
        ("minimal_cancers", 7, 8),
        ("ges_diagnosis", 15, 20),
    ],
)
def test_an_indicator_equals_the_hand_count(hundred, name, n_events, n):
    assert count(BY_NAME[name], hundred) == Proportion(n_events, n)


@pytest.mark.parametrize("name", ["sensitivity", "specificity"])
def test_an_exam_counts_for_accuracy_once_a_year_could_tell(hundred, name):
    young = hundred.with_columns(day=pl.lit(AS_OF - timedelta(days=90)))
    assert count(BY_NAME[name], young) == Proportion(0, 0)


@pytest.mark.parametrize(
    ("name", "lacks"),
    [("recall_first", ["is_first_screen"]), ("technical_recall", ["technical_recall"])],
)
def test_what_no_register_knows_is_named(hundred, name, lacks):
    assert missing(BY_NAME[name], hundred) == lacks


def test_nothing_is_computable_before_anyone_has_read():
    unread = exams_of([], n=3)
    assert all(missing(indicator, unread) for indicator in INDICATORS)


def test_a_suspicion_left_open_counts_as_late(hundred):
    still_open = exams_of([outcome(0, "reader", recalled=True)], n=1)
    assert still_open["overdue_days"].to_list() == [(AS_OF - READ_DAY).days]
    assert count(BY_NAME["ges_diagnosis"], still_open) == Proportion(0, 1)


def test_the_worse_breast_speaks_for_the_exam():
    both = [
        outcome(0, "reader", birads_assessment="1") | {"breast": "R"},
        outcome(0, "reader", birads_assessment="5"),
    ]
    exam = exams_of(both, n=1).row(0, named=True)
    assert (exam["birads_assessment"], exam["is_recalled"]) == ("5", True)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.name)
def test_the_groups_add_up_to_the_whole(hundred, indicator):
    parts = [count(indicator, hundred.filter(comuna=town)) for town in ("Ancud", "Castro")]
    whole = count(indicator, hundred)
    assert sum(part.n_events for part in parts) == whole.n_events
    assert sum(part.n for part in parts) == whole.n


def test_a_group_of_few_is_hidden_and_so_is_the_one_it_follows_from(hundred):
    recall, detection = (
        by_group(BY_NAME[name], hundred, "comuna") for name in ("recall_rate", "detection_rate")
    )
    assert recall == [Group("Ancud", Proportion(10, 50)), Group("Castro", Proportion(10, 50))]
    assert detection == [Group("Ancud", None), Group("Castro", None)]
    assert equity_ratio(recall) == 1
    assert equity_ratio(detection) is None


def test_a_filter_shows_nothing_that_the_rest_would_tell():
    whole = Proportion(20, 100)
    assert shown_part(whole, Proportion(10, 50)) == Proportion(10, 50)
    assert shown_part(whole, Proportion(17, 90)) is None
    assert shown_part(whole, whole) == whole


shares = st.lists(
    st.integers(0, 30).flatmap(
        lambda n: st.integers(0, n).map(lambda events: Proportion(events, n))
    ),
    min_size=1,
    max_size=6,
)


@given(shares)
def test_no_share_that_is_shown_rests_on_few_women(groups):
    for share, is_hidden in zip(groups, hidden_shares(groups), strict=True):
        if not is_hidden:
            others = share.n - share.n_events
            assert not {share.n_events, others, share.n} & {1, 2, 3, 4}
