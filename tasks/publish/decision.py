"""A reader's decision on an exam: rows of `outcomes`, one a breast.

A decision replaces the reader's former one; the lake's history keeps that. The next list leaves
out what is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.contract import DENSITIES, LATERALITIES
from tasks.lake.schemas import OUTCOMES
from tasks.lake.store import Lake

READER = "reader"
BIRADS_ASSESSMENTS = ("0", "1", "2", "3", "4", "4A", "4B", "4C", "5", "6")
_TIMEZONE = ZoneInfo("America/Santiago")


@dataclass(frozen=True)
class Decision:
    """What a reader decided.

    Args:
        exam_key: Of the exam.
        birads_assessments: By laterality; at least one of `BIRADS_ASSESSMENTS`.
        breast_density: One of `DENSITIES`; None where the reader does not say.
        recalled: Whether the woman is recalled.

    Raises:
        ValueError: If a value is none of those.
    """

    exam_key: str
    birads_assessments: Mapping[str, str]
    breast_density: str | None
    recalled: bool

    def __post_init__(self) -> None:
        if not self.birads_assessments or not set(self.birads_assessments) <= set(LATERALITIES):
            raise ValueError(f"BI-RADS of {sorted(self.birads_assessments)}: R or L is needed.")
        if not set(self.birads_assessments.values()) <= set(BIRADS_ASSESSMENTS):
            raise ValueError(f"No BI-RADS: {sorted(self.birads_assessments.values())}.")
        if self.breast_density not in (None, *DENSITIES):
            raise ValueError(f"No breast density: {self.breast_density!r}.")


def record_decision(lake: Lake, decision: Decision, recorded_by: str, now: datetime) -> None:
    """Write a decision in the place of the reader's former one.

    Args:
        lake: Where.
        decision: Of the reader.
        recorded_by: The reader's account.
        now: In UTC.

    Raises:
        Retryable: If the storage does not answer.
    """
    rows = [
        {
            "exam_key": decision.exam_key,
            "breast": laterality,
            "source": READER,
            "birads_assessment": assessment,
            "breast_density": decision.breast_density,
            "recalled": decision.recalled,
            "is_malignant": None,
            "read_date": now.astimezone(_TIMEZONE).date(),
            "recorded_by": recorded_by,
            "recorded_at": now,
        }
        for laterality, assessment in sorted(decision.birads_assessments.items())
    ]
    lake.upsert(OUTCOMES, OUTCOMES.frame(rows))
