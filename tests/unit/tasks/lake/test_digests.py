"""Digests of the lake's files: recorded once, dropped with their files, true after erasure."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.upkeep import check_lake, compact_lake, vacuum_lake
from tasks.lake.backup import back_up, files_of
from tasks.lake.check import check_table
from tasks.lake.digests import compare, drop, record
from tasks.lake.files import log_lines
from tasks.lake.history import forget
from tasks.lake.schemas import IMAGES, LAKE_FILES, OBJECTS, TABLES
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Nights enough for a checkpoint; each added a file and changed a row."""
    monkeypatch.setenv("SMART_MAMMO_LAKE_URL", str(tmp_path / "lake"))
    lake = Lake(str(tmp_path / "lake"))
    for n in range(24):
        lake.upsert(OBJECTS, object_rows(range(4 * n, 4 * n + 4), exam_key=f"exam-{n % 3}"))
    lake.insert_new(IMAGES, image_rows(range(2)))
    return lake


def record_all(lake: Lake, *, thoroughly: bool = False) -> int:
    return record(lake, files_of(lake), TABLES, thoroughly=thoroughly)


def problems(lake: Lake) -> list[str]:
    digests, files = lake.read(LAKE_FILES), files_of(lake)
    checked = [check_table(lake, files, table, digests=digests) for table in TABLES]
    return [problem for found in checked for problem in found.problems]


def n_unrecorded(lake: Lake) -> int:
    digests, files = lake.read(LAKE_FILES), files_of(lake)
    return sum(compare(files, table, digests).n_unrecorded for table in TABLES)


def test_every_file_is_recorded_once_and_new_ones_after_it(lake):
    assert n_unrecorded(lake) == record_all(lake) > 50
    assert (n_unrecorded(lake), problems(lake)) == (0, [])
    version = lake.version(LAKE_FILES)
    assert record_all(lake) == record_all(lake, thoroughly=True) == 0
    assert lake.version(LAKE_FILES) == version
    lake.insert_new(OBJECTS, object_rows(range(900, 901)))
    assert record_all(lake) == 2  # a data file and its entry in the log


def test_a_first_record_that_is_killed_goes_on(lake, monkeypatch):
    monkeypatch.setattr("tasks.lake.digests._COMMIT_BYTES", 1)
    insert, n_commits = Lake.insert_new, 0

    def insert_new(self, table, frame):
        nonlocal n_commits
        n_commits += 1
        if n_commits == 5:
            raise KeyboardInterrupt
        return insert(self, table, frame)

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "insert_new", insert_new)
        with pytest.raises(KeyboardInterrupt):
            record_all(lake)
    assert lake.read(LAKE_FILES).height
    assert record_all(lake) > 0
    assert n_unrecorded(lake) == 0


def test_a_night_of_a_lake_without_digests_reads_so_much_and_the_next_goes_on(lake):
    nights = [
        record(lake, files_of(lake), TABLES, budget_bytes=60_000)
        for _ in range(40)
        if n_unrecorded(lake)
    ]
    assert len(nights) > 2
    assert max(nights) < sum(nights) / 2
    assert n_unrecorded(lake) == 0


def test_a_file_that_is_gone_or_changed_is_named_with_the_remedy(lake, capfd):
    record_all(lake)
    log = Path(lake.url, "objects", "_delta_log")
    (log / f"{3:020}.json").unlink()
    image = next(Path(lake.url, "images").rglob("part-*.parquet"))
    image.write_bytes(image.read_bytes()[:-1] + b"?")
    found = [sentence for sentence, is_problem in check_lake(with_values=False) if is_problem]
    assert [sentence.split(" is ")[0] for sentence in found[:2]] == [
        f"objects/_delta_log/{3:020}.json",
        f"{image.relative_to(lake.url)}",
    ]
    assert "mammo lake restore DIR" in found[-1]


def test_an_erasure_leaves_no_digest_of_bytes_that_are_gone(lake):
    record_all(lake)
    n_before = lake.read(LAKE_FILES).height
    lake.delete(OBJECTS, "exam_key", ["exam-1"])
    assert forget(lake, files_of(lake), OBJECTS, frozenset({"exam-1"})).n_files
    assert problems(lake) == []
    assert 0 < lake.read(LAKE_FILES).height < n_before
    assert record_all(lake, thoroughly=True)
    assert (n_unrecorded(lake), problems(lake)) == (0, [])


def test_compaction_records_and_vacuum_drops(lake, monkeypatch):
    record_all(lake)
    assert list(compact_lake(is_dry=False, by_exam=False))
    assert n_unrecorded(lake) == 0
    assert list(compact_lake(is_dry=False, by_exam=False)) == []
    n_before = lake.read(LAKE_FILES).height
    monkeypatch.setenv("SMART_MAMMO_LAKE_RETENTION_DAYS", "8")
    later = datetime.now(UTC) + timedelta(days=30)
    monkeypatch.setattr("flows.upkeep.datetime", type("Later", (), {"now": lambda _: later}))
    assert any(
        sentence.startswith("objects: deleted") for sentence in vacuum_lake(is_dry=False)
    )
    assert lake.read(LAKE_FILES).height < n_before
    assert problems(lake) == []


def test_a_backup_has_no_digest_of_a_file_that_it_lacks(lake, tmp_path):
    record_all(lake)
    backup = Lake(str(tmp_path / "backup"))
    back_up(lake, backup, TABLES)
    assert (n_unrecorded(backup), problems(backup)) == (0, [])


def test_a_digest_that_was_dropped_is_said_and_made_again(lake):
    record_all(lake)
    path = lake.read(LAKE_FILES)["path"].sort()[0]
    assert drop(lake, [path]) == 1
    assert (n_unrecorded(lake), problems(lake)) == (1, [])
    assert record_all(lake, thoroughly=True) == 1


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_separator_within_a_value_ends_no_line_of_the_log(separator):
    action = json.dumps({"add": {"path": f"a{separator}b"}}, ensure_ascii=False)
    assert log_lines(f"{action}\n{action}\n".encode()) == [action, action]
