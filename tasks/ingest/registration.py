"""Read headers to instances: which object holds which instance, and which is a copy.

Of several objects with one SOP Instance UID the first seen holds the instance; none are merged.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from tasks.errors import UNSCORABLE_REASONS, RejectionReason
from tasks.ingest.containers import content_of, place_of
from tasks.ingest.instances import ReadResult
from tasks.lake.schemas import INSTANCES, OBJECTS

Place = tuple[str, str]
"""Object key and ETag: one version of an object."""

Row = dict[str, object]


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
        results: What the headers of a batch say; taken in the order of their keys.
        objects: The rows of `objects` of the batch, and of the holders in `instances`.
        instances: The rows of `instances` that the batch's instances have already.
        now: Becomes `changed_at`.
    """
    rows = {_place(row): row for row in objects.iter_rows(named=True)}
    present = {place for place, row in rows.items() if row["gone_at"] is None}
    holders = {row["sop_instance_key"]: _place(row) for row in instances.iter_rows(named=True)}
    held: list[Row] = []
    changed: list[Row] = []
    for result in sorted(results, key=lambda result: result.object_key):
        place = (result.object_key, result.etag)
        holder = _other_holder(result, holders, present)
        if result.instance and not holder:
            holders[result.instance["sop_instance_key"]] = place
            held.append(result.instance)
        reason, detail = (
            _copy_reason(holder, place) if holder else (result.reason, result.detail)
        )
        changed.append(_settled(rows[place], result, reason, detail) | {"changed_at": now})
    return Registration(
        pl.DataFrame(held, schema=INSTANCES.schema),
        pl.DataFrame(changed, schema=OBJECTS.schema),
    )


def _place(row: Row) -> Place:
    return str(row["object_key"]), str(row["etag"])


def _other_holder(
    result: ReadResult, holders: dict[object, Place], present: set[Place]
) -> Place | None:
    """The other present object that holds the instance: this one's former version is gone."""
    holder = holders.get(result.instance["sop_instance_key"]) if result.instance else None
    is_other = holder is not None and holder[0] != result.object_key and holder in present
    return holder if is_other else None


def _copy_reason(holder: Place, place: Place) -> tuple[RejectionReason, str]:
    if content_of(holder[1]) == content_of(place[1]):
        return (
            RejectionReason.DUPLICATE_INSTANCE,
            f"The same bytes as {holder[0]}, which was seen first.",
        )
    if (place_of(*holder) is None) != (place_of(*place) is None):
        return (
            RejectionReason.DUPLICATE_INSTANCE,
            f"The SOP Instance UID of {holder[0]}, which was seen first; one lies in a ZIP "
            "file, so that bytes were not compared.",
        )
    return (
        RejectionReason.CONFLICTING_INSTANCE,
        f"Other bytes under the SOP Instance UID of {holder[0]}, which was seen first.",
    )


def _settled(
    row: Row, result: ReadResult, reason: RejectionReason | None, detail: str | None
) -> Row:
    """The object's row with its instance, and its state by the reason."""
    instance = result.instance or {}
    keys = {name: instance.get(name) for name in ("sop_instance_key", "exam_key")}
    if reason is None:
        return {**row, **keys, "detail": detail}
    state = "unscorable" if reason in UNSCORABLE_REASONS else "rejected"
    return {**row, **keys, "state": state, "reason": reason.value, "detail": detail}
