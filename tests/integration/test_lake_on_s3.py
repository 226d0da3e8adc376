"""The lake in S3 behaves as on a folder."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from tasks.errors import Retryable
from tasks.lake.backup import back_up, files_of, restore
from tasks.lake.check import check_table
from tasks.lake.layout import delta_schema
from tasks.lake.s3 import s3_storage_options
from tasks.lake.schemas import IMAGES, OBJECTS, PRIORITY_LISTS, TABLES
from tasks.lake.store import Lake
from tasks.lake.upkeep import compact, find_waste, vacuum
from tests.support.lake_race import race
from tests.support.lake_rows import image_rows, object_rows
from tests.support.moto_server import CREDENTIALS, create_bucket, moto_server

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_server() as url, pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        create_bucket(url, "lake")
        yield url


@pytest.fixture
def lake(endpoint: str, request: pytest.FixtureRequest) -> Lake:
    options = s3_storage_options(endpoint, "us-east-1")
    return Lake(f"s3://lake/{request.node.name}", options)


def test_a_table_that_does_not_exist_reads_as_typed_and_empty(lake: Lake):
    assert lake.read(OBJECTS).schema == OBJECTS.schema
    assert lake.version(OBJECTS) is None


def test_rows_come_back_and_writing_them_again_commits_nothing(lake: Lake):
    assert lake.insert_new(OBJECTS, object_rows(range(5))) == 5
    assert lake.upsert(OBJECTS, object_rows(range(5))) == 0
    assert lake.version(OBJECTS) == 1
    assert lake.read(OBJECTS).sort("size_bytes").equals(object_rows(range(5)))


def test_an_upsert_changes_only_what_differs(lake: Lake):
    lake.upsert(OBJECTS, object_rows(range(10)))
    assert lake.upsert(OBJECTS, object_rows(range(8, 12), state="scored")) == 4
    states = lake.read(OBJECTS).sort("size_bytes")["state"].to_list()
    assert states == ["pending"] * 8 + ["scored"] * 4


def test_the_past_stays_readable(lake: Lake):
    lake.upsert(OBJECTS, object_rows(range(2)))
    lake.upsert(OBJECTS, object_rows(range(2), state="scored"))
    assert lake.scan(OBJECTS, 1).collect()["state"].to_list() == ["pending"] * 2


def test_a_table_of_an_earlier_schema_is_read_and_migrated(lake: Lake, endpoint: str):
    rows = PRIORITY_LISTS.frame([list_row(rank) for rank in range(1, 6)])
    former = rows.drop("ordering").to_arrow()
    url = f"{lake.url}/{PRIORITY_LISTS.name}"
    schema = pa.schema(
        field for field in pa.schema(delta_schema(PRIORITY_LISTS)) if field.name != "ordering"
    )
    write_deltalake(url, former.cast(schema), storage_options=dict(lake.storage_options or {}))
    assert lake.read(PRIORITY_LISTS).equals(rows)
    lake.migrate(PRIORITY_LISTS)
    assert not lake.migration(PRIORITY_LISTS).is_needed
    assert lake.read(PRIORITY_LISTS).equals(rows)
    assert lake.scan(PRIORITY_LISTS, 0).collect().equals(rows)


def list_row(rank: int) -> dict[str, object]:
    words = {name: "word" for name, kind in PRIORITY_LISTS.schema.items() if kind == pl.String}
    day, now = date(2026, 11, 24), datetime(2026, 11, 24, tzinfo=UTC)
    counts = {"n_images_scored": 4, "n_images_unscorable": 0, "rank": rank}
    times = {"list_date": day, "published_at": now, "ordering": "score"}
    return {**dict.fromkeys(PRIORITY_LISTS.schema), **words, **counts, **times}


def test_a_lake_is_compacted_backed_up_and_restored(lake: Lake):
    for n in range(4):
        lake.insert_new(OBJECTS, object_rows(range(n, n + 1)))
    compact(lake, OBJECTS)
    backup, restored = (Lake(f"{lake.url}-{name}", lake.storage_options) for name in "br")
    assert back_up(lake, backup, TABLES).versions == {"objects": 5}
    assert back_up(lake, backup, TABLES).n_written == 0
    restore(backup, restored, TABLES)
    for version in range(6):
        rows = (
            at.scan(OBJECTS, version).collect().sort("object_key") for at in (lake, restored)
        )
        assert next(rows).equals(next(rows))
    assert check_table(restored, files_of(restored), OBJECTS).problems == ()
    now = datetime.now(UTC) + timedelta(days=60)
    waste = find_waste(lake, files_of(lake), OBJECTS, timedelta(days=30), now)
    vacuum(files_of(lake), waste)
    assert len(waste.paths) == 4
    assert lake.read(OBJECTS).sort("size_bytes").equals(object_rows(range(4)))


def test_pixels_come_back_verified(lake: Lake):
    lake.insert_new(IMAGES, image_rows(range(8), pixels=bytes(524_288)))
    images = lake.read_pixels([f"{number:032x}" for number in (6, 2)], "v1")
    assert images["pixels"].to_list() == [bytes(524_288)] * 2


def test_racing_processes_leave_one_row_a_key_and_lose_no_change(lake: Lake):
    lake.insert_new(OBJECTS, object_rows(range(8)))
    counts = race(lake, n_processes=4)
    keys = lake.read(IMAGES, columns=["sop_instance_key"])
    assert sum(n_inserted for n_inserted, _ in counts) == keys.height == keys.n_unique() == 12
    assert [n_changed for _, n_changed in counts] == [3] * 4
    assert lake.read(OBJECTS)["state"].to_list().count("scored") == 8


@pytest.mark.parametrize("url", ["s3://no-such-bucket/lake", "s3://lake/away"])
def test_a_storage_that_does_not_answer_is_retryable(url: str, endpoint: str):
    endpoint = endpoint if "no-such" in url else "http://127.0.0.1:1"
    lake = Lake(url, s3_storage_options(endpoint, "us-east-1") | {"max_retries": "1"})
    with pytest.raises(Retryable, match="table objects failed"):
        lake.read(OBJECTS)
