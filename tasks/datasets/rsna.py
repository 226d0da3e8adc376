"""RSNA Screening Mammography 2022: digital exams with a cancer flag for each breast.

Views beside CC and MLO are counted and left out. It gives neither findings nor regions.
"""

from pathlib import Path

from models.contract import DENSITIES, VIEWS
from tasks.datasets.records import NO_FINDING, Card, ImageRecord, Reading
from tasks.datasets.sources import existing, read_csv

CARD = Card(
    name="rsna",
    title="RSNA Screening Mammography Breast Cancer Detection (2022)",
    licence="Competition rules: non-commercial",
    terms="For non-commercial research and education; no attempt to identify anyone; it may "
    "not be passed on.",
    citation="Carr C et al. (2022), RSNA Screening Mammography Breast Cancer Detection.",
    is_film=False,
    published={"images": 54_706, "patients": 11_913, "images of breasts with cancer": 1158},
)

TABLE = "train.csv"
COLUMNS = (
    "site id",
    "patient id",
    "image id",
    "laterality",
    "view",
    "age",
    "cancer",
    "biopsy",
    "BIRADS",
    "implant",
    "density",
    "machine id",
)
Row = dict[str, str]


def read(source: Path) -> Reading:
    """Read the table and find the files.

    Raises:
        Misconfigured: If the table or a column is absent.
    """
    rows = read_csv(source / TABLE, COLUMNS)
    reading = Reading()
    for number, row in enumerate(rows, 1):
        if reason := _flaw(row):
            reading.refuse(f"{TABLE}, row {number}", reason)
        else:
            reading.records.append(_record(source, row))
    _count(reading, rows)
    return reading


def prediction_id(record: ImageRecord) -> str:
    """The breast as the competition asks for its score: patient and side."""
    return f"{record.patient_id}_{record.laterality}"


def _flaw(row: Row) -> str | None:
    """The first reason why a row cannot be imported."""
    flaws = {
        "no side": row["laterality"] not in ("L", "R"),
        f"view {row['view']}: not of screening": row["view"] not in VIEWS,
        "unknown cancer flag": row["cancer"] not in ("0", "1"),
    }
    return next((reason for reason, holds in flaws.items() if holds), None)


def _record(source: Path, row: Row) -> ImageRecord:
    name = f"train_images/{row['patient id']}/{row['image id']}.dcm"
    is_malignant = row["cancer"] == "1"
    # BIRADS here is the screening reader's: 0 recalls, 1 sees nothing, 2 something benign.
    shows_nothing = not is_malignant and _code(row["BIRADS"]) == "1"
    return ImageRecord(
        image_id=row["image id"],
        exam_id=row["patient id"],
        patient_id=row["patient id"],
        object_key=name,
        path=existing(source / name),
        laterality=row["laterality"],
        view=row["view"],
        is_malignant=is_malignant,
        finding=NO_FINDING if shows_nothing else None,
        assessment=_assessment(is_malignant, _code(row["BIRADS"])),
        breast_density=row["density"] if row["density"] in DENSITIES else None,
        provenance="biopsy" if row["biopsy"] == "1" else "report",
        age_years=int(_code(row["age"])) if _code(row["age"]) else None,
        site=f"site {row['site id']}, machine {row['machine id']}",
        has_implant={"0": False, "1": True}.get(row["implant"]),
    )


def _assessment(is_malignant: bool, birads: str) -> str | None:
    if is_malignant:
        return "malignant"
    return {"1": NO_FINDING, "2": "benign"}.get(birads)


def _code(text: str) -> str:
    """A whole number as the table writes it, 61 or 61.0; empty where there is none."""
    whole = text.removesuffix(".0")
    return whole if whole.isdecimal() else ""


def _count(reading: Reading, rows: list[Row]) -> None:
    reading.found |= {
        "images": len(rows),
        "patients": len({row["patient id"] for row in rows}),
        "images of breasts with cancer": sum(row["cancer"] == "1" for row in rows),
        "images without a density": sum(not row["density"] for row in rows),
        "images without an age": sum(not row["age"] for row in rows),
    }
    reading.notes.append("No finding is named but where the reader saw none (BIRADS 1).")
    reading.note_absent_files()
