"""A backup is the lake with its past; restored it is equal, and what is wrong is told."""

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tasks.errors import ContractViolation, Misconfigured
from tasks.lake.backup import back_up, files_of, restore
from tasks.lake.check import check_table
from tasks.lake.history import forget
from tasks.lake.schemas import EXAM_SUMMARIES, IMAGES, OBJECTS, PRIORITY_LISTS, TABLES
from tasks.lake.search import search
from tasks.lake.store import Lake
from tasks.publish.publication import publish_list
from tasks.run import Run
from tasks.score.exams import aggregate
from tests.support.lake_fixture import MODEL_VERSION, fill_lake
from tests.support.lake_rows import image_rows, object_rows

RUN = Run("run", date(2026, 11, 25), datetime(2026, 11, 25, 5, tzinfo=UTC))


@pytest.fixture(scope="module")
def campaign(tmp_path_factory) -> Lake:
    """What nights left: objects changed over more versions than a checkpoint's interval."""
    lake = Lake(str(tmp_path_factory.mktemp("campaign") / "lake"))
    fill_lake(lake, n_exams=6)
    for n in range(12):
        lake.upsert(OBJECTS, object_rows(range(3), exam_key=f"exam-{n % 2}", detail=f"at {n}"))
        lake.insert_new(OBJECTS, object_rows(range(10 + n, 11 + n), exam_key="exam-2"))
    aggregate(lake, MODEL_VERSION, RUN)
    publish_list(lake, MODEL_VERSION, RUN)
    return lake


@pytest.fixture
def lake(campaign: Lake, tmp_path: Path) -> Lake:
    return Lake(str(shutil.copytree(campaign.url, tmp_path / "lake")))


def place(tmp_path: Path, name: str) -> Lake:
    return Lake(str(tmp_path / name))


def versions(lake: Lake) -> dict[str, int | None]:
    return {table.name: lake.version(table) for table in TABLES}


def problems(lake: Lake) -> list[str]:
    found = (check_table(lake, files_of(lake), table, with_values=True) for table in TABLES)
    return [problem for checked in found for problem in checked.problems]


def test_a_restored_lake_has_every_version_and_the_next_night_writes_nothing(lake, tmp_path):
    back_up(lake, place(tmp_path, "backup"), TABLES)
    restored = place(tmp_path, "restored")
    restore(place(tmp_path, "backup"), restored, TABLES)
    assert versions(restored) == versions(lake)
    for table in TABLES:
        latest = lake.version(table)
        for version in range(0 if latest is None else latest + 1):
            frames = (at.scan(table, version).collect() for at in (restored, lake))
            assert_frame_equal(*frames, check_row_order=False)
    before = versions(restored)
    assert aggregate(restored, MODEL_VERSION, RUN) == 0
    assert not publish_list(restored, MODEL_VERSION, RUN).is_new
    assert versions(restored) == before
    assert problems(restored) == []


def test_a_second_backup_copies_only_what_is_new(lake, tmp_path):
    backup = place(tmp_path, "backup")
    back_up(lake, backup, TABLES)
    assert back_up(lake, backup, TABLES).n_written == 0
    lake.upsert(OBJECTS, object_rows(range(50, 51)))
    copied = back_up(lake, backup, TABLES)
    assert 1 < copied.n_written < 6  # a data file, a commit, perhaps a checkpoint
    assert backup.read(OBJECTS).height == lake.read(OBJECTS).height


def test_what_was_erased_leaves_the_next_backup(lake, tmp_path):
    backup = place(tmp_path, "backup")
    back_up(lake, backup, TABLES)
    keys = frozenset({"exam-1"})
    assert search(files_of(backup), keys).found_in
    for table in (OBJECTS, EXAM_SUMMARIES):
        lake.delete(table, "exam_key", sorted(keys))
        forget(lake, files_of(lake), table, keys)
    assert back_up(lake, backup, TABLES).n_deleted > 0  # checkpoints that quoted her
    assert search(files_of(backup), keys).found_in == ()
    assert_frame_equal(backup.read(OBJECTS), lake.read(OBJECTS), check_row_order=False)


def test_a_backup_taken_while_a_writer_works_is_whole(lake, tmp_path):
    def write() -> None:
        for n in range(30):
            lake.upsert(OBJECTS, object_rows(range(100 + n, 101 + n)))

    with ThreadPoolExecutor(1) as threads:
        writer = threads.submit(write)
        n_backups = 0
        while not writer.done() or not n_backups:
            backup = place(tmp_path, f"backup-{n_backups}")
            back_up(lake, backup, [OBJECTS])
            assert check_table(backup, files_of(backup), OBJECTS).problems == ()
            n_backups += 1
    writer.result()


def test_a_backup_is_not_restored_over_something_nor_made_in_the_lake(lake, tmp_path):
    back_up(lake, place(tmp_path, "backup"), TABLES)
    with pytest.raises(Misconfigured, match="empty place"):
        restore(place(tmp_path, "backup"), lake, TABLES)
    with pytest.raises(Misconfigured, match="no backup"):
        restore(place(tmp_path, "nowhere"), place(tmp_path, "new"), TABLES)
    with pytest.raises(Misconfigured, match="lies in the lake"):
        back_up(lake, Lake(f"{lake.url}/backup"), TABLES)


def data_file(lake: Lake, table_name: str) -> Path:
    return max(
        Path(lake.url, table_name).glob("part-*.parquet"), key=lambda f: f.stat().st_size
    )


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda file: file.unlink(), "gone"),
        (lambda file: file.write_bytes(file.read_bytes()[:-9]), "bytes, and the log says"),
        (lambda file: file.write_bytes(bytes(file.stat().st_size)), "damaged"),
        (flip, "damaged"),
    ],
    ids=["deleted", "truncated", "zeros", "one bit"],
)
def test_harm_to_a_file_is_told(tmp_path, harm, sentence):
    lake = place(tmp_path, "lake")
    pixels = random.Random(1).randbytes(1 << 16)
    lake.insert_new(IMAGES, image_rows(range(4), pixels=pixels))
    assert problems(lake) == []
    harm(data_file(lake, "images"))
    assert sentence in " ".join(problems(lake))


def test_a_backup_without_a_file_of_the_latest_version_is_refused(lake, tmp_path):
    for file in Path(lake.url, PRIORITY_LISTS.name).glob("part-*.parquet"):
        file.unlink()
    with pytest.raises(ContractViolation, match="are gone"):
        back_up(lake, place(tmp_path, "backup"), TABLES)


def test_rows_that_share_a_key_are_told(tmp_path):
    lake = place(tmp_path, "lake")
    lake.insert_new(OBJECTS, object_rows(range(3)))
    opened = lake.opened(OBJECTS)
    assert opened is not None
    pl.DataFrame(object_rows(range(1))).write_delta(opened, mode="append")
    assert "share their key" in " ".join(problems(lake))
