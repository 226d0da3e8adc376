"""Holds what a night is about to read to its digests: a flipped bit is told before it counts.

It reads the files of the latest versions; all files of all versions are `mammo lake check`'s.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from math import ceil
from zlib import crc32

import polars as pl

from tasks.errors import ContractViolation
from tasks.lake.columns import Table
from tasks.lake.digests import differences, version_in_log
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.files import LakeFiles
from tasks.lake.store import Lake

BYTES_A_NIGHT = 4 << 30
"""3 s of one core's digests. What does not fit into one night is held to them in turns."""

N_THREADS = 8
"""A store in S3 waits more than it works."""

Sizes = dict[str, int]


def refuse_damage(lake: Lake, files: LakeFiles, tables: Sequence[Table], day: date) -> None:
    """Compare the logs and data files that make the latest versions with their digests.

    Args:
        lake: Where.
        files: Of that lake.
        tables: Which ones.
        day: Of the night: the next one takes other files, where they are too many for one.

    Raises:
        ContractViolation: If a file is damaged or gone.
        Retryable: If the storage does not answer.
    """
    rows = lake.read(LAKE_FILES)
    sizes = {path: n for table in tables for path, n in files.sizes(table.name).items()}
    logs = [path for table in tables for path in _log(table, sizes)]
    _compare(lake, files, rows.filter(pl.col("path").is_in(logs)), sizes)
    data = [path for table in tables for path in _data(lake, table)]
    live = rows.filter(pl.col("path").is_in(data))
    _compare(lake, files, _of_night(live, day), sizes)


def _log(table: Table, sizes: Sizes) -> list[str]:
    """What a reader reads of a log: the last checkpoint and the entries since."""
    versions = {
        path: version
        for path in sizes
        if path.startswith(f"{table.name}/") and (version := version_in_log(path)) is not None
    }
    last = max((n for path, n in versions.items() if path.endswith(".parquet")), default=0)
    return [path for path, version in versions.items() if version >= last]


def _data(lake: Lake, table: Table) -> list[str]:
    delta = lake.opened(table)
    paths = [] if delta is None else pl.DataFrame(delta.get_add_actions())["path"]
    return [f"{table.name}/{path}" for path in paths]


def _of_night(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    n_nights = max(1, ceil(int(rows["size_bytes"].sum()) / BYTES_A_NIGHT))
    turns = [crc32(path.encode()) % n_nights for path in rows["path"]]
    return rows.filter(pl.Series(turns, dtype=pl.UInt32) == day.toordinal() % n_nights)


def _compare(lake: Lake, files: LakeFiles, rows: pl.DataFrame, sizes: Sizes) -> None:
    with ThreadPoolExecutor(N_THREADS) as threads:
        found = threads.map(partial(differences, files, sizes=sizes), rows.to_dicts())
        different = rows.filter(pl.Series([bool(one) for one in found], dtype=pl.Boolean))
    if different.is_empty():
        return
    # Erasure writes files anew and takes their digests out first: those that still stand count.
    standing = lake.read(LAKE_FILES).join(different, on=["path", "sha256"], how="semi")
    sentences = [one for row in standing.to_dicts() for one in differences(files, row, sizes)]
    if sentences:
        raise ContractViolation(
            f"{len(sentences)} files of the lake are not as they were written: run mammo lake "
            f"check. {sentences[0]}"
        )
