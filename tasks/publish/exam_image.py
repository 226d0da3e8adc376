"""One image of an exam as tables know it: its score, what was found, where.

It reads no table and draws nothing: a joined row in, a frozen record out. Pages and exports
share it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from models.contract import LATERALITIES, VIEWS
from tasks.preprocess.geometry import Geometry

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Region:
    """A box in original pixels, with what was found in it and its score, 0-1."""

    top_px: int
    left_px: int
    height_px: int
    width_px: int
    finding: str
    score: float


@dataclass(frozen=True)
class ExamImage:
    """One image of an exam, scored or not.

    Args:
        laterality: R or L; None where unknown.
        view: CC, MLO or another view's name; None where unknown.
        state: scored, unscorable or pending.
        geometry: From original to network pixels; None where no network input is stored.
        spacing_mm: Row spacing at the detector, in mm, where known.
    """

    sop_instance_key: str | None
    laterality: str | None
    view: str | None
    state: str
    reason: str | None
    malignancy_score: float | None
    finding: str | None
    assessment: str | None
    regions: tuple[Region, ...]
    geometry: Geometry | None
    spacing_mm: float | None

    @property
    def name(self) -> str | None:
        """Laterality and view, such as R-MLO; what is known of them; None where nothing is."""
        return "-".join(part for part in (self.laterality, self.view) if part) or None

    @property
    def is_standard(self) -> bool:
        """Whether it is one of the four views of a screening exam."""
        return self.laterality in LATERALITIES and self.view in VIEWS


def exam_image(row: Row) -> ExamImage:
    """Make an image from its joined row of objects, instances, image_scores and images."""
    is_scored = row["state"] == "scored" and row["malignancy_score"] is not None
    return ExamImage(
        sop_instance_key=row["sop_instance_key"],
        laterality=row["image_laterality"],
        view=row["view_position"],
        state=row["state"],
        reason=row["reason"],
        malignancy_score=row["malignancy_score"] if is_scored else None,
        finding=row["finding"] if is_scored else None,
        assessment=row["assessment"] if is_scored else None,
        regions=tuple(Region(**region) for region in (row["regions"] or ()) if is_scored),
        geometry=_geometry(row),
        spacing_mm=row["imager_pixel_spacing_mm"],
    )


def _geometry(row: Row) -> Geometry | None:
    if row["crop_width_px"] is None:
        return None
    return Geometry(**{field.name: row[field.name] for field in fields(Geometry)})
