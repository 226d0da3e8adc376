"""Exams that still arrive, and exams that a late image opens again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tasks.lake.columns import Table
from tasks.lake.schemas import IMAGE_SCORES, INSTANCES, OBJECTS, OUTCOMES
from tasks.publish.completion import IS_REOPENED, find_arriving
from tasks.publish.exam_summaries import INSTANCE_COLUMNS, OBJECT_COLUMNS, summarise

NOW = datetime(2026, 11, 26, 5, tzinfo=UTC)
FOUR = ("L-CC", "L-MLO", "R-CC", "R-MLO")
PRESENTATION, PROCESSING = "FOR PRESENTATION", "FOR PROCESSING"


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def exam(
    *views: str,
    ages: tuple[float, ...] = (5,),
    intent: str = PRESENTATION,
    is_gone: bool = False,
) -> pl.DataFrame:
    """The summary of one exam; the last age holds for the views that are left."""
    instances, objects = [], []
    for number, view in enumerate(views):
        laterality, position = view.split("-")
        at = minutes_ago(ages[min(number, len(ages) - 1)])
        place = {"object_key": f"{number}.dcm", "etag": "e", "exam_key": "a"}
        named = {"image_laterality": laterality, "view_position": position}
        instances.append(place | named | {"presentation_intent_type": intent})
        times = {"first_seen_at": at, "last_modified_at": at}
        objects.append(place | times | {"gone_at": NOW if is_gone else None})
    return summarise(
        _frame(OBJECTS, OBJECT_COLUMNS, objects),
        _frame(INSTANCES, INSTANCE_COLUMNS, instances),
        IMAGE_SCORES.schema.to_frame(),
    )


def _frame(table: Table, names: Sequence[str], rows: list[dict]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: table.schema[name] for name in names})


def arriving(summaries: pl.DataFrame, quiet_minutes: float = 10) -> list[str]:
    return find_arriving(summaries, NOW, quiet_minutes).to_list()


def test_an_exam_that_lacks_a_view_waits_for_it():
    assert arriving(exam(*FOUR[:3])) == ["a"]


@pytest.mark.parametrize(
    "summaries",
    [
        exam(*FOUR),
        exam(*FOUR, FOUR[0]),
        exam(*FOUR[:3], ages=(60, 30, 11)),
        exam(*FOUR[:3], is_gone=True),
    ],
    ids=["whole", "with a repeat", "quiet for long", "taken away"],
)
def test_an_exam_that_is_whole_or_quiet_does_not_wait(summaries):
    assert arriving(summaries) == []


def test_the_newest_object_counts():
    assert arriving(exam(*FOUR[:3], ages=(300, 200, 1))) == ["a"]


def test_raw_images_are_not_the_views_that_are_expected():
    assert arriving(exam(*FOUR, intent=PROCESSING)) == ["a"]


def test_no_exam_waits_where_nobody_asks_for_it():
    assert arriving(exam(*FOUR[:3], ages=(0,)), quiet_minutes=0) == []


def is_reopened(ages: tuple[float, ...], read_age: float | None) -> bool | None:
    read_at = None if read_age is None else minutes_ago(read_age)
    summaries = exam(*FOUR, ages=ages).with_columns(
        read_at=pl.lit(read_at, OUTCOMES.schema["recorded_at"])
    )
    return summaries.select(IS_REOPENED).item()


@pytest.mark.parametrize(
    ("ages", "read_age", "expected"),
    [
        ((90, 90, 90, 20), 60, True),
        ((90, 90, 90, 90), 60, False),
        ((90, 90, 90, 20), 10, False),
        ((20, 20, 20, 10), 60, False),
        ((90, 90, 90, 20), None, None),
    ],
    ids=["late view", "in time", "read again", "imported before its images", "never read"],
)
def test_a_view_after_the_reading_opens_the_exam_again(ages, read_age, expected):
    assert is_reopened(ages, read_age) is expected
