"""Which objects are mammograms of the campaign, and which of those can be scored.

It judges headers only, and gives a reason instead of guessing.

References:
    DICOM PS3.3 C.8.11.7 (Mammography Image Module).
"""

import re

from pydicom import Dataset
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
)

from models.contract import VIEWS
from tasks.errors import Rejected, RejectionReason
from tasks.ingest import values
from tasks.ingest.laterality import Laterality
from tasks.ingest.manufacturers import find_rule
from tasks.ingest.views import SCREENING_MODIFIERS, View

MODALITY = "MG"
FOR_PRESENTATION, FOR_PROCESSING = "FOR PRESENTATION", "FOR PROCESSING"

INTENT_BY_SOP_CLASS: dict[str, str] = {
    DigitalMammographyXRayImageStorageForPresentation: FOR_PRESENTATION,
    DigitalMammographyXRayImageStorageForProcessing: FOR_PROCESSING,
    BreastTomosynthesisImageStorage: FOR_PRESENTATION,
}
"""The SOP classes of mammograms, with the intent that holds where the header states none."""

BREAST_CODES = frozenset({"76752008", "T-04000"})
"""Breast in SNOMED CT and RT, for Anatomic Region Sequence (0008,2218)."""

MAX_MAGNIFICATION = 1.3
"""Contact views are magnified 1.0-1.15 times, magnification views 1.5 and more."""


def check_mammogram(header: Dataset) -> None:
    """Refuse what is no mammogram of a woman's breast.

    Raises:
        Rejected: WRONG_MODALITY or NOT_A_MAMMOGRAM.
    """
    modality = values.code(header, "Modality")
    if modality != MODALITY:
        shown = modality if re.fullmatch("[A-Z]{2,4}", modality) else "none"
        raise Rejected(
            RejectionReason.WRONG_MODALITY, f"Modality (0008,0060) is {shown}, not {MODALITY}."
        )
    sop_class = values.identity(header, "SOPClassUID")
    if sop_class not in INTENT_BY_SOP_CLASS:
        shown = sop_class if re.fullmatch(r"[\d.]{1,64}", sop_class) else "none"
        raise _no_mammogram(f"SOP Class UID (0008,0016) is {shown}, not a mammogram's.")
    if values.code(header, "QualityControlImage") == "YES":
        raise _no_mammogram("It is a Quality Control Image (0028,0300): a phantom or pattern.")
    if not _may_be_breast(header):
        raise _no_mammogram("Its header names another region than the breast.")


def _no_mammogram(detail: str) -> Rejected:
    return Rejected(RejectionReason.NOT_A_MAMMOGRAM, detail)


def _may_be_breast(header: Dataset) -> bool:
    """Whether one of two attributes names the breast, or neither names anything."""
    regions = values.items(header, "AnatomicRegionSequence")
    codes = {values.code(item, "CodeValue") for item in regions}
    body_part = values.code(header, "BodyPartExamined")
    return bool(codes & BREAST_CODES) or "BREAST" in body_part or not (codes or body_part)


def find_intent(header: Dataset) -> str:
    """Read Presentation Intent Type (0008,0068), else what the SOP class implies."""
    stated = values.code(header, "PresentationIntentType")
    if stated in (FOR_PRESENTATION, FOR_PROCESSING):
        return stated
    return INTENT_BY_SOP_CLASS[values.identity(header, "SOPClassUID")]


def is_synthetic_2d(header: Dataset) -> bool:
    """Whether the view was computed from a tomosynthesis rather than exposed.

    References:
        DICOM PS3.3 C.8.11.7: Image Type (0008,0008) holds GENERATED_2D.
    """
    if "GENERATED_2D" in values.codes(header, "ImageType"):
        return True
    description = values.text(header, "SeriesDescription").upper()
    return any(name in description for name in find_rule(header).synthetic_2d_names)


def unscorable_reason(
    header: Dataset, laterality: Laterality, view: View
) -> tuple[RejectionReason, str] | None:
    """Say why a mammogram cannot be scored; None where it can, as far as its header tells."""
    if find_intent(header) == FOR_PROCESSING:
        return RejectionReason.FOR_PROCESSING, "The image is For Processing: raw detector data."
    if why := _tomosynthesis(header):
        return RejectionReason.MULTI_FRAME, why
    if laterality.value is None:
        return RejectionReason.LATERALITY_MISSING, "The header names no single breast."
    if why := _not_screening(header, view):
        return RejectionReason.VIEW_NOT_SCREENING, why
    return None


def _tomosynthesis(header: Dataset) -> str | None:
    """Say that the object holds frames, or one slice or projection, of a tomosynthesis."""
    n_frames = values.whole(header, "NumberOfFrames") or 1
    sop_class = values.identity(header, "SOPClassUID")
    if n_frames > 1 or sop_class == BreastTomosynthesisImageStorage:
        return f"The object holds {n_frames} frames."
    is_part = any("TOMO" in value for value in values.codes(header, "ImageType"))
    if is_part and not is_synthetic_2d(header):
        return "It is one slice or projection of a tomosynthesis."
    return None


def _not_screening(header: Dataset, view: View) -> str | None:
    if values.items(header, "SpecimenDescriptionSequence"):
        return "It shows a specimen (0040,0560), no breast."
    if view.position not in VIEWS:
        return f"The view is {view.position or 'not known'}, not {' or '.join(VIEWS)}."
    if workup := set(view.modifiers) - SCREENING_MODIFIERS:
        return f"The view is modified: {', '.join(sorted(workup))}."
    factor = values.real(header, "EstimatedRadiographicMagnificationFactor")
    if factor is not None and factor > MAX_MAGNIFICATION:
        return f"The view is magnified {factor:.2f} times."
    return None
