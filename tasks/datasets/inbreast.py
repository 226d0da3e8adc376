"""INbreast: digital images with BI-RADS assessments and outlines, no pathology.

A patient stands in a file's name alone, and an oblique view is written ML there. Outlines are
property lists with points as (column, row).
"""

import plistlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import numpy as np

from tasks.datasets.records import (
    CALCIFICATION,
    NO_FINDING,
    SOFT_TISSUE,
    Card,
    ImageRecord,
    Lesion,
    Reading,
    assessment_of_birads,
    malignancy_of_birads,
)
from tasks.datasets.sources import read_csv, require

CARD = Card(
    name="inbreast",
    title="INbreast (Moreira et al. 2012)",
    licence="By agreement with the Breast Research Group, INESC Porto",
    terms="For research only, by those whom its owners gave it; it may not be passed on.",
    citation="Moreira IC et al. (2012), INbreast: toward a full-field digital mammographic "
    "database, Acad Radiol 19(2), 236-248.",
    is_film=False,
    published={"rows": 410, "images": 410},
)

TABLE = "INbreast.csv"
COLUMNS = ("Laterality", "View", "File Name", "ACR", "Bi-Rads")
_FILE = re.compile(
    r"(?P<file>\d+)_(?P<patient>[0-9a-f]{16})_MG_(?P<side>[LR])_(?P<view>CC|ML)_ANON"
)
_VIEWS = {"CC": "CC", "ML": "MLO"}
_DENSITIES = {"1": "A", "2": "B", "3": "C", "4": "D"}
_POINT = re.compile(r"\(\s*([-\d.]+)\s*,\s*([-\d.]+)\s*\)")
_SOFT_TISSUE = re.compile("mass|spicul|as+ym+etry|distortion", re.IGNORECASE)
_CALCIFICATION = re.compile("calcif|cluster", re.IGNORECASE)
_ERRORS = (ExpatError, ValueError, KeyError, IndexError, TypeError, AttributeError)


def read(source: Path) -> Reading:
    """Read the table, and the outlines of the images that are here.

    Raises:
        Misconfigured: If the table or AllDICOMs is absent.
    """
    rows = read_csv(source / TABLE, COLUMNS, delimiter=";")
    folder = require(source / "AllDICOMs", "the folder of INbreast's images")
    names = {path: _FILE.fullmatch(path.stem) for path in sorted(folder.glob("*.dcm"))}
    files = {name["file"]: (path, name) for path, name in names.items() if name}
    reading = Reading()
    for path, name in names.items():
        if name is None:
            reading.refuse(f"AllDICOMs/{path.name}", "its name is not of the documented form")
    for number, row in enumerate(rows, 1):
        _add(source, row, f"{TABLE}, row {number}", files, reading)
    _count(reading, rows)
    return reading


def _add(
    source: Path,
    row: dict[str, str],
    where: str,
    files: Mapping[str, tuple[Path, re.Match[str]]],
    reading: Reading,
) -> None:
    if row["File Name"] not in files:
        return reading.refuse(where, "no file, and so no patient")
    path, name = files[row["File Name"]]
    if (row["Laterality"], row["View"]) != (name["side"], _VIEWS[name["view"]]):
        return reading.refuse(where, "the file's name is of another side or view")
    try:
        assessment = assessment_of_birads(row["Bi-Rads"])
    except KeyError:
        return reading.refuse(where, "unknown BI-RADS assessment")
    lesions = _lesions(source / "AllXML" / f"{name['file']}.xml", assessment, reading)
    reading.records.append(_record(row, path, name, lesions, assessment))
    return None


def _record(
    row: dict[str, str],
    path: Path,
    name: re.Match[str],
    lesions: tuple[Lesion, ...],
    assessment: str,
) -> ImageRecord:
    return ImageRecord(
        image_id=name["file"],
        exam_id=name["patient"],
        patient_id=name["patient"],
        object_key=f"AllDICOMs/{path.name}",
        path=path,
        laterality=name["side"],
        view=_VIEWS[name["view"]],
        is_malignant=malignancy_of_birads(row["Bi-Rads"]),
        finding=_finding(lesions, assessment),
        assessment=assessment,
        breast_density=_DENSITIES.get(row["ACR"]),
        provenance="birads_proxy",
        lesions=lesions,
    )


def _finding(lesions: tuple[Lesion, ...], assessment: str) -> str | None:
    """Masses outrank the calcifications on them; None where nothing is outlined."""
    named = {lesion.finding for lesion in lesions}
    if named:
        return SOFT_TISSUE if SOFT_TISSUE in named else CALCIFICATION
    return NO_FINDING if assessment == NO_FINDING else None


def _lesions(path: Path, assessment: str, reading: Reading) -> tuple[Lesion, ...]:
    """The boxes of an image's outlines; one without a class or a point is counted."""
    if not path.exists():
        return ()
    try:
        outlines = plistlib.loads(path.read_bytes())["Images"][0]["ROIs"]
        found = [(str(outline["Name"]), _box(outline)) for outline in outlines]
    except _ERRORS as error:
        reading.refuse(f"AllXML/{path.name}", f"no outlines ({type(error).__name__})")
        return ()
    lesions: list[Lesion] = []
    for name, box in found:
        finding = _class_of(name)
        if finding is None or box is None:
            flaw = "no point" if finding else "no class of the contract"
            reading.refuse(f"AllXML/{path.name}", f"outline {name}: {flaw}")
        else:
            graded = "benign" if assessment == NO_FINDING else assessment
            lesions.append(Lesion(*box, finding, graded))
    return tuple(lesions)


def _class_of(name: str) -> str | None:
    if _CALCIFICATION.search(name):
        return CALCIFICATION
    return SOFT_TISSUE if _SOFT_TISSUE.search(name) else None


def _box(outline: Mapping[str, Any]) -> tuple[int, int, int, int] | None:
    """Top, left, height and width of an outline's points; a single point is one pixel."""
    points = [_POINT.fullmatch(str(point).strip()) for point in outline["Point_px"]]
    places = np.array([[float(point[2]), float(point[1])] for point in points if point])
    if not places.size:
        return None
    (top, left), (bottom, right) = np.floor(places.min(0)), np.ceil(places.max(0))
    top, left = max(0, int(top)), max(0, int(left))
    return top, left, max(1, int(bottom) - top), max(1, int(right) - left)


def _count(reading: Reading, rows: list[dict[str, str]]) -> None:
    reading.found |= {
        "rows": len(rows),
        "images": len(reading.records),
        "patients": len({record.patient_id for record in reading.records}),
        "images without a density": sum(not row["ACR"] for row in rows),
    }
    reading.notes += [
        "BI-RADS, not pathology: 1-3 count as no cancer, 5 and 6 as cancer, 4 leaves it open.",
        "An outline takes the assessment of its image.",
    ]
