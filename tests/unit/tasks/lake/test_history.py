"""Rows leave every version of a table, others stay in each, and a stop anywhere is mended."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tasks.errors import ContractViolation, Retryable
from tasks.lake.files import LakeFiles
from tasks.lake.history import forget
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.search import search
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows
from tests.support.programme_lake import complete

HERS = "exam-hers"
KEYS = frozenset({HERS})
N_VERSIONS = 24
"""More than a checkpoint's interval."""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(str(tmp_path / "lake"))
    for night in range(N_VERSIONS // 2):
        exam_key = HERS if night in {1, 7} else f"exam-{night}"
        numbers = range(4 * night, 4 * night + 4)
        lake.insert_new(OBJECTS, object_rows(numbers, exam_key=exam_key))
        lake.upsert(OBJECTS, object_rows(range(4, 7), exam_key=HERS, detail=f"seen {night}"))
    return lake


def files_of(lake: Lake) -> LakeFiles:
    return LakeFiles(lake.url)


def versions(lake: Lake) -> list[pl.DataFrame]:
    latest = lake.version(OBJECTS)
    assert latest is not None
    frames = [lake.scan(OBJECTS, version).collect() for version in range(latest + 1)]
    return [frame.sort(OBJECTS.key) for frame in frames]


def without_hers(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    return [frame.filter(pl.col("exam_key") != HERS) for frame in frames]


def test_rows_leave_every_version_and_the_others_stay_in_each(lake):
    before = versions(lake)
    n_hers = before[-1].filter(pl.col("exam_key") == HERS).height
    assert lake.delete(OBJECTS, "exam_key", [HERS]) == n_hers == 8
    forgotten = forget(lake, files_of(lake), OBJECTS, KEYS)
    assert forgotten.n_rows > n_hers
    for now, then in zip(versions(lake)[:-1], without_hers(before), strict=True):
        assert_frame_equal(now, then)
    assert search(files_of(lake), KEYS).found_in == ()


def test_before_it_the_rows_are_found_in_data_commits_and_checkpoints(lake):
    lake.delete(OBJECTS, "exam_key", [HERS])
    found = " ".join(search(files_of(lake), KEYS).found_in)
    assert "objects/part-" in found
    assert ".json" in found
    assert ".checkpoint.parquet" in found


def test_a_second_time_nothing_is_written(lake):
    lake.delete(OBJECTS, "exam_key", [HERS])
    forget(lake, files_of(lake), OBJECTS, KEYS)
    before = {path: path.stat().st_mtime_ns for path in Path(lake.url).rglob("*")}
    assert forget(lake, files_of(lake), OBJECTS, KEYS).n_files == 0
    assert {path: path.stat().st_mtime_ns for path in Path(lake.url).rglob("*")} == before


class KilledError(Exception):
    """Stands for a kill."""


class DyingFiles(LakeFiles):
    """Fails at the n-th change of a file."""

    n_left = 0

    def write(self, path: str, data: bytes) -> None:
        self._count_down()
        super().write(path, data)

    def delete(self, path: str) -> None:
        self._count_down()
        super().delete(path)

    def _count_down(self) -> None:
        self.n_left -= 1
        if self.n_left < 0:
            raise KilledError


def test_stopped_at_any_file_and_called_again_it_ends_the_same(lake):
    before = without_hers(versions(lake))
    lake.delete(OBJECTS, "exam_key", [HERS])
    files = DyingFiles(lake.url)
    n_stops = 0
    while True:
        try:
            files.n_left = 1
            forget(lake, files, OBJECTS, KEYS)
            break
        except KilledError:
            n_stops += 1
            assert lake.read(OBJECTS).height == before[-1].height
    assert n_stops > 10
    assert search(files, KEYS).found_in == ()
    for now, then in zip(versions(lake)[:-1], before, strict=True):
        assert_frame_equal(now, then)


def test_writers_may_go_on_afterwards(lake):
    lake.delete(OBJECTS, "exam_key", [HERS])
    forget(lake, files_of(lake), OBJECTS, KEYS)
    height = lake.read(OBJECTS).height
    assert lake.insert_new(OBJECTS, object_rows(range(90, 94))) == 4
    assert lake.upsert(OBJECTS, object_rows(range(90, 92), state="scored")) == 2
    assert lake.read(OBJECTS).height == height + 4


def test_pixels_of_others_stay_as_they_were(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    rows = image_rows(range(8), pixels=bytes(range(256)))
    lake.insert_new(IMAGES, rows)
    lake.delete(IMAGES, "exam_key", ["exam-0"])
    assert forget(lake, files_of(lake), IMAGES, frozenset({"exam-0"})).n_rows == 4
    kept = lake.scan(IMAGES, 1).collect().sort("sop_instance_key")
    assert_frame_equal(kept, rows.filter(pl.col("exam_key") != "exam-0"))


def test_a_row_that_is_written_meanwhile_is_told(lake):
    with pytest.raises(Retryable, match="run the same command again"):
        forget(lake, files_of(lake), OBJECTS, KEYS)


def test_what_killed_writers_left_is_removed_where_it_holds_a_row_or_is_torn(lake):
    folder = Path(lake.url) / "objects"
    held = next(
        file for file in folder.glob("*.parquet") if HERS in str(pl.read_parquet(file).rows())
    )
    strays = [folder / "part-orphan.parquet", folder / "part-torn.parquet"]
    strays.append(folder / "_delta_log" / "_commit_torn.json.tmp")
    for stray, data in zip(strays, (held.read_bytes(), b"PAR1", HERS.encode()), strict=True):
        stray.write_bytes(data)
    lake.delete(OBJECTS, "exam_key", [HERS])
    forget(lake, files_of(lake), OBJECTS, KEYS)
    assert [stray for stray in strays if stray.exists()] == []


def test_a_damaged_data_file_is_named_and_not_removed(lake):
    lake.delete(OBJECTS, "exam_key", [HERS])
    file = sorted((Path(lake.url) / "objects").glob("*.parquet"))[0]
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(ContractViolation, match="objects is damaged"):
        forget(lake, files_of(lake), OBJECTS, KEYS)
    assert file.exists()


def test_rows_leave_a_table_whose_other_rows_hold_lists_of_texts(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    region = {"top_px": 1, "left_px": 2, "height_px": 3, "width_px": 4, "finding": "mass"}
    keys = pl.DataFrame({"sop_instance_key": list("abcde"), "exam_key": [HERS, *"pqpq"]})
    kind = IMAGE_SCORES.schema["regions"]
    regions = pl.Series("regions", [[region | {"score": 0.5}]] * 5, kind)
    rows = complete(IMAGE_SCORES, keys.with_columns(regions))
    lake.insert_new(IMAGE_SCORES, rows)
    lake.delete(IMAGE_SCORES, "exam_key", [HERS])
    forget(lake, files_of(lake), IMAGE_SCORES, KEYS)
    assert search(files_of(lake), KEYS).found_in == ()
    then = lake.scan(IMAGE_SCORES, 1).collect()
    assert_frame_equal(then, rows.tail(4), check_row_order=False)
