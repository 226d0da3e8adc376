"""Discovery against a real lake: what a listing adds, takes away and brings back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tasks.ingest import intake
from tasks.ingest.intake import discover_objects
from tasks.ingest.object_store import ObjectSummary
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tasks.run import Run
from tests.support.counting_lake import CountingLake

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


class Listed:
    """The part of the store's port that discovery uses."""

    def __init__(self, *summaries: ObjectSummary) -> None:
        self.summaries = summaries

    def list_objects(self) -> Iterator[ObjectSummary]:
        yield from self.summaries


def summary(number: int, etag: str = "1") -> ObjectSummary:
    return ObjectSummary(f"unit/{number:06}.dcm", etag, 10, NOW)


def run(days: int = 0) -> Run:
    return replace(Run.begin(date(2026, 11, 24)), started_at=NOW + timedelta(days=days))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return CountingLake(str(tmp_path / "lake"))


def test_what_went_and_came_back_keeps_its_state(lake):
    discover_objects(lake, Listed(summary(1), summary(2)), run())
    rows = lake.read(OBJECTS)
    lake.upsert(OBJECTS, rows.with_columns(state=pl.lit("scored")))
    assert discover_objects(lake, Listed(summary(2, "new")), run(1)) == 1
    gone = lake.read(OBJECTS, where=pl.col("gone_at").is_not_null())
    assert set(gone["state"]) == {"scored"}
    assert set(gone["gone_at"]) == {run(1).started_at}
    assert discover_objects(lake, Listed(summary(1), summary(2)), run(2)) == 0
    present = lake.read(OBJECTS, where=pl.col("gone_at").is_null()).sort("object_key")
    assert present.select("object_key", "etag", "state").rows() == [
        ("unit/000001.dcm", "1", "scored"),
        ("unit/000002.dcm", "1", "scored"),
    ]


def test_a_listing_that_is_known_writes_nothing_and_reads_five_columns(lake):
    listed = Listed(*map(summary, range(300)))
    assert discover_objects(lake, listed, run()) == 300
    version = lake.version(OBJECTS)
    CountingLake.reads.clear()
    assert discover_objects(lake, listed, run(1)) == 0
    assert lake.version(OBJECTS) == version
    assert sum(rows * columns for _, rows, columns in CountingLake.reads) == 300 * 5


def test_new_objects_lie_in_files_of_their_keys_so_that_a_batch_reads_one(lake, monkeypatch):
    monkeypatch.setattr(intake, "OBJECTS_PER_COMMIT", 100)
    discover_objects(lake, Listed(*map(summary, range(300))), run())
    opened = lake.opened(OBJECTS)
    assert opened is not None
    files = pl.DataFrame(opened.get_add_actions(flatten=True)).sort("min.object_key")
    starts, ends = files["min.object_key"].to_list(), files["max.object_key"].to_list()
    assert files.height == 3
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
