"""The audit: who looked up, took out or erased what of whom, when and why.

A row is written before what it tells of is done: what was interrupted is on record too. It
never holds a plain identifier.
"""

import getpass
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from tasks.errors import Misconfigured
from tasks.lake.schemas import AUDIT
from tasks.lake.store import Lake

Action = Literal["reidentify", "export", "erase", "erased"]

REIDENTIFYING_ROLES = ("radiologist", "custodian")
"""Who may learn which woman an exam is of."""


@dataclass(frozen=True)
class Asker:
    """Who asks, and why.

    Args:
        role: SMART_MAMMO_ROLE; it states a duty and proves nothing.
        reason: In the operator's words.
    """

    role: str | None
    reason: str

    def check_role(self) -> None:
        """Refuse whose role does not allow re-identification.

        Raises:
            Misconfigured: If so.
        """
        if self.role not in REIDENTIFYING_ROLES:
            stated = f"is {self.role!r}" if self.role else "is not set"
            raise Misconfigured(
                f"Re-identification needs a role and SMART_MAMMO_ROLE {stated}: set it to "
                f"{' or '.join(REIDENTIFYING_ROLES)} if that is your duty; the use is recorded."
            )


def record_use(
    lake: Lake, asker: Asker, action: Action, keys: frozenset[str], detail: str | None = None
) -> None:
    """Write a row for each patient key."""
    shared = {
        "recorded_at": datetime.now(UTC),
        "operator": getpass.getuser(),
        "role": asker.role or "none",
        "action": action,
        "reason": asker.reason,
        "detail": detail,
    }
    rows = [
        {"audit_id": uuid.uuid4().hex, "patient_key": key, **shared} for key in sorted(keys)
    ]
    lake.insert_new(AUDIT, AUDIT.frame(rows))


def uses(lake: Lake, keys: frozenset[str] | None = None) -> pl.DataFrame:
    """Read the audit, newest first, of some patient keys or of all."""
    where = None if keys is None else pl.col("patient_key").is_in(sorted(keys))
    return lake.read(AUDIT, where=where).sort("recorded_at", descending=True)
