"""VinDr-Mammo: digital four-view exams with BI-RADS assessments and boxes, no pathology.

Its tables say what an image shows; windows, padding and polarity come from the files. BI-RADS 4
leaves open whether there is a cancer.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.contract import DENSITIES, VIEWS
from tasks.datasets.records import (
    NO_FINDING,
    Card,
    ImageRecord,
    Lesion,
    Reading,
    assessment_of_birads,
    malignancy_of_birads,
    worst,
)
from tasks.datasets.sources import existing, read_csv
from tasks.datasets.vindr_findings import FINDING_COLUMNS, FINDINGS, is_number, read_lesions

CARD = Card(
    name="vindr-mammo",
    title="VinDr-Mammo 1.0.0 (Nguyen et al. 2023)",
    licence="PhysioNet Restricted Health Data License 1.5.0",
    terms="For lawful scientific research by credentialed users who signed its data use "
    "agreement; no sharing, no attempt to identify anyone.",
    citation="Nguyen HT et al. (2023), Sci Data 10:277; PhysioNet, doi:10.13026/br2v-7517.",
    is_film=False,
    published={
        "images": 20_000,
        "exams": 5000,
        "CC images": 10_001,
        "MLO images": 9999,
        **{
            f"BI-RADS {grade} images": n
            for grade, n in zip("12345", (13_406, 4676, 930, 762, 226), strict=True)
        },
        **{
            f"density {name} images": n
            for name, n in zip(DENSITIES, (100, 1908, 15_292, 2700), strict=True)
        },
        "training images": 16_000,
        "test images": 4000,
        "finding rows": 20_486,
        "rows without a finding": 18_232,
        "boxes": 2254,
        "images without an age": 2260,
    },
)

BREASTS = "breast-level_annotations.csv"
METADATA = "metadata.csv"
_BREAST_COLUMNS = (
    "study id",
    "image id",
    "laterality",
    "view position",
    "breast birads",
    "breast density",
    "split",
)
Row = dict[str, str]


def read(source: Path) -> Reading:
    """Read the three tables and find the files.

    Raises:
        Misconfigured: If a table or column is absent.
    """
    reading = Reading()
    breasts = read_csv(source / BREASTS, _BREAST_COLUMNS)
    findings = read_csv(source / FINDINGS, FINDING_COLUMNS)
    metadata = read_csv(source / METADATA, ("SOP Instance UID", "Patient's Age"))
    ages = {row["SOP Instance UID"]: _age_years(row["Patient's Age"]) for row in metadata}
    grades = {row["image id"]: _grade(row) for row in breasts}
    lesions = read_lesions(findings, grades, reading)
    for number, row in enumerate(breasts, 1):
        if reason := _flaw(row):
            reading.refuse(f"{BREASTS}, row {number}", reason)
        else:
            image = row["image id"]
            record = _record(source, row, lesions.get(image, []), ages.get(image))
            reading.records.append(record)
    _count(reading, breasts, findings, ages)
    return reading


def _flaw(row: Row) -> str | None:
    """The first reason why a row cannot be imported."""
    flaws = {
        "unknown BI-RADS assessment": _grade(row) not in ("1", "2", "3", "4", "5"),
        "unknown side": row["laterality"] not in ("L", "R"),
        "unknown view": row["view position"] not in VIEWS,
        "unknown density": _density(row) not in DENSITIES,
        "unknown split": row["split"] not in ("training", "test"),
    }
    return next((reason for reason, holds in flaws.items() if holds), None)


def _grade(row: Row) -> str:
    return row["breast birads"].removeprefix("BI-RADS ")


def _density(row: Row) -> str:
    return row["breast density"].removeprefix("DENSITY ")


def _age_years(text: str) -> int | None:
    """Patient's Age (0010,1010) such as 043Y."""
    return int(text[:3]) if re.fullmatch(r"\d{3}Y", text) else None


def _record(
    source: Path, row: Row, lesions: Sequence[Lesion], age_years: int | None
) -> ImageRecord:
    name = f"images/{row['study id']}/{row['image id']}.dicom"
    assessment = assessment_of_birads(_grade(row))
    return ImageRecord(
        image_id=row["image id"],
        exam_id=row["study id"],
        patient_id=row["study id"],  # the set names no patient; its exams are of 5 000 women
        object_key=name,
        path=existing(source / name),
        laterality=row["laterality"],
        view=row["view position"],
        is_malignant=malignancy_of_birads(_grade(row)),
        finding=_worst_finding(lesions, assessment),
        assessment=assessment,
        breast_density=_density(row),
        provenance="birads_proxy",
        split=row["split"],
        lesions=tuple(lesions),
        age_years=age_years,
    )


def _worst_finding(lesions: Sequence[Lesion], assessment: str) -> str | None:
    """The most suspicious lesion's; None where the assessment's reason has no box."""
    if not lesions:
        return NO_FINDING if assessment == NO_FINDING else None
    most = worst([lesion.assessment for lesion in lesions])
    return next(lesion.finding for lesion in lesions if lesion.assessment == most)


def _count(
    reading: Reading, breasts: list[Row], findings: list[Row], ages: dict[str, int | None]
) -> None:
    views, splits = (
        Counter(row[name] for row in breasts) for name in ("view position", "split")
    )
    grades, densities = Counter(map(_grade, breasts)), Counter(map(_density, breasts))
    reading.found |= {
        "images": len(breasts),
        "exams": len({row["study id"] for row in breasts}),
        **{f"{name} images": views[name] for name in ("CC", "MLO")},
        **{f"BI-RADS {grade} images": grades[grade] for grade in "12345"},
        **{f"density {name} images": densities[name] for name in DENSITIES},
        **{f"{name} images": splits[name] for name in ("training", "test")},
        "finding rows": len(findings),
        "rows without a finding": sum(
            "No Finding" in r["finding categories"] for r in findings
        ),
        "boxes": sum(is_number(row["xmin"]) for row in findings),
        "images without an age": sum(age is None for age in ages.values()),
    }
    reading.notes += [
        "BI-RADS, not pathology: 1-3 count as no cancer, 5 as cancer, 4 leaves it open.",
        "A study stands for a patient: the set names none.",
    ]
    reading.note_absent_files()
