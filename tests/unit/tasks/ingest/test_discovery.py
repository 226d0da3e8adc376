"""A listing against what is known: new, gone, back."""

from datetime import timedelta

import polars as pl

from tasks.ingest.discovery import LISTING_SCHEMA, changed_objects
from tests.support.rows import NOW, objects

LATER = NOW + timedelta(days=1)


def listing(**etags: str) -> pl.DataFrame:
    rows = [(key, etag, 10, NOW) for key, etag in etags.items()]
    return pl.DataFrame(rows, schema=LISTING_SCHEMA, orient="row")


def test_a_known_object_changes_nothing():
    assert changed_objects(listing(a="1"), objects({"object_key": "a"}), LATER).is_empty()


def test_a_new_object_is_pending():
    (row,) = changed_objects(
        listing(a="1", b="1"), objects({"object_key": "a"}), LATER
    ).iter_rows(named=True)
    assert (row["object_key"], row["state"], row["first_seen_at"], row["gone_at"]) == (
        "b",
        "pending",
        LATER,
        None,
    )


def test_other_bytes_under_a_key_are_a_new_version_and_the_former_is_gone():
    changed = changed_objects(
        listing(a="2"), objects({"object_key": "a", "state": "scored"}), LATER
    )
    by_etag = {row["etag"]: row for row in changed.iter_rows(named=True)}
    assert by_etag["1"]["gone_at"] == LATER
    assert by_etag["1"]["state"] == "scored"
    assert by_etag["2"]["state"] == "pending"


def test_an_object_that_comes_back_keeps_its_state():
    known = objects({"object_key": "a", "state": "scored", "is_gone": True})
    (row,) = changed_objects(listing(a="1"), known, LATER).iter_rows(named=True)
    assert (row["state"], row["gone_at"]) == ("scored", None)
