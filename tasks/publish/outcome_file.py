"""Outcomes from a programme's table: a CSV file's lines to rows of `outcomes`.

A line that cannot be used is told with its number; while one is, nothing is written.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from models.contract import DENSITIES
from tasks.errors import SmartMammoError
from tasks.lake.schemas import INSTANCES, OUTCOMES
from tasks.lake.store import Lake
from tasks.publish.decision import BIRADS_ASSESSMENTS

HEADERS = {
    "exam_key": ("exam_key", "examen"),
    "breast": ("breast", "mama"),
    "source": ("source", "fuente"),
    "birads_assessment": ("birads_assessment", "birads"),
    "breast_density": ("breast_density", "densidad"),
    "recalled": ("recalled", "rellamada"),
    "is_malignant": ("is_malignant", "cancer"),
    "read_date": ("read_date", "fecha_lectura"),
}
"""What a column may be called, in English and in Spanish; the first three are needed."""

_NEEDED = ("exam_key", "breast", "source")
_BREASTS = {"R": "R", "D": "R", "L": "L", "I": "L", "BOTH": "both", "AMBAS": "both"}
_SOURCES = {
    "READER": "reader", "RADIOLOGO": "reader", "PATHOLOGY": "pathology",
    "BIOPSIA": "pathology", "REGISTRY": "registry", "REGISTRO": "registry",
}  # fmt: skip
_FLAGS = {
    **dict.fromkeys(("1", "TRUE", "YES", "SI", "SÍ"), True),
    **dict.fromkeys(("0", "FALSE", "NO"), False),
}
_DAY_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")
_WRITTEN_BY = ("recorded_by", "recorded_at")


class LineError(NamedTuple):
    """Why a line cannot be used; the header is line 1."""

    line: int
    sentence: str


class OutcomeFileError(SmartMammoError):
    """Some lines of a file of outcomes cannot be used; nothing of it was written."""

    def __init__(self, errors: Iterable[LineError]) -> None:
        self.errors = tuple(errors)
        lines = (f"Line {error.line}: {error.sentence}" for error in self.errors)
        super().__init__(*lines, "Nothing was imported.")


def import_outcomes(lake: Lake, data: bytes, recorded_by: str, now: datetime) -> int:
    """Write a file's outcomes; what the lake holds already is not written again.

    Args:
        lake: Where.
        data: CSV in UTF-8, separated by `;` or `,`; columns as in `HEADERS`.
        recorded_by: Who or what wrote the rows.
        now: In UTC.

    Returns:
        How many rows were new or changed.

    Raises:
        OutcomeFileError: If a line cannot be used.
    """
    known = set(lake.read(INSTANCES, columns=["exam_key"])["exam_key"])
    by_line = _parse(data, known)
    written = {"recorded_by": recorded_by, "recorded_at": now}
    frame = OUTCOMES.frame([row | written for row in by_line])
    facts = [name for name in frame.columns if name not in _WRITTEN_BY]
    new = frame.join(lake.read(OUTCOMES), on=facts, how="anti", nulls_equal=True)
    return lake.upsert(OUTCOMES, new)


def _parse(data: bytes, known_exams: set[str]) -> list[dict[str, object]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OutcomeFileError([LineError(1, "The file is not UTF-8.")]) from error
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    columns = _columns(reader.fieldnames or ())
    rows: list[dict[str, object]] = []
    errors: list[LineError] = []
    lines: dict[tuple[object, ...], int] = {}
    for record in reader:
        try:
            row = _row(record, columns, known_exams)
            _check_new(row, reader.line_num, lines)
            rows.append(row)
        except ValueError as error:
            errors.append(LineError(reader.line_num, str(error)))
    if errors:
        raise OutcomeFileError(errors)
    return rows


def _check_new(
    row: Mapping[str, object], line: int, lines: dict[tuple[object, ...], int]
) -> None:
    first = lines.setdefault(tuple(row[name] for name in OUTCOMES.key), line)
    if first != line:
        raise ValueError(f"The same exam, breast and source as in line {first}.")


def _columns(headers: Iterable[str]) -> dict[str, str]:
    """The file's name of each column that it has."""
    given = {header.strip().lower(): header for header in headers}
    found = {
        name: given[alias]
        for name, names in HEADERS.items()
        for alias in names
        if alias in given
    }
    if absent := [" or ".join(HEADERS[name]) for name in _NEEDED if name not in found]:
        raise OutcomeFileError([LineError(1, f"No column {', '.join(absent)}.")])
    return found


def _row(
    record: Mapping[str, str | None], columns: Mapping[str, str], known_exams: set[str]
) -> dict[str, object]:
    cells = {name: (record.get(header) or "").strip() for name, header in columns.items()}
    if cells["exam_key"] not in known_exams:
        raise ValueError(f"The lake knows no exam {cells['exam_key']!r}.")
    row: dict[str, object] = {"exam_key": cells["exam_key"]}
    for name, read in _READERS.items():
        cell = cells.get(name, "")
        if not cell and name in _NEEDED:
            raise ValueError(f"No {name}.")
        row[name] = read(name, cell.upper()) if cell else None
    return row


def _one_of(choices: Mapping[str, object]) -> Callable[[str, str], object]:
    def read(name: str, cell: str) -> object:
        if cell not in choices:
            raise ValueError(f"{name} is {cell!r}, not one of {', '.join(choices)}.")
        return choices[cell]

    return read


def _day(name: str, cell: str) -> date:
    for day_format in _DAY_FORMATS:
        try:
            return datetime.strptime(cell, day_format).date()
        except ValueError:
            continue
    raise ValueError(f"{name} is {cell!r}, not a day such as 2026-11-24 or 24-11-2026.")


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "breast": _one_of(_BREASTS),
    "source": _one_of(_SOURCES),
    "birads_assessment": _one_of({name: name for name in BIRADS_ASSESSMENTS}),
    "breast_density": _one_of({name: name for name in DENSITIES}),
    "recalled": _one_of(_FLAGS),
    "is_malignant": _one_of(_FLAGS),
    "read_date": _day,
}
