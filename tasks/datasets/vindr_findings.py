"""VinDr-Mammo's findings: lists of categories as text, with boxes, to lesions by image.

A category that the contract has no class for is counted, and so is a finding without a box.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

from tasks.datasets.records import (
    CALCIFICATION,
    SOFT_TISSUE,
    Lesion,
    Reading,
    assessment_of_birads,
)

FINDINGS = "finding_annotations.csv"
_SIDES = ("xmin", "ymin", "xmax", "ymax")
FINDING_COLUMNS = ("image id", "finding categories", "finding birads", *_SIDES)
_CATEGORY = re.compile(r"'([^']+)'")
_WITHOUT_CLASS = {"Skin Thickening", "Skin Retraction", "Nipple Retraction"} | {
    "Suspicious Lymph Node"
}
_FINDING_OF = {
    "Mass": SOFT_TISSUE,
    "Asymmetry": SOFT_TISSUE,
    "Focal Asymmetry": SOFT_TISSUE,
    "Global Asymmetry": SOFT_TISSUE,
    "Architectural Distortion": SOFT_TISSUE,
    "Suspicious Calcification": CALCIFICATION,
}
Row = dict[str, str]


def read_lesions(
    findings: list[Row], breast_grades: Mapping[str, str], reading: Reading
) -> dict[str, list[Lesion]]:
    """Read the lesions of each image.

    Args:
        findings: Rows of the table.
        breast_grades: BI-RADS assessment by image, for findings that state none.
        reading: Counts what cannot be used.
    """
    lesions: dict[str, list[Lesion]] = defaultdict(list)
    for number, row in enumerate(findings, 1):
        where, image = f"{FINDINGS}, row {number}", row["image id"]
        categories = _CATEGORY.findall(row["finding categories"])
        if categories == ["No Finding"]:
            continue
        if image not in breast_grades or not all(is_number(row[side]) for side in _SIDES):
            reading.refuse(where, "a finding without an image or a box")
            continue
        for category in set(categories) - set(_FINDING_OF):
            known = "no class of the contract" if category in _WITHOUT_CLASS else "unknown"
            reading.refuse(where, f"finding {category}: {known}")
        found = sorted({_FINDING_OF[name] for name in categories if name in _FINDING_OF})
        lesions[image] += [_lesion(row, name, breast_grades[image]) for name in found]
    return lesions


def is_number(text: str) -> bool:
    """Whether a cell holds a number."""
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def _lesion(row: Row, finding: str, breast_grade: str) -> Lesion:
    left, top, right, bottom = (max(0, round(float(row[side]))) for side in _SIDES)
    grade = row["finding birads"].removeprefix("BI-RADS ") or breast_grade
    box = (top, left, max(1, bottom - top), max(1, right - left))
    return Lesion(*box, finding, assessment_of_birads(grade))
