"""Frames held against a table's declaration, and against the rows that stand in it.

It reads and writes nothing: `tasks.lake.store` does.
"""

import polars as pl

from tasks.errors import ContractViolation
from tasks.lake.columns import PROVENANCE, Table

_DIGEST = "_sha256"


def check_rows(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Hold a frame to its table's declaration.

    Returns:
        The frame with its columns in the declared order.

    Raises:
        ContractViolation: If a column is missing, unknown, of another type, or null where it
            must not be, or if two rows share a key.
    """
    declared = table.schema
    if different := frame.schema.keys() ^ declared.keys():
        raise ContractViolation(
            f"Rows for {table.name} and its schema differ in the columns {sorted(different)}."
        )
    for name, dtype in declared.items():
        if frame.schema[name] != dtype:
            raise ContractViolation(
                f"{table.name}.{name} is {frame.schema[name]}, not {dtype}."
            )
    _check_nulls(table, frame)
    if frame.select(table.key).is_duplicated().any():
        raise ContractViolation(f"Rows for {table.name} repeat a key of {table.key}.")
    return frame.select(declared.names())


def _check_nulls(table: Table, frame: pl.DataFrame) -> None:
    for column in table.columns:
        if not column.nullable and (n := frame.get_column(column.name).null_count()):
            raise ContractViolation(
                f"{table.name}.{column.name} is null in {n} of {frame.height} rows."
            )


def compared_columns(table: Table) -> list[str]:
    """Name the columns that tell whether a row changed.

    A payload's digest stands for it, and who wrote a row and when is no change of the row.
    """
    names = table.schema.names()
    return [
        name
        for name in names
        if f"{name}{_DIGEST}" not in names and (name not in PROVENANCE or name in table.key)
    ]


def absent_rows(table: Table, frame: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Find the rows whose key does not stand yet."""
    return frame.join(standing, on=table.key, how="anti", maintain_order="left")


def changed_rows(table: Table, frame: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Find the rows that are absent or differ from the standing row of their key.

    Args:
        table: Of both frames.
        frame: Checked rows.
        standing: At least the `compared_columns` of the standing rows of those keys.
    """
    both = frame.join(
        standing.with_columns(_is_standing=True),
        on=table.key,
        how="left",
        suffix="_standing",
        maintain_order="left",
    )
    is_different = [
        pl.col(name).ne_missing(pl.col(f"{name}_standing"))
        for name in compared_columns(table)
        if name not in table.key
    ]
    is_new = pl.col("_is_standing").is_null()
    return both.filter(pl.any_horizontal(is_new, *is_different)).select(frame.columns)


def are_same_rows(table: Table, frame: pl.DataFrame, standing: pl.DataFrame) -> bool:
    """Say whether two frames hold equal rows, in whatever order."""
    return frame.height == standing.height and changed_rows(table, frame, standing).is_empty()
