"""A mammogram's projection and its modifiers, by their codes before their names.

It tells what a header says, not whether that is scored.

References:
    DICOM PS3.16 CID 4014 (views) and CID 4015 (view modifiers), with the SNOMED RT codes that
    older devices write.
"""

from dataclasses import dataclass

from pydicom import Dataset

from tasks.ingest import values

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


@dataclass(frozen=True)
class View:
    """A projection, with its modifiers by name, and the attribute that it was read from."""

    position: str | None
    source: str
    modifiers: tuple[str, ...] = ()


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
