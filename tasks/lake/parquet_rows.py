"""Rows of one Parquet file by the texts in them: found, counted, taken out.

It reads the text columns alone; pixels are only touched where a file is written anew.
"""

from collections.abc import Iterator
from io import SEEK_END, BytesIO
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


def count_rows_with(source: Any, keys: frozenset[str]) -> int:
    """Count the rows of a file that have one of some keys in a text column.

    Raises:
        pyarrow.ArrowInvalid: If it is no whole Parquet file.
    """
    file = pq.ParquetFile(source)
    texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    return sum(int(_has_key(part, keys).sum()) for part in file.iter_batches(columns=texts))


def without_rows_of(data: bytes, keys: frozenset[str]) -> bytes:
    """Write a file anew without the rows that have one of some keys in a text column."""
    source = BytesIO(data)
    metadata = pq.read_metadata(source)
    rows = _without_views(pq.read_table(source))
    kept = _at(rows, np.flatnonzero(~_has_key(rows, keys)))
    plain = [field.name for field in rows.schema if not pa.types.is_binary(field.type)]
    pages: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": plain,
        "write_statistics": plain,
        "row_group_size": metadata.row_group(0).num_rows,
    }
    sink = BytesIO()
    pq.write_table(kept, sink, **pages)
    return sink.getvalue()


def _without_views(rows: pa.Table) -> pa.Table:
    """The same with plain texts: Arrow cannot write a part of a list of views."""
    fields = [field.with_type(_plain(field.type)) for field in rows.schema]
    return rows.cast(pa.schema(fields, rows.schema.metadata))


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        value: pa.Field = kind.value_field
        return pa.large_list(value.with_type(_plain(value.type)))
    return kind


def _at(rows: pa.Table, places: NDArray[np.intp]) -> pa.Table:
    """Some rows, by slices: Arrow cannot filter every type that it can read."""
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    parts = [rows.slice(run[0], len(run)) for run in runs if len(run)]
    return pa.concat_tables([rows.slice(0, 0), *parts])


def count_rows(source: Any) -> int:
    """Count a file's rows."""
    return int(pq.read_metadata(source).num_rows)


def texts_of(source: Any) -> Iterator[pl.Series]:
    """Every text in a file's columns, nested ones too."""
    file = pq.ParquetFile(source)
    for batch in file.iter_batches(columns=_text_paths(file)):
        for column in batch.columns:
            for leaf in _leaves(column):
                yield pl.Series(values=leaf.cast(pa.large_string()))


def footer_of(source: Any) -> bytes:
    """The file's last bytes: its schema, notes and statistics, which quote values."""
    source.seek(-8, SEEK_END)
    length = int.from_bytes(source.read(4), "little")
    source.seek(-8 - length, SEEK_END)
    return bytes(source.read(length))


def _text_paths(file: pq.ParquetFile) -> list[str]:
    """Columns, nested ones by their path, but for payloads of bytes."""
    schema = file.schema
    columns = (schema.column(index) for index in range(len(schema)))
    return [column.path for column in columns if str(column.logical_type) == "String"]


def _leaves(array: pa.Array) -> Iterator[pa.Array]:
    kind = array.type
    if pa.types.is_struct(kind):
        for child in array.flatten():
            yield from _leaves(child)
    elif pa.types.is_map(kind):
        yield from _leaves(array.keys)
        yield from _leaves(array.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _leaves(array.flatten())
    elif _is_text(kind):
        yield array


def _has_key(rows: pa.RecordBatch | pa.Table, keys: frozenset[str]) -> NDArray[np.bool_]:
    """Whether a text column of a row equals one of the keys."""
    found = np.zeros(rows.num_rows, bool)
    for column in rows.columns:
        if _is_text(column.type):
            texts = pl.Series(values=column.cast(pa.large_string()))
            found |= texts.is_in(sorted(keys)).fill_null(value=False).to_numpy()
    return found


def _is_text(kind: pa.DataType) -> bool:
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )
