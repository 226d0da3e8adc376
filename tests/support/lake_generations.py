"""Lakes as earlier schemas left them, made from today's rows.

Each file of `tests/golden/lake_schemas` is one generation, by the day that it came: columns as
Delta types, `?` where a column may be null. The newest file says all tables; an older one says
those that the next generation changed, as they were, or null where it first made them.
"""

import json
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Any

import polars as pl
import pyarrow as pa
from deltalake import DeltaTable, Schema, write_deltalake

from tasks.lake.columns import Table
from tasks.lake.layout import CONFIGURATION, delta_schema
from tasks.lake.schemas import TABLES
from tasks.lake.store import Lake

FOLDER = Path(__file__).parents[1] / "golden" / "lake_schemas"

Columns = dict[str, Any]
"""Delta type by column; `?` after its name where it may be null."""


@cache
def generations() -> dict[str, dict[str, Columns]]:
    """Tables by generation, the newest first."""
    tables: dict[str, Columns] = {}
    found: dict[str, dict[str, Columns]] = {}
    for file in sorted(FOLDER.glob("*.json"), reverse=True):
        changed: dict[str, Columns | None] = json.loads(file.read_text())
        merged = tables | changed
        tables = {name: columns for name, columns in merged.items() if columns is not None}
        found[file.stem] = tables
    return found


def declared() -> dict[str, Columns]:
    """Today's tables in the same words."""
    return {
        table.name: {
            field["name"] + "?" * field["nullable"]: field["type"]
            for field in json.loads(delta_schema(table).to_json())["fields"]
        }
        for table in TABLES
    }


def turn_back(lake: Lake, generation: str) -> list[Table]:
    """Make those tables of a lake anew that a generation had otherwise.

    Returns:
        The tables that were made anew; tables that came later are gone.
    """
    tables = generations()[generation]
    changed = [table for table in TABLES if tables.get(table.name) != declared()[table.name]]
    for table in changed:
        rows = lake.read(table)
        rmtree(Path(lake.url) / table.name, ignore_errors=True)
        if columns := tables.get(table.name):
            _write(f"{lake.url}/{table.name}", columns, rows)
    return changed


def _write(path: str, columns: Columns, rows: pl.DataFrame) -> None:
    schema = _schema(columns)
    delta = DeltaTable.create(path, schema, configuration=CONFIGURATION)
    former = rows.select(field.name for field in schema.fields).to_arrow()
    write_deltalake(delta, former.cast(pa.schema(schema.to_arrow())), mode="append")


def _schema(columns: Columns) -> Schema:
    fields = [
        {
            "name": name.removesuffix("?"),
            "type": kind,
            "nullable": name.endswith("?"),
            "metadata": {},
        }
        for name, kind in columns.items()
    ]
    return Schema.from_json(json.dumps({"type": "struct", "fields": fields}))
