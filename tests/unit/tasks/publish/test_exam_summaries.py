"""The kept summaries are those that the large tables give, whatever happened and when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tasks.ingest.intake import discover_objects
from tasks.ingest.object_store import ObjectSummary
from tasks.lake.objects import change_objects
from tasks.lake.schemas import EXAM_SUMMARIES, IMAGE_SCORES, INSTANCES, OBJECTS, RUNS
from tasks.lake.store import Lake
from tasks.publish import exam_summaries
from tasks.publish.exam_summaries import (
    INSTANCE_COLUMNS,
    OBJECT_COLUMNS,
    SCORE_COLUMNS,
    find_wrong_summaries,
    keep_summaries,
    read_summaries,
    rebuild_summaries,
    summarise,
)
from tasks.run import Run
from tests.support.counting_lake import CountingLake
from tests.support.programme_lake import complete, fill_programme

VIEWS = [("R", "CC"), ("R", "MLO"), ("L", "CC"), ("L", "MLO")]
SETTLED = [("scored", None), ("unscorable", "truncated"), ("unscorable", "damaged_pixels")]


@dataclass
class Bucket:
    """What a listing shows."""

    listed: dict[str, ObjectSummary] = field(default_factory=dict)

    def list_objects(self) -> list[ObjectSummary]:
        return [self.listed[key] for key in sorted(self.listed)]


@dataclass
class Programme:
    """A lake, its bucket and a clock; every method is something that happens in a programme."""

    lake: Lake
    bucket: Bucket = field(default_factory=Bucket)
    now: datetime = datetime(2026, 1, 20, 5, tzinfo=UTC)
    away: dict[str, ObjectSummary] = field(default_factory=dict)

    def run(self) -> Run:
        return Run(self.now.isoformat(), self.now.date(), self.now)

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def come(self, number: int, moved: int = 0) -> None:
        """An object comes, or another version of it; its header is read."""
        key = f"{number}.dcm"
        self.away.pop(key, None)
        self.bucket.listed[key] = ObjectSummary(key, self.now.isoformat(), 1, self.now)
        self._discover()
        self._read(key, exam=number // 4 + moved, image=number)

    def come_under_another_exam(self, number: int) -> None:
        """The image is sent again, as one of another study."""
        self.come(number, moved=1)

    def go(self, number: int) -> None:
        key = f"{number}.dcm"
        if key in self.bucket.listed:
            self.away[key] = self.bucket.listed.pop(key)
            self._discover()

    def come_back(self, number: int) -> None:
        key = f"{number}.dcm"
        if key in self.away:
            self.bucket.listed[key] = self.away.pop(key)
            self._discover()

    def settle(self, number: int) -> None:
        """The pixels are read: scored, or set aside."""
        row = self.bucket.listed.get(f"{number}.dcm")
        if row is None:
            return
        state, reason = SETTLED[number % len(SETTLED)]
        change = {
            "object_key": row.object_key,
            "etag": row.etag,
            "state": state,
            "reason": reason,
        }
        change_objects(self.lake, [change], self.now)
        if state == "scored":
            score = {"sop_instance_key": f"image {number}", "exam_key": f"exam {number // 4}"}
            scores = pl.DataFrame(
                [score | {"scored_at": self.now, "model_version": self.now.isoformat()}]
            )
            self.lake.upsert(IMAGE_SCORES, complete(IMAGE_SCORES, scores))

    def night(self, number: int) -> None:
        """A night keeps the summaries; every third one does not complete."""
        keep_summaries(self.lake, self.run())
        assert_frame_equal(self.lake.read(EXAM_SUMMARIES).sort("exam_key"), self.expected())
        outcome = "completed" if number % 3 else "failed"
        row = {
            "run_id": f"{self.now} {outcome}",
            "list_date": self.now.date(),
            "started_at": self.now,
            "outcome": outcome,
        }
        self.lake.insert_new(RUNS, complete(RUNS, pl.DataFrame([row])))

    def expected(self) -> pl.DataFrame:
        tables = ((OBJECTS, OBJECT_COLUMNS), (INSTANCES, INSTANCE_COLUMNS))
        read = [self.lake.read(table, columns=columns) for table, columns in tables]
        return summarise(*read, self.lake.read(IMAGE_SCORES, columns=SCORE_COLUMNS))

    def _discover(self) -> None:
        discover_objects(self.lake, self.bucket, self.run())

    def _read(self, key: str, exam: int, image: int) -> None:
        etag = self.bucket.listed[key].etag
        names = {"sop_instance_key": f"image {image}", "exam_key": f"exam {exam}"}
        laterality, view = VIEWS[image % 4]
        place = {"object_key": key, "etag": etag, **names}
        facts = {
            "image_laterality": laterality,
            "view_position": view,
            "presentation_intent_type": "FOR PRESENTATION",
            "site": f"site {image % 2}",
        }
        self.lake.upsert(INSTANCES, complete(INSTANCES, pl.DataFrame([place | facts])))
        change_objects(self.lake, [place], self.now)


HAPPENINGS = ("come", "come", "settle", "settle", "go", "come_back", "night", "night",
              "come_under_another_exam")  # fmt: skip
HISTORIES = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 7), st.integers(0, 60)),
    min_size=4,
    max_size=10,
)


@settings(max_examples=12, deadline=None)
@given(history=HISTORIES)
def test_after_any_history_the_summaries_are_those_of_the_tables(history):
    with TemporaryDirectory() as folder:
        programme = Programme(Lake(folder))
        for happening, number, hours in history:
            programme.wait(hours)
            getattr(programme, happening)(number)
            assert_frame_equal(read_summaries(programme.lake), programme.expected())
        programme.night(1)


@pytest.mark.parametrize("happening", ["go", "come_back", "come_under_another_exam"])
def test_a_night_sees_what_happened_to_an_old_image(tmp_path, happening):
    programme = Programme(Lake(str(tmp_path)))
    for number in range(4):
        programme.come(number)
    if happening == "come_back":
        programme.go(0)
    programme.night(1)
    programme.wait(24 * 5)
    programme.night(1)
    getattr(programme, happening)(0)
    before = programme.lake.read(EXAM_SUMMARIES)
    programme.night(1)
    assert not programme.lake.read(EXAM_SUMMARIES).equals(before)


@pytest.fixture
def counting(tmp_path):
    lake = CountingLake(str(tmp_path))
    fill_programme(lake, 60)
    return lake


@pytest.fixture
def settled(counting) -> CountingLake:
    """A lake with kept summaries, whose last night completed."""
    day = datetime(2026, 11, 29, 5, tzinfo=UTC)
    keep_summaries(counting, Run("first", day.date(), day))
    night = {"run_id": "first", "list_date": day.date(), "started_at": day}
    counting.insert_new(RUNS, complete(RUNS, pl.DataFrame([night | {"outcome": "completed"}])))
    return counting


def test_a_night_reads_nothing_of_exams_that_nothing_happened_to(settled):
    later = datetime(2026, 11, 29, 5, tzinfo=UTC)
    CountingLake.reads.clear()
    assert keep_summaries(settled, Run("next", later.date(), later)) == 0
    assert sum(rows for table, rows, _ in CountingLake.reads if table != RUNS) == 0


def test_the_first_night_of_a_month_makes_every_row_anew(counting):
    days = (datetime(2026, 11, 29, 5, tzinfo=UTC), datetime(2026, 12, 1, 5, tzinfo=UTC))
    runs = [Run(str(day), day.date(), day) for day in days]
    keep_summaries(counting, runs[0])
    right = counting.read(EXAM_SUMMARIES).sort("exam_key")
    wrong = right.head(3).with_columns(n_images=pl.lit(9, pl.Int64))
    stray = right.head(1).with_columns(exam_key=pl.lit("nobody's"))
    counting.upsert(EXAM_SUMMARIES, pl.concat([wrong, stray]))
    assert keep_summaries(counting, runs[1]) == 4
    assert_frame_equal(counting.read(EXAM_SUMMARIES).sort("exam_key"), right)


def test_the_first_rows_are_one_commit(tmp_path, monkeypatch):
    """A night killed between parts would leave a table that passes for complete."""
    monkeypatch.setattr(exam_summaries, "OBJECTS_PER_PART", 30)
    lake = Lake(str(tmp_path))
    fill_programme(lake, 60)
    day = datetime(2026, 11, 29, 5, tzinfo=UTC)
    keep_summaries(lake, Run("first", day.date(), day))
    adds = lake.history(EXAM_SUMMARIES).filter(pl.col("operation") != "CREATE TABLE")
    assert adds.height == 1
    assert_frame_equal(lake.read(EXAM_SUMMARIES).sort("exam_key"), read_summaries(lake))


def test_exams_are_made_in_parts(counting, monkeypatch):
    whole = read_summaries(counting)
    monkeypatch.setattr(exam_summaries, "OBJECTS_PER_PART", 30)
    assert_frame_equal(read_summaries(counting), whole)


def test_a_table_without_rows_does_not_pass_for_complete(counting):
    whole = read_summaries(counting)
    counting.commit(EXAM_SUMMARIES, lambda _: None)  # killed between making it and its rows
    assert counting.version(EXAM_SUMMARIES) == 0
    assert_frame_equal(read_summaries(counting), whole)
    later = datetime(2026, 11, 29, 5, tzinfo=UTC)
    assert keep_summaries(counting, Run("next", later.date(), later)) == whole.height


def test_what_a_night_kept_has_no_fault(settled):
    assert find_wrong_summaries(settled).is_empty()


def test_rows_that_are_missing_wrong_or_stray_are_found_and_made_anew(settled):
    right = settled.read(EXAM_SUMMARIES).sort("exam_key")
    missing, wrong = right["exam_key"].head(2)
    settled.delete(EXAM_SUMMARIES, "exam_key", [missing])
    changed = right.filter(exam_key=wrong).with_columns(n_images=pl.lit(9, pl.Int64))
    stray = right.head(1).with_columns(exam_key=pl.lit("nobody's"))
    settled.upsert(EXAM_SUMMARIES, pl.concat([changed, stray]))
    faults = [(missing, "missing"), (wrong, "wrong"), ("nobody's", "stray")]
    assert find_wrong_summaries(settled).rows() == sorted(faults)
    assert rebuild_summaries(settled) == 3
    assert_frame_equal(settled.read(EXAM_SUMMARIES).sort("exam_key"), right)
    assert rebuild_summaries(settled) == 0


def test_what_happened_since_the_last_night_is_no_fault(settled):
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    place = settled.read(OBJECTS, columns=["object_key", "etag"]).row(0, named=True)
    change_objects(settled, [place | {"state": "unscorable", "reason": "truncated"}], now)
    assert find_wrong_summaries(settled).is_empty()


def test_before_a_night_completed_no_row_is_taken_as_it_stands(counting):
    counting.upsert(EXAM_SUMMARIES, complete(EXAM_SUMMARIES, pl.DataFrame({"exam_key": ["x"]})))
    counting.delete(RUNS, "outcome", ["completed"])
    assert find_wrong_summaries(counting).is_empty()
