"""The lake on a folder."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tasks.errors import ContractViolation, Retryable
from tasks.lake import commits, store
from tasks.lake.columns import Table
from tasks.lake.schemas import IMAGE_QUALITY, IMAGES, OBJECTS, PRIORITY_LISTS, TABLES
from tasks.lake.store import Lake
from tests.support.lake_race import race
from tests.support.lake_rows import image_rows, object_rows
from tests.support.lake_strategies import frames

table_with_frames = st.sampled_from(TABLES).flatmap(
    lambda table: st.tuples(st.just(table), frames(table), frames(table))
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def sorted_rows(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(table.key)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=table_with_frames)
def test_upserted_rows_are_the_last_written_of_each_key(tmp_path_factory, data):
    table, first, second = data
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    lake.upsert(table, first)
    lake.upsert(table, second)
    expected = pl.concat([first, second]).unique(table.key, keep="last")
    assert_frame_equal(
        sorted_rows(table, lake.read(table)), sorted_rows(table, expected), check_exact=True
    )


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=table_with_frames)
def test_inserted_rows_are_the_first_written_of_each_key(tmp_path_factory, data):
    table, first, second = data
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    n_inserted = lake.insert_new(table, first) + lake.insert_new(table, second)
    expected = pl.concat([first, second]).unique(table.key, keep="first")
    assert n_inserted == expected.height
    assert_frame_equal(
        sorted_rows(table, lake.read(table)), sorted_rows(table, expected), check_exact=True
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_writing_equal_rows_again_commits_nothing(lake: Lake, table: Table):
    rows = frames(table, max_size=3).filter(lambda frame: frame.height > 1)
    frame = _example(rows)
    lake.upsert(table, frame)
    version = lake.version(table)
    assert lake.upsert(table, frame.reverse()) == 0
    assert lake.insert_new(table, frame) == 0
    assert lake.version(table) == version


def _example(strategy: st.SearchStrategy[pl.DataFrame]) -> pl.DataFrame:
    found: list[pl.DataFrame] = []

    @settings(max_examples=1, database=None, derandomize=True, deadline=None)
    @given(strategy)
    def draw(frame: pl.DataFrame) -> None:
        found.append(frame)

    draw()
    return found[-1]


def test_a_table_that_does_not_exist_reads_as_typed_and_empty(lake: Lake):
    assert lake.read(OBJECTS).schema == OBJECTS.schema
    assert lake.read(OBJECTS, columns=["etag"]).columns == ["etag"]
    assert lake.version(OBJECTS) is None
    assert lake.history(OBJECTS).is_empty()


def test_writing_no_rows_makes_no_table(lake: Lake):
    empty = OBJECTS.frame([])
    assert lake.insert_new(OBJECTS, empty) == lake.upsert(OBJECTS, empty) == 0
    assert not lake.replace_where(PRIORITY_LISTS, PRIORITY_LISTS.frame([]), TODAY)
    assert not Path(lake.url).exists()


def test_rows_of_another_table_come_in_one_commit_and_only_where_they_lack(lake, monkeypatch):
    monkeypatch.setattr(store, "ROWS_PER_BATCH", 2)
    images = image_rows(range(9))
    expected = images.select(IMAGE_QUALITY.schema.names())
    lake.insert_new(IMAGES, images)
    lake.insert_new(IMAGE_QUALITY, expected.head(3))
    version = lake.version(IMAGE_QUALITY)
    for _ in range(2):
        lake.insert_from(IMAGE_QUALITY, IMAGES)
        assert lake.version(IMAGE_QUALITY) == version + 1
        found = sorted_rows(IMAGE_QUALITY, lake.read(IMAGE_QUALITY))
        assert_frame_equal(found, sorted_rows(IMAGE_QUALITY, expected))


def test_no_more_rows_are_read_than_asked_for(lake: Lake):
    lake.insert_new(OBJECTS, object_rows(range(5)))
    read = [lake.read(OBJECTS, where=pl.col("size_bytes") > 2, at_most=n) for n in (1, 9)]
    assert [rows.height for rows in read] == [1, 2]


def test_an_upsert_changes_only_what_differs(lake: Lake):
    lake.upsert(OBJECTS, object_rows(range(10)))
    changed = object_rows(range(8, 12), state="scored")
    assert lake.upsert(OBJECTS, changed) == 4
    states = lake.read(OBJECTS).sort("size_bytes")["state"].to_list()
    assert states == ["pending"] * 8 + ["scored"] * 4


def test_an_upsert_of_many_rows_changes_them_all(lake: Lake):
    lake.upsert(OBJECTS, object_rows(range(2500)))
    assert lake.upsert(OBJECTS, object_rows(range(2600), state="scored")) == 2600
    objects = lake.read(OBJECTS)
    assert objects.height == 2600
    assert set(objects["state"]) == {"scored"}


def test_an_upsert_keeps_other_rows_that_share_the_first_part_of_the_key(lake: Lake):
    assert lake.count(IMAGES) == 0
    lake.upsert(IMAGES, image_rows(range(4)))
    lake.upsert(IMAGES, image_rows(range(4), preprocessing_version="v2"))
    assert lake.upsert(IMAGES, image_rows(range(2), etag="new")) == 2
    assert lake.count(IMAGES) == lake.read(IMAGES).height == 8
    etags = lake.read(IMAGES).sort(IMAGES.key)["etag"].to_list()
    assert etags == ["new", "etag", "new", "etag", "etag", "etag", "etag", "etag"]


def test_values_that_look_like_sql_stay_values(lake: Lake):
    hostile = "x') OR 1=1 --\x00\\'\""
    rows = object_rows(range(3)).with_columns(
        object_key=pl.when(pl.col("size_bytes") == 0)
        .then(pl.lit(hostile))
        .otherwise("object_key")
    )
    lake.upsert(OBJECTS, rows)
    assert lake.upsert(OBJECTS, rows.with_columns(state=pl.lit("scored")).head(1)) == 1
    assert sorted(lake.read(OBJECTS)["state"]) == ["pending", "pending", "scored"]


TODAY = {"list_date": date(2026, 11, 2)}


def list_rows(day: date, n_exams: int, site: str = "unit-1") -> pl.DataFrame:
    rows = [
        {
            **dict.fromkeys(PRIORITY_LISTS.schema),
            "list_date": day,
            "rank": rank,
            "lane": "ranked",
            "exam_key": f"exam-{rank}",
            "reason": "score",
            "site": site,
            "manufacturer": "maker",
            "n_images_scored": 4,
            "n_images_unscorable": 0,
            "flags": "",
            "ordering": "score",
            "published_at": datetime(2026, 11, 2, tzinfo=UTC),
            "run_id": "run",
        }
        for rank in range(1, n_exams + 1)
    ]
    return PRIORITY_LISTS.frame(rows)


def test_a_list_is_replaced_whole_and_other_days_stay(lake: Lake):
    lake.replace_where(
        PRIORITY_LISTS, list_rows(date(2026, 11, 1), 2), {"list_date": date(2026, 11, 1)}
    )
    lake.replace_where(PRIORITY_LISTS, list_rows(date(2026, 11, 2), 5), TODAY)
    assert lake.replace_where(PRIORITY_LISTS, list_rows(date(2026, 11, 2), 3, "unit-2"), TODAY)
    counts = lake.read(PRIORITY_LISTS).sort("list_date", "rank")["site"].to_list()
    assert counts == ["unit-1"] * 2 + ["unit-2"] * 3


def test_replacing_a_list_by_an_equal_one_commits_nothing(lake: Lake):
    rows = list_rows(date(2026, 11, 2), 3)
    lake.replace_where(PRIORITY_LISTS, rows, TODAY)
    assert not lake.replace_where(PRIORITY_LISTS, rows.reverse(), TODAY)
    assert lake.version(PRIORITY_LISTS) == 1


def test_replacing_a_list_by_none_deletes_it(lake: Lake):
    lake.replace_where(PRIORITY_LISTS, list_rows(date(2026, 11, 2), 3), TODAY)
    assert lake.replace_where(PRIORITY_LISTS, PRIORITY_LISTS.frame([]), TODAY)
    assert lake.read(PRIORITY_LISTS).is_empty()


def test_a_list_stays_readable_as_it_was(lake: Lake):
    lake.replace_where(PRIORITY_LISTS, list_rows(date(2026, 11, 2), 3), TODAY)
    that_morning = lake.version(PRIORITY_LISTS)
    lake.replace_where(PRIORITY_LISTS, list_rows(date(2026, 11, 2), 5), TODAY)
    assert lake.scan(PRIORITY_LISTS, that_morning).collect().height == 3
    assert lake.history(PRIORITY_LISTS)["version"].to_list() == [2, 1, 0]


@pytest.mark.parametrize("where", [{}, {"site": "unit-1"}, {"list_date": date(2026, 11, 3)}])
def test_rows_are_replaced_only_by_a_part_of_the_key_that_they_have(lake: Lake, where):
    with pytest.raises(ContractViolation):
        lake.replace_where(PRIORITY_LISTS, list_rows(date(2026, 11, 2), 1), where)


def test_a_version_that_never_was_is_an_error(lake: Lake):
    lake.upsert(OBJECTS, object_rows(range(1)))
    with pytest.raises(ContractViolation, match="objects has no version 9"):
        lake.scan(OBJECTS, 9)


def test_a_table_of_another_schema_is_named(lake: Lake):
    lake.upsert(OBJECTS, object_rows(range(1)))
    narrower = Table("objects", "an object", OBJECTS.key, OBJECTS.columns[:-1])
    with pytest.raises(ContractViolation, match=r"objects .*\['gone_at'\]"):
        lake.read(narrower)


def test_pixels_lie_in_small_row_groups_without_dictionary_or_statistics(lake: Lake):
    lake.insert_new(IMAGES, image_rows(range(10), pixels=bytes(1000)))
    (file,) = (Path(lake.url) / "images").glob("*.parquet")
    metadata = pq.read_metadata(file)
    pixels = metadata.row_group(0).column(IMAGES.schema.names().index("pixels"))
    assert metadata.num_row_groups == 3
    assert pixels.compression == "ZSTD"
    assert not pixels.is_stats_set
    assert not pixels.has_dictionary_page


def test_columns_carry_their_meaning(lake: Lake):
    lake.insert_new(IMAGES, image_rows(range(1)))
    stored = DeltaTable(f"{lake.url}/images")
    comments = [field.metadata["comment"] for field in stored.schema().fields]
    assert comments == [column.meaning for column in IMAGES.columns]
    assert stored.metadata().description == f"One row is {IMAGES.row}."


def test_pixels_come_back_verified_and_in_order(lake: Lake):
    lake.insert_new(IMAGES, image_rows(range(8)))
    keys = [f"{number:032x}" for number in (5, 1, 99)]
    images = lake.read_pixels(keys, "v1")
    assert images["sop_instance_key"].to_list() == keys[:2]
    assert images["pixels"].to_list() == [b"pixels"] * 2
    assert images.schema == IMAGES.schema


def test_damaged_pixels_are_never_returned(lake: Lake):
    lake.insert_new(IMAGES, image_rows(range(2), pixels_sha256="another"))
    with pytest.raises(ContractViolation, match="damaged"):
        lake.read_pixels([f"{1:032x}"], "v1")


@pytest.mark.parametrize("n_kept", [0, 3, -10])
def test_a_truncated_file_is_an_error(lake: Lake, n_kept: int, capfd):
    lake.insert_new(OBJECTS, object_rows(range(5)))
    (file,) = (Path(lake.url) / "objects").glob("*.parquet")
    file.write_bytes(file.read_bytes()[:n_kept])
    with pytest.raises((ContractViolation, Retryable), match="objects"):
        lake.read(OBJECTS)
    capfd.readouterr()  # Rust's panic message


def test_files_of_a_killed_writer_are_not_read(lake: Lake):
    lake.insert_new(OBJECTS, object_rows(range(5)))
    folder = Path(lake.url) / "objects"
    (file,) = folder.glob("*.parquet")
    (folder / "part-00000-orphan.parquet").write_bytes(file.read_bytes())
    (folder / "part-00001-torn.parquet").write_bytes(b"PAR1")
    (folder / "_delta_log" / "_commit_torn.json.tmp").write_bytes(b'{"add"')
    assert lake.insert_new(OBJECTS, object_rows(range(6))) == 1
    assert lake.read(OBJECTS).height == 6


def test_a_killed_writer_leaves_whole_commits(lake: Lake):
    for n_lines in (1, 4, 9):
        command = [sys.executable, "-m", "tests.support.lake_victim", lake.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as victim:
            reported = [int(victim.stdout.readline()) for _ in range(n_lines)]
            victim.kill()
        images, objects = lake.read(IMAGES), lake.read(OBJECTS)
        assert images.height % 8 == objects.height % 8 == 0
        assert images.height >= objects.height >= reported[-1] + 8
        assert images["sop_instance_key"].is_unique().all()


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, list[tuple[int, int]]]:
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    lake.insert_new(OBJECTS, object_rows(range(16)))
    return lake, race(lake, n_processes=8)


def test_processes_that_insert_the_same_keys_leave_one_row_a_key(raced):
    lake, counts = raced
    keys = lake.read(IMAGES, columns=["sop_instance_key"])
    assert sum(n_inserted for n_inserted, _ in counts) == keys.height == keys.n_unique() == 12


def test_processes_that_change_different_rows_lose_none(raced):
    lake, counts = raced
    assert [n_changed for _, n_changed in counts] == [3] * 8
    states = lake.read(OBJECTS)["state"].value_counts(sort=True)
    assert states.rows() == [("scored", 16), ("pending", 8)]


def test_threads_of_one_process_wait_instead_of_racing(lake: Lake, monkeypatch):
    conflicts: list[BaseException] = []
    monkeypatch.setattr(commits.time, "sleep", conflicts.append)
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(lambda n: lake.insert_new(OBJECTS, object_rows(range(n, n + 3))), range(6))
        )
    assert conflicts == []
    assert lake.read(OBJECTS).height == 8


def test_a_writer_that_always_loses_says_so(lake: Lake, monkeypatch):
    def lose(*_: object) -> None:
        raise CommitFailedError

    monkeypatch.setattr(store, "append", lose)
    monkeypatch.setattr(commits, "CONFLICT_PATIENCE_S", 0.0)
    with pytest.raises(Retryable, match="wrote objects first"):
        lake.insert_new(OBJECTS, object_rows(range(1)))


def test_a_failing_storage_is_retryable(lake: Lake, monkeypatch):
    def fail(*_: object) -> None:
        raise DeltaError("disk \x1b[31m↳\x1b[0m full")

    monkeypatch.setattr(store, "append", fail)
    with pytest.raises(Retryable, match="objects failed: disk full"):
        lake.insert_new(OBJECTS, object_rows(range(1)))


def test_a_lock_is_one_for_each_table():
    assert commits.locked("a") is commits.locked("a") is not commits.locked("b")
    assert isinstance(commits.locked("a"), type(threading.Lock()))


def test_the_lake_shows_no_secret():
    lake = Lake("s3://lake", {"aws_secret_access_key": "secret"})
    assert "secret" not in repr(lake)
