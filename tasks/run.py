"""One run of a night: its name, its clock, and how it says how far it is.

The clock is read once, at the start, so that a run's rows agree.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

PROGRESS = logging.getLogger("smart_mammo.progress")
"""A record's `stage`, `done` and `total` tell a progress bar what its text tells a reader."""


@dataclass(frozen=True)
class Run:
    """A run of the campaign flow."""

    run_id: str
    list_date: date
    started_at: datetime

    @classmethod
    def begin(cls, list_date: date, run_id: str | None = None) -> "Run":
        """Name a new run, unless its scheduler has, and read the clock."""
        return cls(run_id or uuid.uuid4().hex, list_date, datetime.now(UTC))


def report_progress(stage: str, done: int, total: int) -> None:
    """Tell whoever listens that `done` of `total` items of a stage are through."""
    PROGRESS.info(
        "%s: %d of %d", stage, done, total, extra={"stage": stage, "done": done, "total": total}
    )
