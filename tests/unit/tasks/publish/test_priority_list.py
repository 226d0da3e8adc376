"""The list orders every exam and removes none."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.lake.schemas import EXAM_SCORES, PRIORITY_LISTS
from tasks.publish.priority_list import AGEING_DAYS, AGEING_EVERY, order_exams

TODAY = date(2026, 11, 23)


def exam(key: str, score: float | None, waiting_days: int = 1, **values: object) -> dict:
    columns = {**PRIORITY_LISTS.schema, **EXAM_SCORES.schema}
    row = dict.fromkeys(columns)
    row |= {
        "exam_key": key,
        "exam_score": score,
        "calibrated_score": score,
        "ordering": "score",
        "ordering_score": score,
        "has_drifted": False,
        "exam_date": TODAY - timedelta(days=waiting_days),
        "site": "S",
        "manufacturer": "M",
        "reason": None if score is not None else "truncated",
        "views": "L-CC,L-MLO,R-CC,R-MLO",
        "n_images_scored": 4,
        "n_images_unscorable": 0,
        "has_implant": False,
    }
    return row | values


def frame(*exams: dict) -> pl.DataFrame:
    schema = {
        **PRIORITY_LISTS.schema,
        **EXAM_SCORES.schema,
        "has_implant": pl.Boolean(),
        "ordering_score": pl.Float32(),
        "has_drifted": pl.Boolean(),
    }
    return pl.DataFrame(exams, schema=schema)


def keys(*exams: dict) -> list[str]:
    return order_exams(frame(*exams), TODAY)["exam_key"].to_list()


def test_higher_scores_are_read_first_and_unscorable_exams_before_them():
    assert keys(exam("low", 0.1), exam("none", None), exam("high", 0.9)) == [
        "none",
        "high",
        "low",
    ]


def test_a_tie_goes_to_the_longer_wait_then_to_the_key():
    assert keys(exam("b", 0.5), exam("a", 0.5), exam("old", 0.5, waiting_days=3)) == [
        "old",
        "a",
        "b",
    ]


def test_every_fifth_place_goes_to_the_longest_wait_past_the_limit():
    exams = [exam(f"e{place:02}", 0.9 - place / 100) for place in range(12)]
    ordered = order_exams(
        frame(*exams, exam("starving", 0.01, waiting_days=AGEING_DAYS + 1)), TODAY
    )
    starving = ordered.filter(pl.col("exam_key") == "starving").row(0, named=True)
    assert (starving["rank"], starving["reason"]) == (AGEING_EVERY, "aged")
    assert ordered.height == 13


def test_flags_say_what_is_unusual():
    rows = order_exams(
        frame(
            exam("a", 0.5, views="L-CC,R-CC,R-MLO", n_images_unscorable=1),
            exam("b", 0.4, views="L-CC,L-CC,L-MLO,R-CC,R-MLO", has_implant=True),
            exam("c", 0.3),
        ),
        TODAY,
    )
    assert rows["flags"].to_list() == [
        "views_missing,image_unscorable",
        "extra_views,implant",
        "",
    ]


EXAMS = st.lists(
    st.builds(
        exam,
        st.uuids().map(str),
        st.none() | st.floats(0, 1, width=32),
        st.integers(0, 60),
    ),
    max_size=30,
    unique_by=lambda row: row["exam_key"],
)


@given(EXAMS, st.randoms(use_true_random=False))
def test_every_exam_is_listed_once_whatever_the_order(exams, random):
    rows = order_exams(frame(*exams), TODAY)
    again = order_exams(frame(*random.sample(exams, len(exams))), TODAY)
    assert sorted(rows["exam_key"]) == sorted(row["exam_key"] for row in exams)
    assert rows["rank"].to_list() == list(range(1, len(exams) + 1))
    assert rows.equals(again)
