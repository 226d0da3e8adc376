"""CSV objects that describe PNG pictures: what each row says, and which picture it names.

For research sets that were never DICOM. A row is known by its number; no name leads out of
the table's own folder. It reads no picture: `picture_files` does.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tasks.errors import Rejected, RejectionReason
from tasks.ingest.containers import (
    DEFAULT_LIMITS,
    ETAG_SEPARATOR,
    SEPARATOR,
    ContainerLimits,
    refused,
)
from tasks.ingest.object_store import ObjectStore, ObjectSummary, S3Location

SUFFIX = ".csv"
REQUIRED = ("file", "patient_id", "exam_id", "image_laterality", "view_position")
OPTIONAL = (
    *("issuer_of_patient_id", "exam_date", "patient_age_years", "manufacturer"),
    *("manufacturer_model_name", "site", "imager_pixel_spacing_mm", "bits_stored"),
    *("photometric_interpretation", "window_center", "window_width"),
)
"""Columns beside `REQUIRED`; others are not looked at, an empty cell says nothing."""

_MAX_BYTES = 4 << 20
"""Of a table, which is read whole: 10 000 rows take 1 MiB."""
_MISSING = "missing"

Row = Mapping[str, str]


@dataclass(frozen=True)
class Picture:
    """The object that a row names: its key, ETag and size."""

    object_key: str
    etag: str
    size_bytes: int


def row_summaries(
    store: ObjectStore, table: ObjectSummary, limits: ContainerLimits = DEFAULT_LIMITS
) -> tuple[ObjectSummary, ...]:
    """List a table's rows as if the bucket listed each as an object.

    The ETag of a row names its picture's, so that another picture is another object. One that
    comes later than its table is not looked for again: the table is put into the bucket last.

    Raises:
        Rejected: NOT_DICOM if it lacks columns, CONTAINER_REFUSED if it is beyond a bound.
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer.
    """
    rows = read_rows(store.location, table.object_key, table.etag)
    if len(rows) > limits.max_members:
        raise refused(f"It holds {len(rows)} rows, more than {limits.max_members}.")
    location = replace(store.location, prefix=_folder(table.object_key))
    pictures = {found.object_key: found for found in ObjectStore(location).list_objects()}
    return tuple(
        ObjectSummary(
            f"{table.object_key}{SEPARATOR}{number:06}",
            f"{table.etag}{ETAG_SEPARATOR}{_content(picture)}",
            picture.size_bytes if picture else 1,
            table.last_modified_at,
        )
        for number, row in enumerate(rows)
        for picture in [pictures.get(_picture_key(table.object_key, row))]
    )


def find_picture(table_key: str, row: Row, etag: str) -> Picture:
    """The picture that a row named when its table was read.

    Raises:
        Rejected: CONTAINER_REFUSED if there was none.
    """
    content = etag.rpartition(ETAG_SEPARATOR)[2]
    if content == _MISSING:
        raise refused("Its row names no picture below its table's folder.")
    picture_etag, _, size_bytes = content.rpartition("-")
    return Picture(_picture_key(table_key, row), picture_etag, int(size_bytes))


@lru_cache(maxsize=2)
def read_rows(location: S3Location, table_key: str, etag: str) -> tuple[Row, ...]:
    """Read a table's rows, as text by column; kept for its next row.

    Raises:
        Rejected: NOT_DICOM if it lacks columns, CONTAINER_REFUSED if it is no such table.
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer.
    """
    store = ObjectStore(location)
    size_bytes = store.size_bytes(table_key, etag)
    if size_bytes > _MAX_BYTES:
        raise refused(f"The table has {size_bytes} bytes, more than {_MAX_BYTES}.")
    try:
        return _parse(store.read(table_key, etag, size_bytes).data.decode("utf-8-sig"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise refused(f"The table cannot be read ({type(error).__name__}).") from None


def _parse(text: str) -> tuple[Row, ...]:
    first_line = text.partition("\n")[0]
    separator = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restval="")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if lacking := [name for name in REQUIRED if name not in names]:
        raise Rejected(
            RejectionReason.NOT_DICOM,
            f"A CSV table that describes no pictures: it lacks {', '.join(lacking)}.",
        )
    reader.fieldnames = names
    used = {*REQUIRED, *OPTIONAL} & set(names)
    return tuple({name: row[name].strip() for name in used} for row in reader)


def _folder(table_key: str) -> str:
    return table_key[: table_key.rfind("/") + 1]


def _picture_key(table_key: str, row: Row) -> str:
    return f"{_folder(table_key)}{row['file']}"


def _content(picture: ObjectSummary | None) -> str:
    return f"{picture.etag}-{picture.size_bytes}" if picture else _MISSING
