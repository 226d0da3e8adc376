"""What a commit answered is on the disk: flushed in order, or a stated failure."""

import errno
import os
from pathlib import Path

import pytest
from deltalake.exceptions import CommitFailedError

from tasks.errors import Retryable
from tasks.lake import files, store
from tasks.lake.files import LakeFiles, added_paths
from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths that were flushed, in their order."""
    paths: list[Path] = []
    fsync = os.fsync

    def recorded(descriptor: int) -> None:
        paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(files.os, "fsync", recorded)
    return paths


def test_every_file_and_folder_of_the_lake_is_flushed(lake, flushed):
    for n in range(25):  # a checkpoint is among them
        lake.upsert(OBJECTS, object_rows(range(4 * n, 4 * n + 4)))
    lake.insert_new(IMAGES, image_rows(range(2)))
    written = {Path(lake.url), *Path(lake.url).rglob("*")}
    assert any(path.name.endswith(".checkpoint.parquet") for path in written)
    assert written <= set(flushed)


def test_data_is_flushed_before_the_entry_that_names_it_and_names_last(lake, flushed):
    lake.upsert(OBJECTS, object_rows(range(4)))
    lake.upsert(OBJECTS, object_rows(range(2, 8), exam_key="another"))
    log = Path(lake.url, "objects", "_delta_log")
    for entry in log.glob("*.json"):
        at = flushed.index(entry)
        added = [log.parent / name for name in added_paths(entry.read_bytes())]
        assert all(flushed.index(path) < at for path in added)
        assert log in flushed[at:]


def test_the_first_of_two_commits_is_flushed_when_the_second_must_be_tried_again(
    lake, flushed, monkeypatch
):
    lake.upsert(OBJECTS, object_rows(range(1)))
    overwrite, n_tries = store.overwrite, 0

    def spoilt(*arguments) -> None:
        nonlocal n_tries
        n_tries += 1
        if n_tries == 1:
            raise CommitFailedError("Another writer was first.")
        overwrite(*arguments)

    monkeypatch.setattr(store, "overwrite", spoilt)
    lake.upsert(OBJECTS, object_rows(range(2), exam_key="exam"))
    assert n_tries == 2
    entries = list(Path(lake.url, "objects", "_delta_log").glob("*.json"))
    assert len(entries) == 4
    assert set(entries) <= set(flushed)


def test_a_table_that_is_equal_already_flushes_nothing(lake, flushed):
    lake.upsert(OBJECTS, object_rows(range(4)))
    flushed.clear()
    lake.upsert(OBJECTS, object_rows(range(4)))
    assert flushed == []


def test_a_disk_that_cannot_flush_is_a_stated_failure(lake, monkeypatch):
    def failing(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", failing)
        with pytest.raises(Retryable, match=r"The storage of table objects failed: .*Input"):
            lake.upsert(OBJECTS, object_rows(range(4)))
    lake.upsert(OBJECTS, object_rows(range(4)))
    assert lake.count(OBJECTS) == 4


def test_a_file_written_anew_is_flushed_before_it_has_its_name(lake, flushed):
    LakeFiles(lake.url).write("objects/part-1.parquet", b"rows")
    folder = Path(lake.url, "objects")
    assert flushed == [folder / ".part-1.parquet.draft", folder]
