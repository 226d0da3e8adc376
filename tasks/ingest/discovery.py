"""What is new in the bucket: a listing held against the table of objects.

It decides nothing about an object but whether this version of it was seen before.
"""

from datetime import datetime

import polars as pl

from tasks.ingest.containers import ETAG_SEPARATOR, SEPARATOR
from tasks.lake.schemas import OBJECTS

LISTING_SCHEMA = pl.Schema(
    {
        name: OBJECTS.schema[name]
        for name in ("object_key", "etag", "size_bytes", "last_modified_at")
    }
)
_KEY = list(OBJECTS.key)


def changed_objects(listing: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Find the rows of `objects` that a listing adds or changes.

    Args:
        listing: The bucket now, in `LISTING_SCHEMA`, without containers' members.
        known: The table `objects`.
        now: When the listing was made.

    Returns:
        Rows of `objects`: versions never seen (pending), versions that are gone (deleted or
        replaced), and versions that came back.
    """
    listing = pl.concat([listing, _members(known, listing)])
    present = listing.select(_KEY)
    is_gone = pl.col("gone_at").is_not_null()
    gone = known.filter(~is_gone).join(present, on=_KEY, how="anti")
    back = known.filter(is_gone).join(present, on=_KEY, how="semi")
    new = new_objects(listing.join(known.select(_KEY), on=_KEY, how="anti"), now)
    return pl.concat(
        [
            new,
            _as_objects(gone.with_columns(gone_at=pl.lit(now))),
            _as_objects(back.with_columns(gone_at=None)),
        ]
    )


def new_objects(listing: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Make pending rows of `objects` of versions that were never seen."""
    rows = listing.with_columns(
        state=pl.lit("pending"), first_seen_at=pl.lit(now), changed_at=pl.lit(now)
    )
    return _as_objects(rows)


def _members(known: pl.DataFrame, listing: pl.DataFrame) -> pl.DataFrame:
    """The known members of the containers that are listed: they are there as long as those."""
    etag, object_key = pl.col("etag"), pl.col("object_key")
    members = known.filter(etag.str.contains(ETAG_SEPARATOR, literal=True)).with_columns(
        container_key=object_key.str.replace(f"{SEPARATOR}[^/]*$", ""),
        container_etag=etag.str.replace(f"{ETAG_SEPARATOR}[^{ETAG_SEPARATOR}]*$", ""),
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
