"""Proves that a table is whole: its files are there, as they were written, and readable.

It changes nothing and mends nothing: it says what is wrong.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import ContractViolation
from tasks.lake.columns import Table
from tasks.lake.digests import Compared, compare
from tasks.lake.files import LakeFiles
from tasks.lake.store import Lake

_BATCH_ROWS = 64
"""Of payloads that are decoded at once: 64 network inputs are 32 MiB."""


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what is wrong.

    Args:
        n_files: Data files of the latest version.
        n_rows: Their rows.
        problems: Sentences; none where the table is whole.
        n_unrecorded: Files of any version that have no digest.
    """

    n_files: int
    n_rows: int
    problems: tuple[str, ...]
    n_unrecorded: int = 0


def check_table(
    lake: Lake,
    files: LakeFiles,
    table: Table,
    *,
    with_values: bool = False,
    digests: pl.DataFrame | None = None,
) -> Checked:
    """Check a table's latest version, and all files that have a digest; no table is whole.

    Args:
        lake: Where.
        files: Of that lake.
        table: Which.
        with_values: Also decode every value, and hold pixels to their digests.
        digests: Rows of `lake_files`; without them no file is held to its digest.

    Raises:
        Retryable: If the storage does not answer.
    """
    compared = Compared() if digests is None else compare(files, table, digests)
    if compared.problems:
        return Checked(0, 0, compared.problems)
    try:
        delta = lake.opened(table)
    except ContractViolation as error:
        return Checked(0, 0, (str(error),))
    if delta is None:
        return Checked(0, 0, ())
    actions = pl.DataFrame(delta.get_add_actions())
    sizes = files.sizes(table.name)
    problems: list[str] = []
    for action in actions.iter_rows(named=True):
        path = f"{table.name}/{action['path']}"
        problems += _problems_of_file(files, path, action, sizes, with_values=with_values)
    if not problems:
        problems += _repeated_keys(lake, table)
    n_rows = int(actions["num_records"].sum())
    return Checked(actions.height, n_rows, tuple(problems), compared.n_unrecorded)


def _problems_of_file(
    files: LakeFiles,
    path: str,
    action: dict[str, object],
    sizes: dict[str, int],
    *,
    with_values: bool,
) -> Iterator[str]:
    if sizes.get(path) != action["size_bytes"]:
        found = f"{sizes[path]} bytes" if path in sizes else "gone"
        yield f"{path} is {found}, and the log says {action['size_bytes']} bytes."
        return
    try:
        with files.open(path) as source:
            file = pq.ParquetFile(source)
            if file.metadata.num_rows != action["num_records"]:
                yield f"{path} holds {file.metadata.num_rows} rows, not as the log says."
            elif with_values:
                yield from _damaged_values(path, file)
    except (pa.ArrowException, OSError, ValueError) as error:  # names may be no UTF-8 any more
        yield f"{path} is damaged: {error}"


def _damaged_values(path: str, file: pq.ParquetFile) -> Iterator[str]:
    has_pixels = "pixels" in file.schema_arrow.names
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        if has_pixels:
            rows = pl.DataFrame(batch.select(["sop_instance_key", "pixels", "pixels_sha256"]))
            for key, pixels, digest in rows.iter_rows():
                if hashlib.sha256(pixels).hexdigest() != digest:
                    yield f"{path} holds damaged pixels of image {key}."


def _repeated_keys(lake: Lake, table: Table) -> Iterator[str]:
    keys = lake.read(table, columns=table.key)
    if n := int(keys.is_duplicated().sum()):
        yield f"{n} rows of {table.name} share their key {table.key} with another."
