"""Frames against declarations and standing rows."""

import polars as pl
import pytest

from tasks.errors import ContractViolation
from tasks.lake.columns import Column, Table
from tasks.lake.rows import (
    absent_rows,
    are_same_rows,
    changed_rows,
    check_rows,
    compared_columns,
)
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tests.support.lake_rows import image_rows, object_rows

POINTS = Table(
    "points",
    "a point",
    ("name",),
    (
        Column("name", pl.String(), "Name."),
        Column("x", pl.Float64(), "Place.", nullable=True),
        Column("tags", pl.List(pl.String()), "Tags.", nullable=True),
    ),
)


def points(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=POINTS.schema, orient="row")


def test_columns_come_back_in_the_declared_order():
    shuffled = object_rows(range(2)).select(reversed(OBJECTS.schema.names()))
    assert check_rows(OBJECTS, shuffled).columns == OBJECTS.schema.names()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop("etag"), r"objects and its schema differ .*\['etag'\]"),
        (lambda rows: rows.with_columns(extra=1), r"objects and its schema .*\['extra'\]"),
        (lambda rows: rows.cast({"size_bytes": pl.Int32}), "objects.size_bytes is Int32"),
        (lambda rows: rows.with_columns(etag=pl.lit(None, pl.String)), "objects.etag is null"),
        (lambda rows: pl.concat([rows, rows]), "objects repeat a key"),
    ],
)
def test_rows_that_break_the_declaration_are_named(change, message: str):
    with pytest.raises(ContractViolation, match=message):
        check_rows(OBJECTS, change(object_rows(range(2))))


def test_a_payload_is_compared_by_its_digest():
    assert "pixels" not in compared_columns(IMAGES)
    assert "pixels_sha256" in compared_columns(IMAGES)
    assert "saliency" in compared_columns(IMAGE_SCORES)


def test_new_pixels_are_a_change():
    standing = image_rows(range(2)).select(compared_columns(IMAGES))
    assert changed_rows(IMAGES, image_rows(range(2), pixels=b"other"), standing).height == 2


@pytest.mark.parametrize("x", [None, float("nan"), 0.5])
@pytest.mark.parametrize("tags", [None, [], ["a", None]])
def test_equal_rows_are_no_change(x: float | None, tags: list[str] | None):
    assert changed_rows(POINTS, points(("a", x, tags)), points(("a", x, tags))).is_empty()


@pytest.mark.parametrize(
    "row", [("a", None, ["t"]), ("a", 2.0, ["t"]), ("a", 1.0, None), ("a", 1.0, [])]
)
def test_any_other_value_is_a_change(row: tuple):
    assert changed_rows(POINTS, points(row), points(("a", 1.0, ["t"]))).rows() == [row]


def test_an_absent_key_is_new_even_if_all_its_values_are_null():
    frame = points(("a", None, None), ("b", None, None))
    standing = points(("b", None, None))
    assert changed_rows(POINTS, frame, standing)["name"].to_list() == ["a"]
    assert absent_rows(POINTS, frame, standing)["name"].to_list() == ["a"]


def test_rows_are_the_same_in_any_order_and_only_if_all_are():
    frame = points(("a", 1.0, []), ("b", None, []))
    assert are_same_rows(POINTS, frame, frame.reverse())
    assert not are_same_rows(POINTS, frame, frame.head(1))
    assert not are_same_rows(POINTS, frame.head(1), frame)
