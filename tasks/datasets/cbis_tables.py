"""CBIS-DDSM's four tables of abnormalities, row by row in this project's words.

Every row's quoted paths hold a newline; a bad row is counted with its reason. It looks for no
file.
"""

from dataclasses import dataclass
from pathlib import Path

from tasks.datasets.records import CALCIFICATION, SOFT_TISSUE, Reading
from tasks.datasets.sources import read_csv

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
