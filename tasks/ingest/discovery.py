"""What is new in the bucket: a listing held against the table of objects.

It decides nothing about an object but whether this version of it was seen before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tasks.ingest.containers import ETAG_SEPARATOR, SEPARATOR
from tasks.ingest.listing_parts import ListingParts
from tasks.lake.schemas import OBJECTS

LISTING_SCHEMA = pl.Schema(
    {
        name: OBJECTS.schema[name]
        for name in ("object_key", "etag", "size_bytes", "last_modified_at")
    }
)
KNOWN_SCHEMA = pl.Schema({**LISTING_SCHEMA, "gone_at": OBJECTS.schema["gone_at"]})
"""Of `objects`, what a listing is held against: little enough for millions of rows."""

_KEY = list(OBJECTS.key)

_IS_MEMBER = pl.col("etag").str.contains(ETAG_SEPARATOR, literal=True)
_CONTAINER_KEY = pl.col("object_key").str.replace(f"{SEPARATOR}[^/]*$", "")


@dataclass(frozen=True)
class Changes:
    """What a listing adds or changes.

    Args:
        new: Versions never seen, as pending rows of `objects`.
        gone: Keys (object_key, etag) of versions that are deleted or replaced.
        back: Keys of versions that came back.
    """

    new: pl.DataFrame
    gone: pl.DataFrame
    back: pl.DataFrame


def changes_by_part(
    listing: Iterable[pl.DataFrame], known: Iterable[pl.DataFrame], now: datetime
) -> Iterator[Changes]:
    """Hold a listing against what is known, in parts by key and in the memory of one part.

    Args:
        listing: The bucket now, in frames as `find_changes` takes them; at best in the order
            of its keys.
        known: What `find_changes` takes, in frames; read once the listing is complete.
        now: When the listing was made.

    Raises:
        Retryable: If this machine has no room for the listing.
    """
    with TemporaryDirectory(prefix="smart-mammo-listing-") as folder:
        parts = ListingParts(Path(folder), LISTING_SCHEMA, KNOWN_SCHEMA)
        for frame in listing:
            parts.put_listed(frame)
        key = pl.when(_IS_MEMBER).then(_CONTAINER_KEY).otherwise("object_key")
        for frame in known:
            parts.put_known(frame, frame.select(key).to_series())
        for part in parts:
            yield find_changes(*part, now)


def find_changes(listing: pl.DataFrame, known: pl.DataFrame, now: datetime) -> Changes:
    """Hold a listing against what is known.

    Args:
        listing: The bucket now, in `LISTING_SCHEMA`, without containers' members.
        known: `KNOWN_SCHEMA` of the table `objects`.
        now: When the listing was made.
    """
    listing = pl.concat([listing, _members(known, listing)])
    present = listing.select(_KEY)
    is_gone = pl.col("gone_at").is_not_null()
    return Changes(
        new_objects(listing.join(known, on=_KEY, how="anti", maintain_order="left"), now),
        known.filter(~is_gone).join(present, on=_KEY, how="anti").select(_KEY),
        known.filter(is_gone).join(present, on=_KEY, how="semi").select(_KEY),
    )


def new_objects(listing: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Make pending rows of `objects` of versions that were never seen."""
    rows = listing.with_columns(
        state=pl.lit("pending"), first_seen_at=pl.lit(now), changed_at=pl.lit(now)
    )
    return _as_objects(rows)


def _members(known: pl.DataFrame, listing: pl.DataFrame) -> pl.DataFrame:
    """The known members of the containers that are listed: they are there as long as those."""
    members = known.filter(_IS_MEMBER).with_columns(
        container_key=_CONTAINER_KEY,
        container_etag=pl.col("etag").str.replace(f"{ETAG_SEPARATOR}[^{ETAG_SEPARATOR}]*$", ""),
    )
    present = members.join(
        listing, left_on=["container_key", "container_etag"], right_on=_KEY, how="semi"
    )
    return present.select(LISTING_SCHEMA.names())


def _as_objects(rows: pl.DataFrame) -> pl.DataFrame:
    absent = {
        name: pl.lit(None, dtype)
        for name, dtype in OBJECTS.schema.items()
        if name not in rows.columns
    }
    return rows.with_columns(**absent).select(OBJECTS.schema.names()).cast(OBJECTS.schema)
