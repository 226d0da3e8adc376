"""Which objects are mammograms of the campaign, and which of those can be scored.

It judges headers only, and gives a reason instead of guessing.

References:
    DICOM PS3.3 C.8.11.7 (Mammography Image Module); PS3.16 CID 4014 (views) and CID 4015 (view
    modifiers), with the SNOMED RT codes that older devices write.
"""

import re
from dataclasses import dataclass

from pydicom import Dataset
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
)

from models.contract import VIEWS
from tasks.errors import Rejected, RejectionReason
from tasks.ingest import values

MODALITY = "MG"
FOR_PRESENTATION, FOR_PROCESSING = "FOR PRESENTATION", "FOR PROCESSING"

INTENT_BY_SOP_CLASS: dict[str, str] = {
    DigitalMammographyXRayImageStorageForPresentation: FOR_PRESENTATION,
    DigitalMammographyXRayImageStorageForProcessing: FOR_PROCESSING,
    BreastTomosynthesisImageStorage: FOR_PRESENTATION,
}
"""The SOP classes of mammograms, with the intent that holds where the header states none."""

VIEW_NAMES = {
    "399162004": "CC",
    "399368009": "MLO",
    "399260004": "ML",
    "399352003": "LM",
    "399099002": "LMO",
    "399192008": "XCCL",
    "399101009": "XCCM",
    "399196006": "FB",
    "399188001": "SIO",
    "441555000": "ISO",
    "127457009": "SPECIMEN",
}
"""CID 4014 in SNOMED CT."""

MODIFIER_NAMES = {
    "399163009": "magnification",
    "399055006": "spot_compression",
    "399110001": "tangential",
    "399161006": "cleavage",
    "399011000": "axillary_tail",
    "399197002": "rolled_lateral",
    "399226006": "rolled_medial",
    "414493004": "rolled_inferior",
    "415670009": "rolled_superior",
    "399209000": "implant_displaced",
    "442581004": "nipple_in_profile",
    "442593008": "infra_mammary_fold",
    "442580003": "axillary_tissue",
    "441752004": "anterior_compression",
}
"""CID 4015 in SNOMED CT."""

SCREENING_MODIFIERS = frozenset(
    {
        "implant_displaced",
        "nipple_in_profile",
        "infra_mammary_fold",
        "axillary_tissue",
        "anterior_compression",
    }
)
"""Modifiers of views that still show the whole breast; any other makes a view a work-up."""

SNOMED_RT = {
    "R-10242": "399162004",
    "R-10226": "399368009",
    "R-10224": "399260004",
    "R-10228": "399352003",
    "R-10230": "399099002",
    "R-1024A": "399192008",
    "R-1024B": "399101009",
    "R-10244": "399196006",
    "R-102D0": "399188001",
    "R-40AAA": "441555000",
    "G-8310": "127457009",
    "R-102D6": "399163009",
    "R-102D7": "399055006",
    "R-102C2": "399110001",
    "R-102D2": "399161006",
    "R-102D1": "399011000",
    "R-102D3": "399197002",
    "R-102D4": "399226006",
    "R-102CA": "414493004",
    "R-102C9": "415670009",
    "R-102D5": "399209000",
    "R-40AB3": "442581004",
    "R-40ABE": "442593008",
    "R-40AB2": "442580003",
    "P2-00161": "441752004",
}
"""Codes under SRT, SNM3 and 99SDM, with the SNOMED CT code of the same concept."""

MAX_MAGNIFICATION = 1.3
"""Contact views are magnified 1.0-1.15 times, magnification views 1.5 and more."""

LATERALITIES = ("R", "L")


@dataclass(frozen=True)
class View:
    """A projection, with its modifiers by name, and the attribute that it was read from."""

    position: str | None
    source: str
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Laterality:
    """R or L, and the attribute that it was read from."""

    value: str | None
    source: str


def check_mammogram(header: Dataset) -> None:
    """Refuse what is no mammogram.

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
        raise Rejected(
            RejectionReason.NOT_A_MAMMOGRAM,
            f"SOP Class UID (0008,0016) is {shown}, not a mammogram's.",
        )


def find_intent(header: Dataset) -> str:
    """Read Presentation Intent Type (0008,0068), else what the SOP class implies."""
    stated = values.code(header, "PresentationIntentType")
    if stated in (FOR_PRESENTATION, FOR_PROCESSING):
        return stated
    return INTENT_BY_SOP_CLASS[values.identity(header, "SOPClassUID")]


def find_laterality(header: Dataset) -> Laterality:
    """Read Image Laterality (0020,0062), else Laterality (0020,0060) of the series."""
    for keyword, source in (
        ("ImageLaterality", "image_laterality"),
        ("Laterality", "laterality"),
    ):
        value = values.code(header, keyword)
        if value in LATERALITIES:
            return Laterality(value, source)
        if value:  # B, both breasts, says more than the series could
            break
    return Laterality(None, "none")


def find_view(header: Dataset) -> View:
    """Read View Code Sequence (0054,0220), which is Type 1, else View Position (0018,5101)."""
    for item in values.items(header, "ViewCodeSequence")[:1]:
        if position := VIEW_NAMES.get(_snomed_ct(item)):
            return View(position, "view_code_sequence", _modifiers(item))
    position = values.code(header, "ViewPosition")
    if position in VIEW_NAMES.values():
        return View(position, "view_position", _modifiers(header))
    return View(None, "none", _modifiers(header))


def _modifiers(item: Dataset) -> tuple[str, ...]:
    """Names of View Modifier Code Sequence (0054,0222); an unknown code is other."""
    sequence = values.items(item, "ViewModifierCodeSequence")
    names = {MODIFIER_NAMES.get(_snomed_ct(modifier), "other") for modifier in sequence}
    return tuple(sorted(names))


def _snomed_ct(item: Dataset) -> str:
    value = values.code(item, "CodeValue")
    return SNOMED_RT.get(value, value)


def unscorable_reason(
    header: Dataset, laterality: Laterality, view: View
) -> tuple[RejectionReason, str] | None:
    """Say why a mammogram cannot be scored; None where it can, as far as its header tells."""
    if find_intent(header) == FOR_PROCESSING:
        return RejectionReason.FOR_PROCESSING, "The image is For Processing: raw detector data."
    n_frames = values.whole(header, "NumberOfFrames") or 1
    sop_class = values.identity(header, "SOPClassUID")
    if n_frames > 1 or sop_class == BreastTomosynthesisImageStorage:
        return RejectionReason.MULTI_FRAME, f"The object holds {n_frames} frames."
    if laterality.value is None:
        return RejectionReason.LATERALITY_MISSING, "The header names no single breast."
    if why := _not_screening(header, view):
        return RejectionReason.VIEW_NOT_SCREENING, why
    return None


def _not_screening(header: Dataset, view: View) -> str | None:
    if view.position not in VIEWS:
        return f"The view is {view.position or 'not known'}, not {' or '.join(VIEWS)}."
    if workup := set(view.modifiers) - SCREENING_MODIFIERS:
        return f"The view is modified: {', '.join(sorted(workup))}."
    factor = values.real(header, "EstimatedRadiographicMagnificationFactor")
    if factor is not None and factor > MAX_MAGNIFICATION:
        return f"The view is magnified {factor:.2f} times."
    return None
