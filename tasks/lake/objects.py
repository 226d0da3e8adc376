"""Moves objects from one state to the next: the only writer of states after discovery.

It changes the named columns of known rows and never adds or removes one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake

_KEY = list(OBJECTS.key)


def change_objects(
    lake: Lake, changes: Sequence[Mapping[str, object]], changed_at: datetime
) -> int:
    """Write some columns of some rows of `objects`.

    Args:
        lake: Where the table is.
        changes: Object key and etag with the columns to change; every row names the same ones.
        changed_at: The run's clock.

    Returns:
        How many rows changed.
    """
    if not changes:
        return 0
    names = list(changes[0])
    change = pl.DataFrame(changes, schema={name: OBJECTS.schema[name] for name in names})
    known = lake.read(OBJECTS, where=pl.col("object_key").is_in(change["object_key"].to_list()))
    rows = known.drop(set(names) - set(_KEY)).join(change, on=_KEY)
    return lake.upsert(
        OBJECTS,
        rows.with_columns(changed_at=pl.lit(changed_at, OBJECTS.schema["changed_at"])).select(
            OBJECTS.schema.names()
        ),
    )
