"""CDD-CESM: digital low-energy mammograms beside contrast-enhanced ones, masks of lesions.

Contrast-enhanced images are no screening mammograms: they are counted and left out. One cell of
the table may hold several BI-RADS assessments or findings, joined by a dollar.
"""

import re
from collections import Counter
from pathlib import Path

from models.contract import VIEWS
from tasks.datasets.records import (
    CALCIFICATION,
    NO_FINDING,
    SOFT_TISSUE,
    Card,
    ImageRecord,
    LesionMask,
    Reading,
    assessment_of_birads,
    worst,
)
from tasks.datasets.sources import existing, read_csv

CARD = Card(
    name="cdd-cesm",
    title="CDD-CESM (Khaled et al. 2022)",
    licence="CC BY 4.0",
    terms="Free to share and adapt, also commercially, with credit to its authors.",
    citation="Khaled R et al. (2022), Sci Data 9:122, doi:10.1038/s41597-022-01238-0.",
    is_film=False,
    published={
        "images": 2006,
        "patients": 326,
        "low-energy images": 1003,
        "contrast-enhanced images": 1003,
        "Normal images": 757,
        "Benign images": 587,
        "Malignant images": 662,
    },
)

TABLE = "Radiology-manual-annotations.csv"
PATHOLOGY = "Pathology Classification/ Follow up"
COLUMNS = (
    "Image name",
    "Patient ID",
    "Side",
    "Type",
    "Age",
    "Breast density (ACR)",
    "BIRADS",
    "Findings",
    "View",
    "Machine",
    PATHOLOGY,
)
_PATHOLOGIES = ("Normal", "Benign", "Malignant")
_SOFT_TISSUE = re.compile("mass|nodul|asymm|densit|distortion|lesion", re.IGNORECASE)
_CALCIFICATION = re.compile("calcific", re.IGNORECASE)


def read(source: Path) -> Reading:
    """Read the annotations and find pictures and masks.

    Raises:
        Misconfigured: If the table or a column is absent.
    """
    table = read_csv(source / TABLE, COLUMNS)
    malignant = {_breast(row) for row in table if row[PATHOLOGY] == "Malignant"}
    reading = Reading()
    for number, row in enumerate(table, 1):
        if reason := _flaw(row):
            reading.refuse(f"{TABLE}, row {number}", reason)
        else:
            reading.records.append(_record(source, row, is_malignant=_breast(row) in malignant))
    _count(reading, table)
    return reading


def _breast(row: dict[str, str]) -> tuple[str, str]:
    return row["Patient ID"], row["Side"]


def _flaw(row: dict[str, str]) -> str | None:
    """The first reason why a row cannot be imported."""
    name = f"P{row['Patient ID']}_{row['Side']}_DM_{row['View']}"
    flaws = {
        "contrast-enhanced, no screening mammogram": row["Type"] == "CESM",
        "unknown type of image": row["Type"] != "DM",
        "unknown side or view": row["Side"] not in ("L", "R") or row["View"] not in VIEWS,
        "unknown pathology": row[PATHOLOGY] not in _PATHOLOGIES,
        "unknown BI-RADS assessment": not set(row["BIRADS"].split("$")) <= set("123456"),
        "the image's name disagrees with its row": not row["Image name"].startswith(name),
    }
    return next((reason for reason, holds in flaws.items() if holds), None)


def finding_of(text: str) -> str | None:
    """The contract's finding in a radiologist's words; None where they name neither.

    Soft tissue outranks the calcifications in it: those lie on it.
    """
    if _SOFT_TISSUE.search(text):
        return SOFT_TISSUE
    return CALCIFICATION if _CALCIFICATION.search(text) else None


def _record(source: Path, row: dict[str, str], *, is_malignant: bool) -> ImageRecord:
    name = f"{row['Image name']}.jpg"
    finding, assessment = _truth(row)
    return ImageRecord(
        image_id=row["Image name"],
        exam_id=row["Patient ID"],
        patient_id=row["Patient ID"],
        object_key=f"images/{name}",
        path=existing(source / "images" / name),
        laterality=row["Side"],
        view=row["View"],
        is_malignant=is_malignant,
        finding=finding,
        assessment=assessment,
        breast_density=row["Breast density (ACR)"]
        if row["Breast density (ACR)"] in ("A", "B", "C", "D")
        else None,
        provenance="report" if row[PATHOLOGY] == "Normal" else "biopsy",
        masks=_masks(source / "masks" / name, finding, assessment),
        age_years=int(row["Age"]) if row["Age"].isdecimal() else None,
        site=f"machine {row['Machine']}",
    )


def _truth(row: dict[str, str]) -> tuple[str | None, str | None]:
    """Finding and assessment: pathology decides; a benign image of BI-RADS 1 shows nothing."""
    if row[PATHOLOGY] == "Normal":
        return NO_FINDING, NO_FINDING
    if row[PATHOLOGY] == "Malignant":
        return finding_of(row["Findings"]), "malignant"
    grades = [assessment_of_birads(grade) for grade in row["BIRADS"].split("$")]
    if worst(grades) == NO_FINDING:
        return NO_FINDING, NO_FINDING
    return finding_of(row["Findings"]), "benign"


def _masks(path: Path, finding: str | None, assessment: str | None) -> tuple[LesionMask, ...]:
    if not path.is_file() or assessment in (None, NO_FINDING):
        return ()
    named = SOFT_TISSUE if finding in (None, NO_FINDING) else finding
    return (LesionMask((path,), named, assessment),)


def _count(reading: Reading, table: list[dict[str, str]]) -> None:
    types, pathologies = (
        Counter(row[column] for row in table) for column in ("Type", PATHOLOGY)
    )
    reading.found |= {
        "images": len(table),
        "patients": len({row["Patient ID"] for row in table}),
        "low-energy images": types["DM"],
        "contrast-enhanced images": types["CESM"],
        **{f"{name} images": pathologies[name] for name in _PATHOLOGIES},
        "low-energy images with a file": sum(row.path is not None for row in reading.records),
        "low-energy images with a mask": sum(bool(row.masks) for row in reading.records),
    }
    unnamed = sum(row.finding is None for row in reading.records)
    reading.notes += [
        f"{unnamed} abnormal images have neither mass nor calcification in words.",
        "A mask's lesion is soft tissue unless the words name calcifications alone.",
        "Pictures were cropped and scaled by the authors: their pixels have no size in mm.",
        "The set gives no split.",
    ]
    reading.note_absent_files()
