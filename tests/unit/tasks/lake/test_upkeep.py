"""Upkeep changes no row, loses no version within the retention, and leaves fewer files."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from tasks.lake.columns import Table
from tasks.lake.files import LakeFiles
from tasks.lake.history import forget
from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.lake.search import search
from tasks.lake.store import Lake
from tasks.lake.upkeep import compact, find_waste, measure, vacuum
from tests.support.lake_rows import image_rows, object_rows

LATER = datetime.now(UTC) + timedelta(days=30)
N_NIGHTS = 12


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Nights of objects: each adds four of one exam and changes one of the former night's."""
    lake = Lake(str(tmp_path / "lake"))
    for night in range(N_NIGHTS):
        rows = object_rows(range(4 * night, 4 * night + 4), exam_key=f"exam-{night % 3}")
        lake.insert_new(OBJECTS, rows)
        lake.upsert(OBJECTS, rows.head(1).with_columns(state=pl.lit("scored")))
    return lake


def files_of(lake: Lake) -> LakeFiles:
    return LakeFiles(lake.url)


def rows_of(lake: Lake, version: int | None = None, table: Table = OBJECTS) -> pl.DataFrame:
    return lake.scan(table, version).collect().sort(table.key)


def all_versions(lake: Lake) -> list[pl.DataFrame]:
    return [rows_of(lake, version) for version in range((lake.version(OBJECTS) or 0) + 1)]


def waste_of(lake: Lake, retention_days: float, now: datetime = LATER):
    return find_waste(lake, files_of(lake), OBJECTS, timedelta(days=retention_days), now)


def commit_in_the_past(lake: Lake, version: int, days: float) -> None:
    """Let a commit and all before it be so many days old, with their files."""
    then = datetime.now(UTC) - timedelta(days=days)
    log = Path(lake.url) / "objects" / "_delta_log"
    for n in range(version + 1):
        path = log / f"{n:020}.json"
        text = path.read_text()
        start = text.index('"timestamp":') + len('"timestamp":')
        former = text[start:].split(",")[0].split("}")[0]
        path.write_text(text.replace(former, str(int(then.timestamp() * 1000) + n)))
        os.utime(path, (then.timestamp() + n, then.timestamp() + n))


def test_compaction_keeps_rows_and_versions_and_leaves_fewer_files(lake):
    before, files = all_versions(lake), measure(lake, OBJECTS).n_files
    volume = compact(lake, OBJECTS)
    assert volume.n_files == 1 < files
    assert_frame_equal(rows_of(lake), before[-1])
    for now, then in zip(all_versions(lake)[:-1], before, strict=True):
        assert_frame_equal(now, then)


def test_what_is_compact_is_not_committed_again(lake):
    compact(lake, OBJECTS)
    version = lake.version(OBJECTS)
    compact(lake, OBJECTS)
    assert lake.version(OBJECTS) == version
    assert measure(lake, OBJECTS).n_small == 0


def test_order_by_exam_lays_an_exams_rows_side_by_side(lake):
    before = rows_of(lake)
    compact(lake, OBJECTS, by_exam=True)
    assert_frame_equal(rows_of(lake), before)
    exams = lake.scan(OBJECTS).collect()["exam_key"].to_list()
    assert len(pl.Series(exams).rle()) == len(set(exams)) == 3


def test_payloads_are_joined_and_not_sorted(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    for n in range(0, 12, 4):
        lake.insert_new(IMAGES, image_rows(range(n, n + 4)))
    before = rows_of(lake, table=IMAGES)
    assert compact(lake, IMAGES, by_exam=True).n_files == 1
    assert_frame_equal(rows_of(lake, table=IMAGES), before)
    assert DeltaTable(f"{lake.url}/images").history(1)[0]["operation"] == "OPTIMIZE"


def test_rows_written_while_a_table_is_compacted_are_neither_lost_nor_doubled(lake):
    def write(n: int) -> None:
        for at in range(n, n + 8):
            lake.upsert(OBJECTS, object_rows(range(1000 + at, 1001 + at), detail=f"by {n}"))
            lake.upsert(OBJECTS, object_rows(range(at % 40, at % 40 + 1), detail=f"by {n}"))

    other = Lake(f"{Path(lake.url).parent}/./lake")  # locks of its own, as another process has
    with ThreadPoolExecutor(3) as threads:
        writers = [threads.submit(write, n) for n in (0, 100)]
        while not all(writer.done() for writer in writers):
            compact(other, OBJECTS)
    [writer.result() for writer in writers]
    rows = rows_of(lake)
    assert rows["object_key"].n_unique() == rows.height == 4 * N_NIGHTS + 16
    assert rows.filter(pl.col("detail").is_not_null()).height >= 16 + 8


def test_vacuum_keeps_every_version_within_the_retention(lake):
    compact(lake, OBJECTS)
    kept_from = 12
    commit_in_the_past(lake, kept_from, days=20)
    before = all_versions(lake)
    waste = waste_of(lake, retention_days=40)
    assert waste.paths
    vacuum(files_of(lake), waste)
    for version in range(kept_from, len(before)):
        assert_frame_equal(rows_of(lake, version), before[version])
    assert waste_of(lake, retention_days=40).paths == ()
    with pytest.raises(Exception, match="part-"):
        rows_of(lake, 1)


def test_vacuum_finds_nothing_where_everything_is_within_the_retention(lake):
    compact(lake, OBJECTS)
    assert waste_of(lake, retention_days=60).paths == ()


def test_files_that_no_commit_names_go_once_no_writer_can_mean_them(lake):
    stray = Path(lake.url) / "objects" / "part-stray.parquet"
    stray.write_bytes(b"PAR1")
    assert waste_of(lake, 5475, now=datetime.now(UTC)).paths == ()
    assert waste_of(lake, 5475).paths == ("objects/part-stray.parquet",)


@pytest.mark.parametrize("with_vacuum", [False, True])
def test_an_erasure_holds_in_a_compacted_and_vacuumed_table(lake, with_vacuum):
    compact(lake, OBJECTS)
    if with_vacuum:
        vacuum(files_of(lake), waste_of(lake, retention_days=7))
    lake.delete(OBJECTS, "exam_key", ["exam-1"])
    compact(lake, OBJECTS)
    forget(lake, files_of(lake), OBJECTS, frozenset({"exam-1"}))
    assert search(files_of(lake), frozenset({"exam-1"})).found_in == ()
    assert rows_of(lake).height == 32
    compact(lake, OBJECTS, by_exam=True)
    assert search(files_of(lake), frozenset({"exam-1"})).found_in == ()
