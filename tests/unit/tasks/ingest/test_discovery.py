"""A listing against what is known: new, gone, back."""

from datetime import timedelta

import polars as pl

from tasks.ingest.discovery import LISTING_SCHEMA, find_changes
from tests.support.rows import NOW, objects

LATER = NOW + timedelta(days=1)


def listing(**etags: str) -> pl.DataFrame:
    rows = [(key, etag, 10, NOW) for key, etag in etags.items()]
    return pl.DataFrame(rows, schema=LISTING_SCHEMA, orient="row")


def test_a_known_object_changes_nothing():
    changes = find_changes(listing(a="1"), objects({"object_key": "a"}), LATER)
    assert [changes.new.height, changes.gone.height, changes.back.height] == [0, 0, 0]


def test_a_new_object_is_pending():
    changes = find_changes(listing(a="1", b="1"), objects({"object_key": "a"}), LATER)
    (row,) = changes.new.iter_rows(named=True)
    assert (row["object_key"], row["state"], row["first_seen_at"], row["gone_at"]) == (
        "b",
        "pending",
        LATER,
        None,
    )


def test_other_bytes_under_a_key_are_a_new_version_and_the_former_is_gone():
    known = objects({"object_key": "a", "state": "scored"})
    changes = find_changes(listing(a="2"), known, LATER)
    assert changes.gone.rows() == [("a", "1")]
    assert changes.new["etag"].to_list() == ["2"]
    assert changes.back.is_empty()


def test_an_object_that_comes_back_is_neither_new_nor_gone():
    known = objects({"object_key": "a", "state": "scored", "is_gone": True})
    changes = find_changes(listing(a="1"), known, LATER)
    assert changes.back.rows() == [("a", "1")]
    assert changes.new.is_empty()
    assert changes.gone.is_empty()
