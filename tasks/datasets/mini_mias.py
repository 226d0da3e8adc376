"""Mini-MIAS: film, one oblique view of each breast, lesions as circles.

It reads Info.txt and the pictures beside it. y counts from the bottom; a film may have several
rows, or a lesion without a place.
"""

import re
from collections import Counter
from pathlib import Path

from tasks.datasets.records import (
    CALCIFICATION,
    NO_FINDING,
    SOFT_TISSUE,
    Card,
    ImageRecord,
    Lesion,
    Reading,
    worst,
)
from tasks.datasets.sources import existing, require

CARD = Card(
    name="mini-mias",
    title="MIAS MiniMammographic Database (Suckling et al. 1994)",
    licence="MIAS licence agreement: research only",
    terms="For scientific research only; the database may not be rented, leased or sold; "
    "publications refer to it.",
    citation="Suckling J et al. (1994), The Mammographic Image Analysis Society Digital "
    "Mammogram Database, Excerpta Medica ICS 1069, 375-378.",
    is_film=True,
    published={
        "images": 322,
        "patients": 161,
        "normal images": 207,
        "benign images": 63,
        "malignant images": 52,
        "picture files": 322,
    },
)

SIDE_PX = 1024
SPACING_MM = 0.2
SWAPPED = {151: "L", 152: "R"}
"""Films whose number is not of their side."""

_ROW = re.compile(
    r"(?P<film>mdb(?P<number>\d{3})) +(?P<tissue>[FGD]) +(?P<kind>[A-Z]{4})"
    r"(?: +(?P<severity>[BM]))?(?P<place>.*)"
)
_PLACE = re.compile(r" *(\d+) +(\d+) +(\d+)")
_FINDINGS = {
    "CALC": CALCIFICATION,
    **dict.fromkeys(("CIRC", "SPIC", "MISC", "ARCH", "ASYM"), SOFT_TISSUE),
}
_ASSESSMENTS = {"B": "benign", "M": "malignant"}


def read(source: Path) -> Reading:
    """Read Info.txt and find its films.

    Raises:
        Misconfigured: If there is no Info.txt.
    """
    info = require(source / "Info.txt", "the list of mini-MIAS's films").read_text("latin-1")
    reading = Reading()
    films: dict[str, list[re.Match[str]]] = {}
    for number, line in enumerate(info.splitlines(), 1):
        if line.startswith("mdb"):
            _sort(line, f"Info.txt:{number}", films, reading)
    reading.records = [_record(source, rows) for rows in films.values()]
    _count(reading, films)
    return reading


def _sort(
    line: str, where: str, films: dict[str, list[re.Match[str]]], reading: Reading
) -> None:
    row = _ROW.fullmatch(line.strip())
    if row is None or (row["kind"] != "NORM" and row["severity"] is None):
        reading.refuse(where, "not a film's row of the documented columns")
    elif row["kind"] != "NORM" and row["kind"] not in _FINDINGS:
        reading.refuse(where, "unknown class of abnormality")
    else:
        films.setdefault(row["film"], []).append(row)
        if row["kind"] != "NORM" and not _PLACE.fullmatch(row["place"]):
            reading.notes.append(
                f"{row['film']}: a lesion without a place: its label has no box."
            )


def laterality_of(number: int) -> str:
    """The breast of a film: odd numbers are right ones, but for two swapped films."""
    return SWAPPED.get(number, "R" if number % 2 else "L")


def patient_of(number: int) -> str:
    """The patient of a film: films 2k - 1 and 2k are one woman's."""
    return f"{(number + 1) // 2:03d}"


def box_of(x: int, y: int, radius: int) -> tuple[int, int, int, int]:
    """The circle's box in pixels from the top, cut at the film's edges.

    Returns:
        top, left, height and width.
    """
    top, left = (max(0, centre - radius) for centre in (SIDE_PX - y, x))
    bottom, right = (min(SIDE_PX, centre + radius) for centre in (SIDE_PX - y, x))
    return top, left, bottom - top, right - left


def _record(source: Path, rows: list[re.Match[str]]) -> ImageRecord:
    film, number = rows[0]["film"], int(rows[0]["number"])
    patient = patient_of(number)
    lesions = [row for row in rows if row["kind"] != "NORM"]
    assessment = worst([_ASSESSMENTS[row["severity"]] for row in lesions])
    first = [row for row in lesions if _ASSESSMENTS[row["severity"]] == assessment][:1]
    return ImageRecord(
        image_id=film,
        exam_id=patient,
        patient_id=patient,
        object_key=f"{film}.pgm",
        path=existing(source / f"{film}.pgm"),
        laterality=laterality_of(number),
        view="MLO",
        is_malignant=assessment == "malignant",
        finding=_FINDINGS[first[0]["kind"]] if first else NO_FINDING,
        assessment=assessment,
        provenance="biopsy" if assessment == "malignant" else "report",
        lesions=tuple(lesion for row in lesions if (lesion := _lesion(row))),
        spacing_mm=SPACING_MM,
    )


def _lesion(row: re.Match[str]) -> Lesion | None:
    place = _PLACE.fullmatch(row["place"])
    if place is None:
        return None
    x, y, radius = (int(number) for number in place.groups())
    return Lesion(*box_of(x, y, radius), _FINDINGS[row["kind"]], _ASSESSMENTS[row["severity"]])


def _count(reading: Reading, films: dict[str, list[re.Match[str]]]) -> None:
    severity = Counter(record.assessment for record in reading.records)
    reading.found |= {
        "images": len(films),
        "rows": sum(map(len, films.values())),
        "patients": len({record.patient_id for record in reading.records}),
        "normal images": severity[NO_FINDING],
        "benign images": severity["benign"],
        "malignant images": severity["malignant"],
        "picture files": sum(record.path is not None for record in reading.records),
    }
    soft = sum(row["kind"] in ("ARCH", "ASYM") for rows in films.values() for row in rows)
    reading.notes += [
        f"{soft} distortions and asymmetries count as masses, being soft-tissue lesions.",
        "The character of the tissue (F, G, D) is no BI-RADS density: left empty.",
        "The set gives no split, no age and no date.",
    ]
    reading.note_absent_files()
