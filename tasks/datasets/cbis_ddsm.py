"""CBIS-DDSM: film with pathology, in four tables of abnormalities and folders of DICOM.

The tables' paths are not those of the download: folders are found by a path's first part. A
patient of both official splits belongs to the test.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tasks.datasets.records import (
    CALCIFICATION,
    SOFT_TISSUE,
    Card,
    ImageRecord,
    LesionMask,
    Reading,
    worst,
)
from tasks.datasets.sources import folders_by_name, read_csv

CARD = Card(
    name="cbis-ddsm",
    title="CBIS-DDSM (Sawyer-Lee et al. 2016)",
    licence="CC BY 3.0",
    terms="Free to share and adapt, also commercially, with credit to its authors.",
    citation="Sawyer-Lee R et al. (2016), The Cancer Imaging Archive, "
    "doi:10.7937/K9/TCIA.2016.7O02S9CY; Lee RS et al. (2017), Sci Data 4:170177.",
    is_film=True,
    published={
        "mass train rows": 1318,
        "mass train patients": 691,
        "mass train images": 1231,
        "mass test rows": 378,
        "mass test patients": 201,
        "mass test images": 361,
        "calc train rows": 1546,
        "calc train patients": 602,
        "calc train images": 1227,
        "calc test rows": 326,
        "calc test patients": 151,
        "calc test images": 284,
    },
)

COLUMNS = (
    "patient id",
    "breast density",
    "left or right breast",
    "image view",
    "abnormality id",
    "assessment",
    "pathology",
    "image file path",
    "cropped image file path",
    "ROI mask file path",
)
_FINDINGS = {"mass": SOFT_TISSUE, "calc": CALCIFICATION}
_ASSESSMENTS = {
    "MALIGNANT": "malignant",
    "BENIGN": "benign",
    "BENIGN_WITHOUT_CALLBACK": "benign",
}
_DENSITIES = {"1": "A", "2": "B", "3": "C", "4": "D"}


@dataclass(frozen=True)
class Abnormality:
    """One row of a table, in this project's words.

    Args:
        patient_id: Such as P_00001.
        image: The first part of the image's path: one digitised film of one table.
        image_uids: The path's study and series.
        mask: The first part of the mask's path.
        is_test: Of the official split.
    """

    patient_id: str
    image: str
    image_uids: tuple[str, ...]
    mask: str
    laterality: str
    view: str
    finding: str
    assessment: str
    breast_density: str | None
    is_test: bool


def read(source: Path) -> Reading:
    """Read the four tables, and find the films that are here.

    Raises:
        Misconfigured: If a table or column is absent.
    """
    reading = Reading()
    abnormalities = read_abnormalities(source, reading)
    folders = folders_by_name(
        source, {row.image for row in abnormalities} | {row.mask for row in abnormalities}
    )
    malignant = {_breast(row) for row in abnormalities if row.assessment == "malignant"}
    tested = {row.patient_id for row in abnormalities if row.is_test}
    for rows in _by_image(abnormalities).values():
        reading.records.append(_record(rows, folders, malignant, tested))
    _note(reading, abnormalities, tested)
    return reading


def read_abnormalities(source: Path, reading: Reading) -> list[Abnormality]:
    """Read and count the rows of the four tables; a bad one is counted with its reason.

    Raises:
        Misconfigured: If a table or column is absent.
    """
    found: list[Abnormality] = []
    for kind in _FINDINGS:
        for part in ("train", "test"):
            path = source / f"{kind}_case_description_{part}_set.csv"
            table = read_csv(path, COLUMNS)
            rows = [
                row
                for number, raw in enumerate(table, 1)
                if (row := _parse(raw, kind, part, f"{path.name}, row {number}", reading))
            ]
            _count(reading, f"{kind} {part}", table)
            found += rows
    return found


def _count(reading: Reading, what: str, table: list[dict[str, str]]) -> None:
    reading.found[f"{what} rows"] = len(table)
    reading.found[f"{what} patients"] = len({row["patient id"] for row in table})
    reading.found[f"{what} images"] = len({_first(row["image file path"]) for row in table})


def _parse(
    raw: dict[str, str], kind: str, part: str, where: str, reading: Reading
) -> Abnormality | None:
    image = _first(raw["image file path"])
    if raw["pathology"] not in _ASSESSMENTS:
        return reading.refuse(where, "unknown pathology")
    if raw["left or right breast"] not in ("LEFT", "RIGHT"):
        return reading.refuse(where, "unknown breast")
    if raw["image view"] not in ("CC", "MLO"):
        return reading.refuse(where, "unknown view")
    named = (raw["patient id"], raw["left or right breast"], raw["image view"])
    if "_".join(named) not in image:
        return reading.refuse(where, "the image's path is of another film")
    return Abnormality(
        patient_id=raw["patient id"],
        image=image,
        image_uids=tuple(raw["image file path"].split("/")[1:3]),
        mask=_first(raw["ROI mask file path"]),
        laterality=raw["left or right breast"][0],
        view=raw["image view"],
        finding=_FINDINGS[kind],
        assessment=_ASSESSMENTS[raw["pathology"]],
        breast_density=_DENSITIES.get(raw["breast density"]),
        is_test=part == "test",
    )


def _first(path: str) -> str:
    """The first part of a path; what follows differs in the download."""
    return path.strip().split("/", maxsplit=1)[0]


def _breast(row: Abnormality) -> tuple[str, str]:
    return row.patient_id, row.laterality


def _by_image(rows: Iterable[Abnormality]) -> dict[str, list[Abnormality]]:
    images: dict[str, list[Abnormality]] = {}
    for row in rows:
        images.setdefault(row.image, []).append(row)
    return images


def _record(
    rows: list[Abnormality],
    folders: dict[str, Path],
    malignant: set[tuple[str, str]],
    tested: set[str],
) -> ImageRecord:
    first = rows[0]
    return ImageRecord(
        image_id=first.image,
        exam_id=first.patient_id,
        patient_id=first.patient_id,
        object_key=first.image,
        path=next(iter(_files(folders, first.image)), None),
        laterality=first.laterality,
        view=first.view,
        is_malignant=_breast(first) in malignant,
        finding=first.finding,
        assessment=worst([row.assessment for row in rows]),
        breast_density=first.breast_density,
        split="test" if first.patient_id in tested else "training",
        masks=tuple(
            LesionMask(files, row.finding, row.assessment)
            for row in rows
            if (files := _files(folders, row.mask))
        ),
    )


def _files(folders: dict[str, Path], name: str) -> tuple[Path, ...]:
    """The DICOM files below a film's or a lesion's folder, wherever the download puts them."""
    folder = folders.get(name)
    return tuple(sorted(folder.rglob("*.dcm"))) if folder else ()


def _note(reading: Reading, rows: list[Abnormality], tested: set[str]) -> None:
    trained = {row.patient_id for row in rows if not row.is_test}
    reading.found |= {
        "patients": len(trained | tested),
        "images": len(reading.records),
        "patients of both official splits": len(trained & tested),
    }
    n_unknown = sum(row.breast_density is None for row in rows)
    reading.notes += [
        f"{len(trained & tested)} patients stand in training with one kind of lesion and in "
        "test with another: all their images are test images here.",
        "Pathology decides the assessment; BENIGN_WITHOUT_CALLBACK is benign.",
        f"{n_unknown} rows state a breast density outside 1-4: left empty.",
        "A film with masses and calcifications is two images, one of each table.",
    ]
    reading.note_absent_files()
