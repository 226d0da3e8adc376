"""Outcomes from a FHIR bundle: final Observations, alone or in DiagnosticReports.

Each Observation tells one fact of one breast; those of one exam, breast and source are a row.
An entry that cannot be used is told with its number; while one is, nothing is written.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.observation import Observation
from pydantic import ValidationError

from tasks.lake.store import Lake
from tasks.publish.fhir.codes import (
    CODE_SYSTEM,
    EXAM_SYSTEM,
    OUTCOMES,
    SECTIONS,
    SIDES,
    SOURCES,
)
from tasks.publish.register_files import OUTCOME_FILE
from tasks.publish.table_file import (
    LineError,
    TableFileError,
    known_exams,
    read_lines,
    write_rows,
)

_FINAL = ("final", "amended", "corrected", "appended")
_BREASTS = {code: breast for breast, (code, _) in SIDES.items()}


class BundleError(TableFileError):
    """Some entries of a bundle cannot be used; nothing of it was written."""

    unit = "Entry"


def import_bundle(lake: Lake, data: bytes, recorded_by: str, now: datetime) -> int:
    """Write a bundle's outcomes; what the lake holds already is not written again.

    Args:
        lake: Where.
        data: A Bundle as JSON.
        recorded_by: Who or what wrote the rows.
        now: In UTC.

    Returns:
        How many rows were new or changed.

    Raises:
        BundleError: If an entry cannot be used.
    """
    entries = _entries(data)
    reports = [item for _, item in entries if isinstance(item, DiagnosticReport)]
    reported = {url: report for report in reports for url in _results(report)}
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    first: dict[tuple[str, str, str], int] = {}
    errors: list[LineError] = []
    for number, (url, item) in enumerate(entries, start=1):
        if not isinstance(item, Observation):
            continue
        try:
            key, facts = _fact(item, reported.get(url))
            _merge(cells.setdefault(key, {}), facts)
            first.setdefault(key, number)
        except ValueError as error:
            errors.append(LineError(number, str(error)))
    rows = _rows(cells, first, known_exams(lake), errors)
    n_changed = 0
    for columns in sorted({tuple(sorted(row)) for row in rows}):
        alike = [row for row in rows if tuple(sorted(row)) == columns]
        n_changed += write_rows(lake, OUTCOME_FILE, alike, recorded_by, now)
    return n_changed


def _rows(
    cells: Mapping[tuple[str, str, str], Mapping[str, str]],
    first: Mapping[tuple[str, str, str], int],
    exams: set[str],
    errors: list[LineError],
) -> list[dict[str, object]]:
    names = ("exam_key", "breast", "source")
    lines = [
        (first[key], dict(zip(names, key, strict=True)) | dict(facts))
        for key, facts in cells.items()
    ]
    try:
        rows = read_lines(OUTCOME_FILE, lines, exams)
    except TableFileError as error:
        errors.extend(error.errors)
        rows = []
    if errors:
        raise BundleError(sorted(errors))
    return rows


def _entries(data: bytes) -> list[tuple[str, Any]]:
    try:
        bundle = Bundle.model_validate_json(data)
    except ValidationError as error:
        raise BundleError(_invalid(error)) from error
    entries = bundle.entry or []
    if not any(isinstance(entry.resource, Observation) for entry in entries):
        raise BundleError([LineError(1, "The bundle holds no Observation.")])
    return [(entry.fullUrl or "", entry.resource) for entry in entries]


def _invalid(error: ValidationError) -> Iterator[LineError]:
    """The standard's own complaints, by the entry that they are about."""
    for told in error.errors()[:20]:
        place = told["loc"]
        number = next((part + 1 for part in place if isinstance(part, int)), 1)
        where = ".".join(str(part) for part in place)
        yield LineError(number, f"{where or 'Bundle'}: {told['msg']}.")


def _results(report: DiagnosticReport) -> Iterator[str]:
    return (item.reference for item in report.result or () if item.reference)


def _fact(
    item: Observation, report: DiagnosticReport | None
) -> tuple[tuple[str, str, str], dict[str, str]]:
    """What an Observation tells, as the cells of a line."""
    if item.status not in _FINAL:
        raise ValueError(f"status is {item.status!r}: only final results count.")
    name = _code(item.code, CODE_SYSTEM)
    if name not in OUTCOMES:
        raise ValueError(
            f"code is {name!r} of {CODE_SYSTEM}, not one of {', '.join(OUTCOMES)}."
        )
    key = (_exam(item, report), _breast(item), _source(item, report))
    facts = {name: _value(item)}
    if day := _day(item):
        facts["read_date"] = day.isoformat()
    return key, facts


def _merge(cells: dict[str, str], facts: Mapping[str, str]) -> None:
    for name, value in facts.items():
        if cells.setdefault(name, value) != value and name != "read_date":
            raise ValueError(f"{name} is {value!r}, and {cells[name]!r} in another entry.")


def _exam(item: Observation, report: DiagnosticReport | None) -> str:
    named = [reference.identifier for reference in item.derivedFrom or ()]
    named += [*(item.identifier or ()), *((report.identifier or ()) if report else ())]
    for identifier in named:
        if identifier and identifier.system == EXAM_SYSTEM and identifier.value:
            return str(identifier.value)
    raise ValueError(
        f"No exam: derivedFrom, or the report's identifier, must name it in {EXAM_SYSTEM}."
    )


def _breast(item: Observation) -> str:
    codes = [coding.code for coding in (item.bodySite.coding or () if item.bodySite else ())]
    for code in codes:
        if code in _BREASTS:
            return _BREASTS[code]
    raise ValueError(f"bodySite is {codes}, not one of {', '.join(_BREASTS)} (SNOMED CT).")


def _source(item: Observation, report: DiagnosticReport | None) -> str:
    categories = [*((report.category or ()) if report else ()), *(item.category or ())]
    for category in categories:
        if source := SOURCES.get(_code(category, SECTIONS) or ""):
            return source
    raise ValueError(
        f"No category of {SECTIONS}: one of {', '.join(SOURCES)} tells the source."
    )


def _code(concept: Any, system: str) -> str | None:
    return next(
        (coding.code for coding in concept.coding or () if coding.system == system), None
    )


def _value(item: Observation) -> str:
    if item.valueBoolean is not None:
        return "yes" if item.valueBoolean else "no"
    if item.valueString:
        return str(item.valueString)
    coded = item.valueCodeableConcept
    if coded and coded.coding and coded.coding[0].code:
        return str(coded.coding[0].code)
    raise ValueError("No value: valueBoolean, valueString or valueCodeableConcept is needed.")


def _day(item: Observation) -> date | None:
    moment = item.effectiveDateTime
    return moment.date() if isinstance(moment, datetime) else moment
