"""The drill's checker: what is missing, twice or otherwise is named."""

import polars as pl

from flows.drill.check import TABLES, compare_tables
from tasks.lake.schemas import IMAGE_SCORES, OBJECTS, PRIORITY_LISTS


def tables(n_exams: int = 2) -> dict[str, pl.DataFrame]:
    """Tables of which only the keys matter here."""
    keys = [f"key-{number}" for number in range(n_exams)]
    return {
        table.name: pl.DataFrame(
            dict.fromkeys({*table.key, "exam_key"}, keys) | {"rank": range(n_exams)}
        )
        for table in TABLES
    }


def test_equal_tables_are_clean() -> None:
    assert compare_tables(tables(), tables()).is_clean


def test_a_missing_object_or_exam_is_lost() -> None:
    found = tables()
    for table in (OBJECTS, PRIORITY_LISTS):
        found[table.name] = found[table.name].head(1)
    verdict = compare_tables(found, tables())
    assert verdict.lost == ("objects: key-1", "priority_lists: key-1")
    assert set(verdict.unequal) == {OBJECTS.name, PRIORITY_LISTS.name}


def test_a_row_that_stands_twice_is_doubled() -> None:
    found = tables()
    scores = found[IMAGE_SCORES.name]
    found[IMAGE_SCORES.name] = pl.concat([scores, scores.head(1)])
    assert len(compare_tables(found, tables()).doubled) == 1


def test_an_exam_on_two_ranks_is_doubled() -> None:
    found = tables()
    listed = found[PRIORITY_LISTS.name]
    again = listed.head(1).with_columns(rank=pl.lit(7, pl.Int64))
    found[PRIORITY_LISTS.name] = pl.concat([listed, again])
    assert compare_tables(found, tables()).doubled == ("priority_lists: ('key-0',)",)
