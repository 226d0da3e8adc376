"""A programme's table as a file: CSV lines to checked rows of a table of the lake.

A line that cannot be used is told with its number; while one is, nothing is written. What a
file has no column for stays as the lake holds it.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import polars as pl

from tasks.errors import SmartMammoError
from tasks.lake.columns import Table
from tasks.lake.schemas import INSTANCES
from tasks.lake.store import Lake

Reader = Callable[[str, str], object]
"""Makes a value of a column's name and a cell in capitals, or raises ValueError."""

_DAY_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
_FLAGS = {
    **dict.fromkeys(("1", "TRUE", "YES", "SI", "SÍ"), True),
    **dict.fromkeys(("0", "FALSE", "NO"), False),
}
_EXAM_KEY = "exam_key"


@dataclass(frozen=True)
class FileColumn:
    """A column of a file.

    Args:
        names: What it may be called, in English and in Spanish.
        read: Of its cells.
        is_needed: Whether the file and each line must have it.
    """

    names: tuple[str, ...]
    read: Reader
    is_needed: bool = False


@dataclass(frozen=True)
class FileKind:
    """A kind of file, and the table that it fills."""

    table: Table
    columns: Mapping[str, FileColumn]


class LineError(NamedTuple):
    """Why a line cannot be used; the header is line 1."""

    line: int
    sentence: str


class TableFileError(SmartMammoError):
    """Some lines of a file cannot be used; nothing of it was written."""

    unit = "Line"

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(errors)
        lines = (f"{self.unit} {error.line}: {error.sentence}" for error in self.errors)
        super().__init__(*lines, "Nothing was imported.")


def import_file(
    lake: Lake, kind: FileKind, data: bytes, recorded_by: str, now: datetime
) -> int:
    """Write a file's rows; what the lake holds already is not written again.

    Args:
        lake: Where.
        kind: What the file is.
        data: CSV in UTF-8, separated by `;` or `,`.
        recorded_by: Who or what wrote the rows.
        now: In UTC.

    Returns:
        How many rows were new or changed.

    Raises:
        TableFileError: If a line cannot be used.
    """
    return write_rows(lake, kind, parse_file(kind, data, known_exams(lake)), recorded_by, now)


def known_exams(lake: Lake) -> set[str]:
    """The keys that a line may name."""
    return set(lake.read(INSTANCES, columns=[_EXAM_KEY])[_EXAM_KEY])


def write_rows(
    lake: Lake,
    kind: FileKind,
    rows: Sequence[Mapping[str, object]],
    recorded_by: str,
    now: datetime,
) -> int:
    """Write rows that hold some of a table's columns; the others stay as they are.

    Returns:
        How many rows were new or changed.
    """
    if not rows:
        return 0
    table = kind.table
    given = [name for name in kind.columns if name in rows[0]]
    schema = {name: table.schema[name] for name in given}
    new = pl.DataFrame([{name: row[name] for name in given} for row in rows], schema=schema)
    standing = lake.read(table)
    kept = standing.drop([name for name in given if name not in table.key])
    whole = new.join(kept, on=list(table.key), how="left", maintain_order="left")
    facts = list(kind.columns)
    whole = whole.join(standing, on=facts, how="anti", nulls_equal=True)
    written = {"recorded_by": recorded_by, "recorded_at": now}
    stamps = {
        name: pl.lit(value, table.schema[name])
        for name, value in written.items()
        if name in table.schema
    }
    return lake.upsert(table, whole.with_columns(**stamps).select(table.schema.names()))


def parse_file(kind: FileKind, data: bytes, exams: set[str]) -> list[dict[str, object]]:
    """Read every line.

    Raises:
        TableFileError: If one cannot be used.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableFileError([LineError(1, "The file is not UTF-8.")]) from error
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    columns = _columns(kind, reader.fieldnames or ())
    return read_lines(kind, _lines(reader, columns), exams)


def _lines(
    reader: "csv.DictReader[str]", columns: Mapping[str, str]
) -> Iterable[tuple[int, dict[str, str]]]:
    for record in reader:
        cells = {name: (record.get(header) or "").strip() for name, header in columns.items()}
        yield reader.line_num, cells


def read_lines(
    kind: FileKind, lines: Iterable[tuple[int, Mapping[str, str]]], exams: set[str]
) -> list[dict[str, object]]:
    """Read numbered cells; all of them, so that every error is told at once.

    Raises:
        TableFileError: If a line cannot be used.
    """
    rows: list[dict[str, object]] = []
    errors: list[LineError] = []
    first_lines: dict[tuple[object, ...], int] = {}
    for number, cells in lines:
        try:
            row = _row(kind, cells, exams)
            _check_new(kind.table, row, number, first_lines)
            rows.append(row)
        except ValueError as error:
            errors.append(LineError(number, str(error)))
    if errors:
        raise TableFileError(errors)
    return rows


def _check_new(
    table: Table,
    row: Mapping[str, object],
    line: int,
    lines: dict[tuple[object, ...], int],
) -> None:
    first = lines.setdefault(tuple(row[name] for name in table.key), line)
    if first != line:
        raise ValueError(f"The same {', '.join(table.key)} as in line {first}.")


def _columns(kind: FileKind, headers: Iterable[str]) -> dict[str, str]:
    """The file's name of each column that it has."""
    given = {header.strip().lower(): header for header in headers}
    found = {
        name: given[alias]
        for name, column in kind.columns.items()
        for alias in column.names
        if alias in given
    }
    absent = [
        " or ".join(column.names)
        for name, column in kind.columns.items()
        if column.is_needed and name not in found
    ]
    if absent:
        raise TableFileError([LineError(1, f"No column {', '.join(absent)}.")])
    return found


def _row(kind: FileKind, cells: Mapping[str, str], exams: set[str]) -> dict[str, object]:
    if _EXAM_KEY in kind.columns and cells[_EXAM_KEY] not in exams:
        raise ValueError(f"The lake knows no exam {cells[_EXAM_KEY]!r}.")
    return {name: _value(name, kind.columns[name], cell) for name, cell in cells.items()}


def _value(name: str, column: FileColumn, cell: str) -> object:
    if not cell and column.is_needed:
        raise ValueError(f"No {name}.")
    return column.read(name, cell) if cell else None


def words(_name: str, cell: str) -> object:
    """Text as it stands."""
    return cell


def one_of(choices: Mapping[str, object]) -> Reader:
    """One of some words in capitals, and the value of each."""

    def read(name: str, cell: str) -> object:
        if cell.upper() not in choices:
            raise ValueError(f"{name} is {cell.upper()!r}, not one of {', '.join(choices)}.")
        return choices[cell.upper()]

    return read


flag = one_of(_FLAGS)
"""Yes or no."""


def day(name: str, cell: str) -> date:
    """A day in one of the usual ways."""
    for day_format in _DAY_FORMATS:
        try:
            return datetime.strptime(cell, day_format).date()
        except ValueError:
            continue
    raise ValueError(f"{name} is {cell!r}, not a day such as 2026-11-24 or 24-11-2026.")


def whole(name: str, cell: str) -> int:
    """A whole number that is not negative."""
    if not cell.isdecimal():
        raise ValueError(f"{name} is {cell!r}, not a whole number.")
    return int(cell)


def size(name: str, cell: str) -> float:
    """A number above 0, with decimal comma or point."""
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} is {cell!r}, not a number above 0.")
    return value
