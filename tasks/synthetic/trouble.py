"""What goes wrong in a generated campaign, declared: kind, share, and what the night must say.

Each kind changes the objects of one exam; which exams are hit follows from the plan alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from tasks.errors import RejectionReason
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.truth import ImageTruth

TROUBLE_PERIOD = 36
"""Of this many consecutive exams, each kind hits exactly one."""
_STRIDE = 5  # has no factor in common with the period, so that the kinds spread over it


class Trouble(StrEnum):
    """A kind of trouble."""

    TRUNCATED = "truncated"
    NOT_DICOM = "not_dicom"
    PDF_REPORT = "pdf_report"
    EMPTY_OBJECT = "empty_object"
    ULTRASOUND = "ultrasound"
    COMPUTED_TOMOGRAPHY = "computed_tomography"
    FOR_PROCESSING = "for_processing"
    MAGNIFICATION = "magnification"
    THREE_VIEWS = "three_views"
    MONOCHROME1 = "monochrome1"
    DUPLICATE = "duplicate"
    LATERALITY_MISSING = "laterality_missing"
    EXAM_DAMAGED = "exam_damaged"


@dataclass(frozen=True)
class GeneratedObject:
    """One object for the bucket, with what the night is expected to make of it.

    Args:
        object_key: Key in the bucket, without personal data.
        data: Its bytes.
        expected_state: scored, unscorable or rejected.
        expected_reason: Of the latter two.
        truth: Of a mammogram, whether it can be scored or not; None of foreign objects.
        trouble: The kind that made or changed it.
    """

    object_key: str
    data: bytes
    expected_state: str = "scored"
    expected_reason: RejectionReason | None = None
    truth: ImageTruth | None = None
    trouble: Trouble | None = None


def trouble_of(plan: CampaignPlan, index: int) -> Trouble | None:
    """Which kind hits an exam, if any; each has a share of 1 in `TROUBLE_PERIOD`."""
    kinds = list(Trouble)
    place = (index + plan.seed) * _STRIDE % TROUBLE_PERIOD
    return kinds[place] if plan.trouble and place < len(kinds) else None
