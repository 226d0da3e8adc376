"""Read headers to instances: which object holds which instance, and which is a copy.

Of several objects with one SOP Instance UID the first seen holds the instance; it never merges two.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tasks.errors import UNSCORABLE_REASONS, RejectionReason
from tasks.ingest.instances import ReadResult
from tasks.lake.schemas import INSTANCES, OBJECTS


@dataclass(frozen=True)
class Registration:
    """The rows that a batch of headers adds or changes."""

    instances: pl.DataFrame
    objects: pl.DataFrame


def register(
    results: list[ReadResult], objects: pl.DataFrame, instances: pl.DataFrame, now: datetime
) -> Registration:
    """Give each read object its instance or its reason.

    Args:
        results: What the headers of a batch say; read in the order of their keys.
        objects: The batch's rows of `objects` and every other present one with an instance.
        instances: Rows of `instances` known before.
        now: Becomes `changed_at`.
    """
    present = {(row["object_key"], row["etag"]) for row in objects.iter_rows(named=True) if not row["gone_at"]}
    rows = {(row["object_key"], row["etag"]): row for row in objects.iter_rows(named=True)}
    holders = {
        row["sop_instance_key"]: (row["object_key"], row["etag"]) for row in instances.iter_rows(named=True)
    }
    added: dict[str, dict[str, object]] = {}
    changed: list[dict[str, object]] = []
    for result in sorted(results, key=lambda result: result.object_key):
        place = (result.object_key, result.etag)
        reason, detail = result.reason, result.detail
        if result.instance is not None:
            key = str(result.instance["sop_instance_key"])
            holder = holders.get(key, place)
            if copy_of := _other_holder(holder, place, present):
                reason, detail = _copy_reason(copy_of, place)
            else:
                holders[key] = place
                added[key] = result.instance
        changed.append(_settle(rows[place], result, reason, detail, now))
    return Registration(
        pl.DataFrame(list(added.values()), schema=INSTANCES.schema), pl.DataFrame(changed, schema=OBJECTS.schema)
    )


def _other_holder(
    holder: tuple[str, str], place: tuple[str, str], present: set[tuple[str, str]]
) -> tuple[str, str] | None:
    """The other object that holds the instance, unless it is gone or an earlier version of this one."""
    is_other = holder[0] != place[0] and holder in present
    return holder if is_other else None


def _copy_reason(holder: tuple[str, str], place: tuple[str, str]) -> tuple[RejectionReason, str]:
    if holder[1] == place[1]:
        return RejectionReason.DUPLICATE_INSTANCE, f"The same bytes as {holder[0]}, which was seen first."
    return (
        RejectionReason.CONFLICTING_INSTANCE,
        f"Other bytes under the SOP Instance UID of {holder[0]}, which was seen first.",
    )


def _settle(
    row: dict[str, object], result: ReadResult, reason: RejectionReason | None, detail: str | None, now: datetime
) -> dict[str, object]:
    state = "pending" if reason is None else "unscorable" if reason in UNSCORABLE_REASONS else "rejected"
    instance = result.instance or {}
    return {
        **row,
        "state": state,
        "reason": reason.value if reason else None,
        "detail": detail,
        "sop_instance_key": instance.get("sop_instance_key"),
        "exam_key": instance.get("exam_key"),
        "changed_at": now,
    }
