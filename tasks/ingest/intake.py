"""The first two steps of a night: what is new in the bucket, and what its headers say.

It reads no pixels; headers are parsed in worker processes that may die of them.
"""

from dataclasses import asdict, dataclass

import polars as pl

from tasks.ingest.discovery import LISTING_SCHEMA, changed_objects
from tasks.ingest.object_store import ObjectStore, ObjectSummary, S3Location
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tasks.run import Run

OBJECTS_PER_BATCH = 1000
"""Objects whose headers one task reads; their rows are one commit."""


@dataclass(frozen=True)
class HeaderJob:
    """One header to read; everything that a worker needs."""

    location: S3Location
    summary: ObjectSummary
    pseudonymiser: Pseudonymiser


def discover_objects(lake: Lake, store: ObjectStore, run: Run) -> int:
    """Record what the bucket's listing adds or changes.

    Returns:
        How many object versions are new.
    """
    listing = pl.DataFrame([asdict(summary) for summary in store.list_objects()], schema=LISTING_SCHEMA)
    changed = changed_objects(listing, lake.read(OBJECTS), run.started_at)
    lake.upsert(OBJECTS, changed)
    return changed.filter(pl.col("first_seen_at") == run.started_at).height


def unread_batches(lake: Lake) -> list[list[str]]:
    """Keys of the present objects whose header was not read yet, in batches by key."""
    is_unread = (pl.col("state") == "pending") & pl.col("gone_at").is_null() & pl.col("sop_instance_key").is_null()
    keys = lake.read(OBJECTS, columns=["object_key"], where=is_unread)["object_key"].sort().to_list()
    return [keys[start : start + OBJECTS_PER_BATCH] for start in range(0, len(keys), OBJECTS_PER_BATCH)]
