"""Where manufacturers depart from what the standard lets one expect, as data: one table.

A rule only ever explains what a header says; none changes a stored value.
"""

from dataclasses import dataclass

from pydicom import Dataset

from tasks.ingest import values


@dataclass(frozen=True)
class ManufacturerRule:
    """One manufacturer's conventions.

    Args:
        name: For people.
        beginnings: Of Manufacturer (0008,0070), in upper case.
        has_flipped_pixels: Whether Field of View Horizontal Flip (0018,7034) YES means pixels
            that are mirrored as stored, where Patient Orientation (0020,0020) says nothing.
            With the others it only tells how the detector was read out.
        synthetic_2d_names: Words of Series Description (0008,103E), in upper case, under which
            views computed from a tomosynthesis are sent.
    """

    name: str
    beginnings: tuple[str, ...]
    has_flipped_pixels: bool = False
    synthetic_2d_names: tuple[str, ...] = ()


RULES = (
    ManufacturerRule("GE", ("GE ", "GENERAL ELECTRIC"), synthetic_2d_names=("V-PREVIEW",)),
    ManufacturerRule(
        "Hologic",
        ("HOLOGIC", "LORAD"),
        synthetic_2d_names=("C-VIEW", "INTELLIGENT 2D"),
    ),
    ManufacturerRule("Siemens", ("SIEMENS",), synthetic_2d_names=("INSIGHT 2D",)),
    ManufacturerRule(
        "Fuji", ("FUJI",), has_flipped_pixels=True, synthetic_2d_names=("S-VIEW",)
    ),
    ManufacturerRule("Philips/Sectra", ("PHILIPS", "SECTRA")),
    ManufacturerRule("Planmed", ("PLANMED",), has_flipped_pixels=True),
    ManufacturerRule("IMS Giotto", ("IMS", "I.M.S"), has_flipped_pixels=True),
    ManufacturerRule("Metaltronica", ("METALTRONICA",), has_flipped_pixels=True),
)
"""The table. The flips are those that users of open models report of these four.

None has a rule for the VOI: none is documented beyond what headers say. Where devices differ
(SIGMOID, tables beside windows, several windows of which the first is the default), attributes
tell, and `tasks.preprocess.values` follows them.
"""

NO_RULE = ManufacturerRule("other", ())


def find_rule(header: Dataset) -> ManufacturerRule:
    """The rule of the header's Manufacturer (0008,0070), or one that explains nothing."""
    manufacturer = values.code(header, "Manufacturer")
    matching = (rule for rule in RULES if manufacturer.startswith(rule.beginnings))
    return next(matching, NO_RULE)
