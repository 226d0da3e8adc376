"""A list is made from every exam that waits, and the days that scores are compared over."""

from datetime import UTC, datetime, time, timedelta

import polars as pl
import pytest

from tasks.lake.schemas import EXAM_SCORES, INSTANCES, OBJECTS, OUTCOMES, PRIORITY_LISTS
from tasks.lake.store import Lake
from tasks.publish.drift import COMPARED_DAYS
from tasks.publish.publication import LATE_VIEW, publish_list
from tasks.run import Run
from tests.support.programme_lake import LAST_DAY, complete, fill_programme

NEXT_DAY = LAST_DAY + timedelta(days=1)
RUN = Run("tonight", NEXT_DAY, datetime.combine(NEXT_DAY, time(5), UTC))
RETIRED = {"manufacturer": "Retired", "software_versions": "1"}


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def listed(lake: Lake) -> pl.DataFrame:
    return lake.read(PRIORITY_LISTS, where=pl.col("list_date") == RUN.list_date)


def test_the_exams_that_nobody_read_are_listed_and_no_others(lake):
    exams = fill_programme(lake, 300)
    publish_list(lake, "1", RUN)
    unread = exams.filter(pl.col("read_date").is_null())
    assert 0 < unread.height < exams.height
    assert set(listed(lake)["exam_key"]) == set(unread["exam_key"])


def test_an_exam_read_before_its_last_image_is_listed_again_however_long_ago(lake):
    exams = fill_programme(lake, 300)
    is_old = pl.col("exam_date") < LAST_DAY - timedelta(days=COMPARED_DAYS + 30)
    old = exams.filter(is_old, state="scored").head(1)
    late = old.with_columns(
        sop_instance_key=pl.lit("late"), object_key=pl.lit("late.dcm"), etag=pl.lit("late"),
        image_laterality=pl.lit("R"), view_position=pl.lit("CC"), state=pl.lit("unscorable"),
        reason=pl.lit("truncated"), gone_at=pl.lit(None),
        first_seen_at=RUN.started_at, changed_at=RUN.started_at,
        last_modified_at=RUN.started_at,
    )  # fmt: skip
    for table in (OBJECTS, INSTANCES):
        lake.insert_new(table, complete(table, late))
    publish_list(lake, "1", RUN)
    row = listed(lake).filter(exam_key=old["exam_key"].item())
    assert row.height == 1
    assert LATE_VIEW in row["flags"].item().split(",")
    assert row["exam_score"].item() == pytest.approx(old["exam_score"].item())


@pytest.mark.parametrize(("days_ago", "is_alarmed"), [(40, True), (COMPARED_DAYS + 20, False)])
def test_a_mammograph_that_went_for_good_is_no_alarm_for_ever(lake, days_ago, is_alarmed):
    add_moved_mammograph(lake, days_ago)
    publication = publish_list(lake, "1", RUN)
    assert [drift.manufacturer for drift in publication.drifts] == ["Retired"] * is_alarmed


def add_moved_mammograph(lake: Lake, days_ago: int) -> None:
    """A mammograph whose scores rose in its last two days; all of its exams were read."""
    exams = fill_programme(lake, 300)
    n, n_recent = 160, 40
    place = pl.int_range(pl.len())
    is_recent = place < n_recent
    ago = pl.when(is_recent).then(place % 2).otherwise(2 + place % 60) + days_ago
    score = pl.when(is_recent).then(0.7 + 0.3 * place / n).otherwise(0.3 * place / n)
    moved = exams.head(n).with_columns(
        **{name: pl.lit(value) for name, value in RETIRED.items()},
        exam_key=pl.format("moved{}", place), patient_key=pl.format("moved{}", place),
        sop_instance_key=pl.format("moved{}", place), object_key=pl.format("moved{}", place),
        etag=pl.lit("e"), exam_date=pl.lit(LAST_DAY) - pl.duration(days=ago),
        exam_score=score, breast=pl.lit("both"), source=pl.lit("reader"),
        state=pl.lit("scored"), reason=pl.lit(None), gone_at=pl.lit(None),
    )  # fmt: skip
    for table in (OBJECTS, INSTANCES, EXAM_SCORES, OUTCOMES):
        lake.insert_new(table, complete(table, moved))
