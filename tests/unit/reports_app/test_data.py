"""What the reader of the tables keeps, reads again, and refuses to show."""

from datetime import timedelta

import polars as pl
import pytest

from reports_app.data import Reports, age_hours
from tasks.lake.schemas import (
    CALIBRATIONS,
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    RUNS,
)
from tests.support import lake_fixture as fixture
from tests.support.counting_lake import CountingLake
from tests.support.lake_fixture import LIST_DATES, RUN_AT, MemoryLake, exam_key, fill_lake, key


@pytest.fixture
def lake():
    lake = MemoryLake()
    fill_lake(lake, n_exams=12)
    return lake


def test_unchanged_tables_are_read_once(lake):
    reports = Reports(lake)
    first = reports.campaign()
    n_reads = lake.n_reads
    assert reports.campaign() is first
    assert lake.n_reads == n_reads


def test_a_new_version_is_seen_at_once(lake):
    reports = Reports(lake)
    before = reports.campaign().n_objects
    row = lake.read(OBJECTS).row(0, named=True) | {"object_key": "new", "etag": "new"}
    lake.insert_new(OBJECTS, OBJECTS.frame([row]))
    assert reports.campaign().n_objects == before + 1


def test_objects_that_are_gone_do_not_count(lake):
    n_gone = lake.read(OBJECTS, where=pl.col("gone_at").is_not_null()).height
    assert n_gone == 1
    assert Reports(lake).campaign().n_objects == lake.read(OBJECTS).height - n_gone


def test_the_latest_list_comes_first(lake):
    reports = Reports(lake)
    assert reports.list_dates() == sorted(LIST_DATES, reverse=True)
    assert reports.priority_list(LIST_DATES[0])["rank"].is_sorted()


def test_an_exam_shows_its_images_scores_and_place(lake):
    exam = Reports(lake).exam(exam_key(fixture.REPEATED_VIEW))
    assert exam.state == "scored"
    assert len(exam.images) == 5
    assert exam.scores["n_images_scored"] == 5
    assert exam.place["exam_key"] == exam.exam_key


def test_neighbours_on_the_list_follow_its_ranks(lake):
    reports = Reports(lake)
    keys = reports.priority_list(LIST_DATES[-1])["exam_key"].to_list()
    assert reports.exam(keys[0]).previous_key is None
    assert reports.exam(keys[0]).next_key == keys[1]
    assert reports.exam(keys[-1]).next_key is None


@pytest.mark.parametrize(
    ("index", "state"), [(fixture.UNSCORABLE_EXAM, "unscorable"), (fixture.PENDING, "pending")]
)
def test_an_exam_without_scores_says_why(lake, index, state):
    exam = Reports(lake).exam(exam_key(index))
    assert exam.state == state
    assert exam.scores is None


def test_an_unknown_exam_is_none(lake):
    assert Reports(lake).exam("nobody") is None


def test_the_most_specific_calibration_decides(lake):
    general = lake.read(CALIBRATIONS).row(0, named=True)
    special = general | {
        "calibration_id": "special",
        "site": fixture.SITES[2],
        "fitted_at": general["fitted_at"] - timedelta(days=300),
    }
    lake.insert_new(CALIBRATIONS, CALIBRATIONS.frame([special]))
    row = lake.read(EXAM_SCORES, where=pl.col("exam_key") == exam_key(2)).row(0, named=True)
    lake.insert_new(
        EXAM_SCORES, EXAM_SCORES.frame([row | {"calibration_id": "special", "band": 1}])
    )
    assert Reports(lake).exam(exam_key(2)).scores["calibration_id"] == "special"


def test_scores_of_another_model_version_are_not_shown(lake):
    run = lake.read(RUNS).sort("finished_at").row(-1, named=True)
    later = {"run_id": "later", "model_version": "2", "finished_at": RUN_AT + timedelta(days=1)}
    lake.insert_new(RUNS, RUNS.frame([run | later]))
    exam = Reports(lake).exam(exam_key(2))
    assert exam.scores is None
    assert exam.state == "pending"


def test_stored_pixels_have_the_contracts_shape(lake):
    view = Reports(lake).view(exam_key(2), key("instance", 2, 0))
    assert view.pixels.shape == (1024, 512)
    assert view.saliency.shape == (64, 32)


def test_an_exam_and_its_pixels_read_its_network_inputs_once(tmp_path):
    whole, counted = MemoryLake(), CountingLake(str(tmp_path))
    fill_lake(whole, n_exams=3)
    for table in (OBJECTS, INSTANCES, IMAGES, IMAGE_SCORES, RUNS):
        counted.insert_new(table, whole.read(table))
    CountingLake.reads.clear()
    reports = Reports(counted)
    assert reports.exam(exam_key(2)) is not None
    assert reports.view(exam_key(2), key("instance", 2, 0)) is not None
    assert [table for table, _, _ in CountingLake.reads].count(IMAGES) == 1


def test_pixels_that_differ_from_their_digest_are_not_shown():
    lake = MemoryLake()
    whole = MemoryLake()
    fill_lake(whole, n_exams=3)
    damaged = whole.read(IMAGES).with_columns(pixels_sha256=pl.lit("0" * 64))
    lake.insert_new(IMAGES, damaged)
    assert Reports(lake).view(exam_key(2), key("instance", 2, 0)) is None


def test_a_run_grows_old(lake):
    run = Reports(lake).last_run()
    assert age_hours(run, run["finished_at"] + timedelta(hours=30)) == 30
