"""CMMD: digital images with pathology for each breast, in a spreadsheet beside DICOM folders.

Side and view come from the files. A row without a side counts only where all images of its
patient are of one.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from models.contract import VIEWS
from tasks.datasets.records import (
    CALCIFICATION,
    SOFT_TISSUE,
    Card,
    ImageRecord,
    Reading,
    worst,
)
from tasks.datasets.sources import require
from tasks.errors import Misconfigured, Rejected
from tasks.ingest.header import read_header
from tasks.ingest.laterality import find_laterality
from tasks.ingest.views import find_view
from tasks.run import report_progress

CARD = Card(
    name="cmmd",
    title="Chinese Mammography Database (Cui et al. 2021)",
    licence="CC BY 4.0",
    terms="Free to share and adapt, also commercially, with credit to its authors.",
    citation="Cui C et al. (2021), The Cancer Imaging Archive, doi:10.7937/tcia.eqde-4b16.",
    is_film=False,
    published={"patients": 1775},
)

TABLE = "CMMD_clinicaldata_revision.xlsx"
COLUMNS = ("ID1", "LeftRight", "Age", "abnormality", "classification")
_ASSESSMENTS = {"benign": "benign", "malignant": "malignant"}
_FINDINGS = {"mass": SOFT_TISSUE, "both": SOFT_TISSUE, "calcification": CALCIFICATION}
_IMAGES_PER_REPORT = 100
Row = dict[str, str]
Breast = tuple[str, str]


def read(source: Path) -> Reading:
    """Read the spreadsheet and every file's header.

    Raises:
        Misconfigured: If the spreadsheet, a column or the folder CMMD is absent.
    """
    rows = read_sheet(source / TABLE)
    paths = sorted(require(source / "CMMD", "the folder of CMMD's images").glob("*/*/*/*.dcm"))
    reading = Reading()
    found = [image for image in _read_headers(source, paths, reading) if image]
    sides: dict[str, set[str]] = defaultdict(set)
    for patient, side, _, _ in found:
        sides[patient].add(side)
    breasts = _by_breast(rows, sides, reading)
    for patient, side, view, path in found:
        name = str(path.relative_to(source))
        record = _record(name, path, (patient, side, view), breasts.get((patient, side), []))
        reading.records.append(record)
    _count(reading, rows, breasts)
    return reading


def read_sheet(path: Path) -> list[Row]:
    """The first sheet's rows as text.

    Raises:
        Misconfigured: If it is absent, no spreadsheet, or lacks a column.
    """
    try:
        book = load_workbook(require(path, "the table of CMMD"), read_only=True)
        cells = [[_text(value) for value in row] for row in book.worksheets[0].values]
        book.close()
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise Misconfigured(f"{path} is no spreadsheet ({type(error).__name__}).") from error
    names = cells[0] if cells else []
    if absent := sorted(set(COLUMNS) - set(names)):
        raise Misconfigured(
            f"{path} lacks the columns {', '.join(absent)}: take the official file."
        )
    return [dict(zip(names, row, strict=True)) for row in cells[1:] if any(row)]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _read_headers(
    source: Path, paths: list[Path], reading: Reading
) -> Iterable[tuple[str, str, str, Path] | None]:
    """Patient, side and view of each file; None for one that is counted as bad."""
    for n_done, path in enumerate(paths):
        if n_done % _IMAGES_PER_REPORT == 0:
            report_progress("read headers", n_done, len(paths))
        yield _read_header(source, path, reading)


def _read_header(
    source: Path, path: Path, reading: Reading
) -> tuple[str, str, str, Path] | None:
    where = str(path.relative_to(source))
    try:
        with path.open("rb") as file:
            header = read_header(lambda n_bytes: _head(file, n_bytes), path.stat().st_size)
    except Rejected as error:
        return reading.refuse(where, f"no header: {error.reason.value}")
    side, view = find_laterality(header).value, find_view(header).position
    if side is None or view not in VIEWS:
        return reading.refuse(where, "the file names no side or no screening view")
    return path.relative_to(source / "CMMD").parts[0], side, view, path


def _head(file: Any, n_bytes: int) -> bytes:
    file.seek(0)
    return file.read(n_bytes)


def _by_breast(
    rows: list[Row], sides: dict[str, set[str]], reading: Reading
) -> dict[Breast, list[Row]]:
    breasts: dict[Breast, list[Row]] = defaultdict(list)
    for number, row in enumerate(rows, 2):
        where, patient = f"{TABLE}, row {number}", row["ID1"]
        if row["classification"].lower() not in _ASSESSMENTS:
            reading.refuse(where, "unknown classification")
        elif row["LeftRight"] in ("L", "R"):
            breasts[patient, row["LeftRight"]].append(row)
        elif len(sides[patient]) == 1:
            breasts[patient, next(iter(sides[patient]))].append(row)
            reading.count("rows whose side comes from the files")
        else:
            reading.refuse(where, "no side, and the files do not tell it")
    return breasts


def _record(name: str, path: Path, image: tuple[str, str, str], rows: list[Row]) -> ImageRecord:
    patient, side, view = image
    assessment = worst([_ASSESSMENTS[row["classification"].lower()] for row in rows])
    decisive = [row for row in rows if row["classification"].lower() == assessment]
    age = rows[0]["Age"].removesuffix(".0") if rows else ""
    return ImageRecord(
        image_id=name,
        exam_id=patient,
        patient_id=patient,
        object_key=name,
        path=path,
        laterality=side,
        view=view,
        is_malignant=assessment == "malignant" if rows else None,
        finding=_FINDINGS.get(decisive[0]["abnormality"].lower()) if decisive else None,
        assessment=assessment if rows else None,
        provenance="biopsy" if rows else "report",
        age_years=int(age) if age.isdecimal() else None,
    )


def _count(reading: Reading, rows: list[Row], breasts: dict[Breast, list[Row]]) -> None:
    pictured = {(record.patient_id, record.laterality) for record in reading.records}
    reading.found |= {
        "rows": len(rows),
        "patients": len({row["ID1"] for row in rows}),
        "images": len(reading.records),
        "images without a row": sum(record.assessment is None for record in reading.records),
    }
    if n_absent := len(set(breasts) - pictured):
        reading.absent.append(f"{n_absent} of {len(breasts)} breasts of the table: no image.")
    reading.notes.append("A breast without a row has no known truth: its labels stay empty.")
