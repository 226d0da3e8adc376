"""Which breast a header names, and at which side of the image that puts the chest wall.

A left breast's usually lies at the left, a right one's at the right; the pixels are held to
what the header says. It reads none.

References:
    DICOM PS3.3 C.7.6.1.1.1 (Patient Orientation), C.8.11.3.1 (Field of View Horizontal Flip).
"""

from dataclasses import dataclass

from pydicom import Dataset

from tasks.ingest import values
from tasks.ingest.manufacturers import find_rule

USUAL_SIDES = {"L": "left", "R": "right"}
_OTHER_SIDES = {"left": "right", "right": "left"}
_SIDES_BY_ROW_DIRECTION = {"A": "left", "P": "right"}
"""Rows that run towards the nipple begin at the chest wall."""


@dataclass(frozen=True)
class Laterality:
    """R or L, and the attribute that it was read from."""

    value: str | None
    source: str


@dataclass(frozen=True)
class ChestWall:
    """left or right, and what it follows from; None where nothing tells."""

    side: str | None
    source: str


def find_laterality(header: Dataset) -> Laterality:
    """Read Image Laterality (0020,0062), else Laterality (0020,0060) of the series."""
    for keyword, source in (
        ("ImageLaterality", "image_laterality"),
        ("Laterality", "laterality"),
    ):
        value = values.code(header, keyword)
        if value in USUAL_SIDES:
            return Laterality(value, source)
        if value:  # B, both breasts, says more than the series could
            break
    return Laterality(None, "none")


def find_chest_wall(header: Dataset, laterality: Laterality) -> ChestWall:
    """Follow Patient Orientation, else a declared flip, else the usual side of the breast.

    In no view, mirrored or not, do the columns run towards the breast's own side: Patient
    Orientation (0020,0020) that says so tells of the other breast, or of an image upside down.
    """
    if laterality.value is None:
        return ChestWall(None, "none")
    along_rows, along_columns = _orientation(header)
    if side := _SIDES_BY_ROW_DIRECTION.get(along_rows[:1]):
        if laterality.value in along_columns:
            return ChestWall(None, "contradiction")
        return ChestWall(side, "patient_orientation")
    usual = USUAL_SIDES[laterality.value]
    if is_flip_declared(header):
        return ChestWall(_OTHER_SIDES[usual], "field_of_view_horizontal_flip")
    return ChestWall(usual, laterality.source)


def is_flip_declared(header: Dataset) -> bool:
    """Whether the header says, by its manufacturer's rule, that the pixels are mirrored."""
    is_flipped = values.code(header, "FieldOfViewHorizontalFlip") == "YES"
    return is_flipped and find_rule(header).has_flipped_pixels


def is_on_wrong_side(chest_wall_side: str | None, *, is_chest_wall_right: bool) -> bool:
    """Whether the pixels put the chest wall elsewhere than the header does."""
    return chest_wall_side != ("right" if is_chest_wall_right else "left")


def _orientation(header: Dataset) -> tuple[str, str]:
    directions = values.codes(header, "PatientOrientation")
    return (directions[0], directions[1]) if len(directions) == 2 else ("", "")
