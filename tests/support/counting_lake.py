"""A lake that counts what is read of it into memory."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from tasks.lake.columns import Table
from tasks.lake.store import Lake


class CountingLake(Lake):
    """Keeps the rows and columns of each read, by table; a test clears them first."""

    reads: ClassVar[list[tuple[Table, int, int]]] = []

    def read(
        self,
        table: Table,
        *,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
        at_most: int | None = None,
    ) -> pl.DataFrame:
        rows = super().read(table, columns=columns, where=where, at_most=at_most)
        self.reads.append((table, rows.height, rows.width))
        return rows

    def batches(
        self, table: Table, columns: Sequence[str], n_rows: int
    ) -> Iterator[pl.DataFrame]:
        for rows in super().batches(table, columns, n_rows):
            self.reads.append((table, rows.height, rows.width))
            yield rows
