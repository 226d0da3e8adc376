"""A listing against what is known: new, gone, back."""

from datetime import timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tasks.ingest.discovery import (
    KNOWN_SCHEMA,
    LISTING_SCHEMA,
    changes_by_part,
    find_changes,
)
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


KEYS = st.sampled_from(["a", "a.zip", "a!", "b", "b.zip", "b.zip.zip", "ä", "z/1"])
LISTED = st.dictionaries(KEYS, st.sampled_from("12"))
MEMBERS = st.tuples(KEYS, st.sampled_from("12"), st.integers(1, 2)).map(
    lambda member: (f"{member[0]}!/{member[2]:06}", f"{member[1]}!0-9")
)
KNOWN = st.dictionaries(st.tuples(KEYS, st.sampled_from("12")) | MEMBERS, st.booleans())


@given(LISTED, KNOWN, st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_parts_hold_what_the_whole_does(etags, known, n_listed, n_known, is_by_key):
    keys = sorted(etags, key=str.encode) if is_by_key else list(etags)
    listed = listing(**{key: etags[key] for key in keys})
    rows = [(*key, 10, NOW, LATER if is_gone else None) for key, is_gone in known.items()]
    held = pl.DataFrame(rows, schema=KNOWN_SCHEMA, orient="row")
    parts = list(
        changes_by_part(listed.iter_slices(n_listed), held.iter_slices(n_known), LATER)
    )
    whole = find_changes(listed, held, LATER)
    for name in ("new", "gone", "back"):
        together = pl.concat([getattr(part, name) for part in parts])
        assert_frame_equal(together, getattr(whole, name), check_row_order=False)


def test_a_listing_by_key_is_held_a_part_at_a_time():
    listed = listing(**{f"{n:03}": "1" for n in range(100)})
    parts = changes_by_part(listed.iter_slices(10), [], LATER)
    assert [part.new.height for part in parts] == [10] * 10
