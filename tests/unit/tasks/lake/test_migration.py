"""Lakes of every earlier schema are read, migrated, written and published from."""

from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest
from deltalake import DeltaTable, Field
from deltalake.schema import PrimitiveType
from polars.testing import assert_frame_equal

from tasks.errors import ContractViolation
from tasks.lake.columns import Table
from tasks.lake.image_quality import complete_quality
from tasks.lake.layout import delta_schema
from tasks.lake.schemas import INSTANCES, LABELS, OUTCOMES, PRIORITY_LISTS, TABLES
from tasks.lake.store import Lake
from tasks.publish.publication import publish_list
from tasks.run import Run
from tasks.score.exams import aggregate
from tests.support.lake_fixture import MODEL_VERSION, fill_lake
from tests.support.lake_generations import declared, generations, turn_back

NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)
EARLIER = [name for name in generations() if generations()[name] != declared()]


@pytest.fixture(scope="module")
def todays(tmp_path_factory) -> Lake:
    """A lake of today's schema with rows in every table that ever changed."""
    lake = Lake(str(tmp_path_factory.mktemp("todays") / "lake"))
    fill_lake(lake, n_exams=6)
    exam_key = lake.read(INSTANCES)["exam_key"][0]
    complete_quality(lake)
    lake.insert_new(LABELS, LABELS.frame([label(exam_key)]))
    lake.insert_new(OUTCOMES, OUTCOMES.frame([outcome(exam_key)]))
    return lake


@pytest.fixture(params=EARLIER)
def former(request, tmp_path: Path, todays: Lake) -> tuple[Lake, list[Table]]:
    """The same lake as an earlier schema had it, and the tables that are otherwise."""
    lake = Lake(str(copytree(todays.url, tmp_path / "lake")))
    return lake, turn_back(lake, request.param)


def label(exam_key: str) -> dict[str, object]:
    of_image = {"sop_instance_key": "0" * 32, "exam_key": exam_key, "patient_key": "1" * 32}
    rest = {"source": "set", "image_laterality": "R", "provenance": "biopsy"}
    return {**dict.fromkeys(LABELS.schema), **of_image, **rest, "is_film": True, "regions": []}


def outcome(exam_key: str) -> dict[str, object]:
    row = {"exam_key": exam_key, "breast": "R", "source": "reader", "recorded_at": NOW}
    return {**dict.fromkeys(OUTCOMES.schema), **row}


def as_former(table: Table, rows: pl.DataFrame, lake: Lake) -> pl.DataFrame:
    """Today's rows with the declared defaults where the stored table knows no column."""
    if lake.version(table) is None:
        return rows.clear()
    stored = {field.name for field in DeltaTable(f"{lake.url}/{table.name}").schema().fields}
    later = [column for column in table.columns if column.name not in stored]
    return rows.with_columns(pl.lit(c.default, c.dtype).alias(c.name) for c in later)


def test_the_newest_generation_is_what_is_declared():
    newest = next(iter(generations()))
    assert generations()[newest] == declared(), (
        "The declared schema changed: add a file to tests/golden/lake_schemas that says all of "
        f"it, and leave in {newest}.json only the tables that changed, as they were."
    )


def test_an_earlier_schema_is_read_with_defaults_then_migrated_with_its_past(former, todays):
    lake, changed = former
    assert changed
    expected = {table: as_former(table, todays.read(table), lake) for table in changed}
    for table, rows in expected.items():
        assert_same(table, lake.read(table), rows)
        assert lake.version(table) in (None, 1)
        lake.migrate(table)
        if lake.version(table) is None:
            continue
        assert_as_declared(table, lake)
        for version in (1, 2):
            assert_same(table, lake.scan(table, version).collect(), rows)
        lake.migrate(table)
        assert lake.version(table) == 2


def assert_same(table: Table, found: pl.DataFrame, expected: pl.DataFrame) -> None:
    assert_frame_equal(found.sort(table.key), expected.sort(table.key))


def assert_as_declared(table: Table, lake: Lake) -> None:
    stored = DeltaTable(f"{lake.url}/{table.name}").schema().fields
    named = {field.name: (field.type, field.nullable) for field in stored}
    assert named == {f.name: (f.type, f.nullable) for f in delta_schema(table).fields}


def test_a_night_aggregates_and_publishes_from_an_earlier_schema(former):
    lake, changed = former
    run = Run("run", date(2026, 11, 25), NOW)
    aggregate(lake, MODEL_VERSION, run)
    publication = publish_list(lake, MODEL_VERSION, run)
    assert publication.is_new
    assert publication.n_exams > 0
    assert not publish_list(lake, MODEL_VERSION, run).is_new
    if PRIORITY_LISTS in changed:
        orderings = lake.read(PRIORITY_LISTS).group_by("list_date").agg("ordering")
        assert set(orderings["ordering"].explode()) == {"score"}


def test_rows_are_changed_and_deleted_in_tables_of_an_earlier_schema(former):
    lake, changed = former
    for table in changed:
        rows = lake.read(table)
        optional = [c for c in table.columns if c.nullable and c.dtype == pl.String]
        if not rows.height or not optional:
            continue
        column = optional[-1].name
        assert lake.upsert(table, rows.with_columns(pl.lit("new").alias(column))) == rows.height
        assert set(lake.read(table)[column]) == {"new"}
        if "exam_key" in table.schema:
            assert lake.delete(table, "exam_key", rows["exam_key"].to_list()) == rows.height


@pytest.mark.parametrize(
    "change",
    [
        lambda delta: delta.alter.add_columns(Field("x", PrimitiveType("string"))),
        lambda delta: delta.alter.drop_column_not_null("exam_key"),
    ],
    ids=["a column of a later schema", "null where none may be"],
)
def test_what_no_migration_mends_is_refused(todays, tmp_path, change):
    lake = Lake(str(copytree(todays.url, tmp_path / "lake")))
    change(DeltaTable(f"{lake.url}/instances"))
    with pytest.raises(ContractViolation, match="Update this installation"):
        lake.read(INSTANCES)


def test_every_column_that_came_later_can_be_filled():
    first = list(generations().values())[-1]
    for table in TABLES:
        stored = {name.removesuffix("?") for name in first.get(table.name, table.schema)}
        later = [column for column in table.columns if column.name not in stored]
        assert all(column.nullable or column.default is not None for column in later)
