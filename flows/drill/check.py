"""The one checker of a drill: what a lake says against what it says after a quiet night.

Pure: it compares frames, and knows neither servers nor faults.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tasks.lake.columns import PROVENANCE, Table
from tasks.lake.schemas import (
    EXAM_SCORES,
    IMAGE_SCORES,
    IMAGES,
    INSTANCES,
    OBJECTS,
    PRIORITY_LISTS,
)
from tasks.lake.store import Lake
from tasks.publish.accounting import count_objects

TABLES = (OBJECTS, INSTANCES, IMAGES, IMAGE_SCORES, EXAM_SCORES, PRIORITY_LISTS)
"""What a night makes of a bucket; `runs` tells how often it was tried."""

RUN_TIMES = PROVENANCE | {"first_seen_at", "changed_at", "last_modified_at", "gone_at"}
"""Columns that tell one run from another and no more."""


@dataclass(frozen=True)
class Verdict:
    """What a drill's lake lacks, has twice, or says otherwise.

    Args:
        lost: Keys of exams or objects that a quiet night has.
        doubled: Keys that stand twice in a table, or exams twice on the list.
        unequal: Tables that differ from a quiet night's.
    """

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    unequal: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.lost or self.doubled or self.unequal)


def read_tables(lake: Lake) -> dict[str, pl.DataFrame]:
    """Read what a night made, without objects that are gone and what tells runs apart.

    Raises:
        ContractViolation: If an object is in no state, in two, or set aside without a reason.
    """
    count_objects(lake.read(OBJECTS))
    return {table.name: _content(table, lake.read(table)) for table in TABLES}


def _content(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    if table is OBJECTS:
        rows = rows.filter(pl.col("gone_at").is_null())
    rows = rows.drop(RUN_TIMES, strict=False)
    return rows.sort([name for name in table.key if name in rows.columns])


def compare_tables(
    found: Mapping[str, pl.DataFrame], expected: Mapping[str, pl.DataFrame]
) -> Verdict:
    """Hold a lake's tables, as `read_tables` gives them, to those of a quiet night."""
    return Verdict(
        lost=_missing(found, expected, OBJECTS.name, "object_key")
        + _missing(found, expected, PRIORITY_LISTS.name, "exam_key"),
        doubled=tuple(
            f"{table.name}: {key}"
            for table in TABLES
            for key in _twice(table, found[table.name])
        ),
        unequal=tuple(name for name in expected if not found[name].equals(expected[name])),
    )


def _missing(
    found: Mapping[str, pl.DataFrame],
    expected: Mapping[str, pl.DataFrame],
    table: str,
    key: str,
) -> tuple[str, ...]:
    lacking = expected[table].join(found[table], on=key, how="anti")
    return tuple(f"{table}: {value}" for value in lacking[key])


def _twice(table: Table, rows: pl.DataFrame) -> list[str]:
    key = ("exam_key",) if table is PRIORITY_LISTS else table.key
    counts = rows.group_by(key).len().filter(pl.col("len") > 1)
    return [str(row) for row in counts.select(key).iter_rows()]
