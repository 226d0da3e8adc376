"""A night aggregates what changed since the last one, and ends as if it took all."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES, IMAGE_SCORES, INSTANCES, OBJECTS, RUNS
from tasks.lake.store import Lake
from tasks.run import Run
from tasks.score import exams
from tasks.score.exams import CLOCK_MARGIN, aggregate, settled_since
from tests.support.counting_lake import CountingLake
from tests.support.lake_fixture import MODEL_VERSION, fill_lake

N_EXAMS = 8


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Lake:
    lake = Lake(str(tmp_path_factory.mktemp("template") / "lake"))
    fill_lake(lake, N_EXAMS)
    return lake


@pytest.fixture
def lake(template: Lake, tmp_path: Path) -> Lake:
    """The fixture's tables without their pixels, and without a trace of aggregation."""
    lake = CountingLake(str(tmp_path / "lake"))
    for table in (OBJECTS, INSTANCES, IMAGE_SCORES, CALIBRATIONS, EXAM_SCORES, RUNS):
        lake.insert_new(table, template.read(table))
    return lake


def next_run(lake: Lake, days: float = 10, list_date: date | None = None) -> Run:
    last = lake.read(RUNS).sort("started_at").row(-1, named=True)
    return Run(
        "next", list_date or last["list_date"], last["started_at"] + timedelta(days=days)
    )


def old_calibration(lake: Lake, monkeypatch) -> None:
    """Let the calibrations be as old as the fixture says, not as the test's files."""
    history = lake.history(CALIBRATIONS).with_columns(
        committed_at=pl.lit(datetime(2020, 1, 1), pl.Datetime("ms", "UTC"))
    )
    monkeypatch.setattr(type(lake), "history", lambda *_: history)


def touch(lake: Lake, run: Run, n_exams: int) -> list[str]:
    """Score some exams anew, as a shard does."""
    scores = lake.read(IMAGE_SCORES)
    keys = scores["exam_key"].unique().sort().to_list()[:n_exams]
    rows = scores.filter(pl.col("exam_key").is_in(keys)).with_columns(
        scored_at=pl.lit(run.started_at, IMAGE_SCORES.schema["scored_at"]),
        malignancy_score=pl.lit(0.9375, pl.Float32),
    )
    lake.upsert(IMAGE_SCORES, rows)
    return keys


def test_changed_exams_alone_are_read_and_the_table_is_as_if_all_were(lake, monkeypatch):
    old_calibration(lake, monkeypatch)
    run = next_run(lake)
    since = settled_since(lake, MODEL_VERSION, run)
    assert since is not None
    aggregate(lake, MODEL_VERSION, run)
    keys = touch(lake, run, n_exams=2)
    CountingLake.reads.clear()
    assert aggregate(lake, MODEL_VERSION, run, since=run.started_at - CLOCK_MARGIN) == 2
    n_images = lake.read(INSTANCES, where=pl.col("exam_key").is_in(keys)).height
    of_images = (IMAGE_SCORES, INSTANCES)
    assert (
        sum(rows for table, rows, _ in CountingLake.reads if table in of_images) <= 4 * n_images
    )
    assert aggregate(lake, MODEL_VERSION, run) == 0


def test_an_exam_whose_object_changed_is_in_question_without_a_new_score(lake):
    run = next_run(lake)
    aggregate(lake, MODEL_VERSION, run)
    image = lake.read(INSTANCES).join(lake.read(IMAGE_SCORES), on="sop_instance_key").row(0)[0]
    is_it = pl.col("sop_instance_key") == image
    lake.upsert(INSTANCES, lake.read(INSTANCES, where=is_it).with_columns(etag=pl.lit("new")))
    changed_at = pl.lit(run.started_at, OBJECTS.schema["changed_at"])
    objects = lake.read(OBJECTS, where=is_it).with_columns(changed_at=changed_at)
    lake.upsert(OBJECTS, objects)
    assert objects.height == 1
    assert aggregate(lake, MODEL_VERSION, run, since=run.started_at) == 1
    assert aggregate(lake, MODEL_VERSION, run) == 0


def test_all_exams_are_in_question_where_nothing_settles_them(lake, monkeypatch):
    run = next_run(lake)
    assert settled_since(lake, MODEL_VERSION, run) is None  # calibrations were just written
    old_calibration(lake, monkeypatch)
    last = lake.read(RUNS).sort("started_at")["started_at"][-1]
    assert settled_since(lake, MODEL_VERSION, run) == last - CLOCK_MARGIN
    assert settled_since(lake, "another", run) is None
    next_month = next_run(lake, list_date=run.list_date + timedelta(days=31))
    assert settled_since(lake, MODEL_VERSION, next_month) is None
    failed = lake.read(RUNS).with_columns(outcome=pl.lit("failed"), failure=pl.lit("x"))
    lake.upsert(RUNS, failed)
    assert settled_since(lake, MODEL_VERSION, run) is None


@pytest.mark.parametrize("images_per_part", [1, 7])
def test_exams_are_aggregated_in_parts_as_if_at_once(lake, monkeypatch, images_per_part):
    whole = lake.read(EXAM_SCORES)
    lake.delete(EXAM_SCORES, "model_version", [MODEL_VERSION])
    CountingLake.reads.clear()
    monkeypatch.setattr(exams, "IMAGES_PER_PART", images_per_part)
    assert aggregate(lake, MODEL_VERSION, next_run(lake)) == whole.height
    made = lake.read(EXAM_SCORES).sort("exam_key")
    assert_frame_equal(made.drop("run_id"), whole.sort("exam_key").drop("run_id"))
    read = [n_rows for table, n_rows, _ in CountingLake.reads if table == INSTANCES]
    assert max(read) < sum(read) / 2
