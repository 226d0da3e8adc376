"""What is new in the bucket: a listing held against the table of objects.

It decides nothing about an object but whether this version of it was seen before.
"""

from datetime import datetime

import polars as pl

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
        listing: The bucket now, in `LISTING_SCHEMA`.
        known: The table `objects`.
        now: When the listing was made.

    Returns:
        Rows of `objects`: versions never seen (pending), versions that are gone (deleted or
        replaced), and versions that came back.
    """
    present = listing.select(_KEY)
    is_gone = pl.col("gone_at").is_not_null()
    gone = (
        known.filter(~is_gone)
        .join(present, on=_KEY, how="anti")
        .with_columns(gone_at=pl.lit(now))
    )
    back = known.filter(is_gone).join(present, on=_KEY, how="semi").with_columns(gone_at=None)
    new = listing.join(known.select(_KEY), on=_KEY, how="anti").with_columns(
        state=pl.lit("pending"), first_seen_at=pl.lit(now), changed_at=pl.lit(now)
    )
    return pl.concat([_as_objects(rows) for rows in (new, gone, back)])


def _as_objects(rows: pl.DataFrame) -> pl.DataFrame:
    absent = {
        name: pl.lit(None, dtype)
        for name, dtype in OBJECTS.schema.items()
        if name not in rows.columns
    }
    return rows.with_columns(**absent).select(OBJECTS.schema.names()).cast(OBJECTS.schema)
