"""Shards: every exam once, none too large, the last ones small."""

from itertools import count, islice
from tempfile import TemporaryDirectory
from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.ingest import shards
from tasks.ingest.shards import SMALLEST_SHARD, cut_shards, waiting_shards
from tasks.lake.schemas import IMAGE_QUALITY, IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.counting_lake import CountingLake
from tests.support.lake_fixture import MODEL_VERSION, fill_lake, key
from tests.support.programme_lake import complete
from tests.support.rows import NOW


@given(st.integers(0, 400), st.integers(1, 64))
def test_every_exam_is_in_one_shard_in_order(n_exams: int, largest: int) -> None:
    exam_keys = [f"exam-{number}" for number in range(n_exams)]
    cut = list(cut_shards(iter(exam_keys), largest))
    assert [exam_key for shard in cut for exam_key in shard] == exam_keys
    assert all(0 < len(shard) <= largest for shard in cut)


def test_a_shard_is_cut_before_the_last_exams_are_known():
    endless = (str(number) for number in count())
    assert [len(shard) for shard in islice(cut_shards(endless, 32), 3)] == [32, 32, 32]


def test_shards_shrink_towards_the_end() -> None:
    sizes = [len(shard) for shard in cut_shards([str(number) for number in range(96)], 32)]
    assert sizes == [32, 32, 16, 8, 4, 4]


def test_a_few_exams_are_one_shard() -> None:
    exam_keys = [str(number) for number in range(SMALLEST_SHARD)]
    assert list(cut_shards(exam_keys, 32)) == [exam_keys]


def test_a_settled_lake_waits_for_pending_images_and_another_version_for_all(tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    fill_lake(lake, n_exams=10)
    images = lake.read(IMAGES, columns=["sop_instance_key", "exam_key"])
    scored = lake.read(IMAGE_SCORES, columns=["sop_instance_key"])
    unscored = images.join(scored, on="sop_instance_key", how="anti")["exam_key"]
    is_pending = (pl.col("state") == "pending") & pl.col("exam_key").is_not_null()
    pending = set(lake.read(OBJECTS, where=is_pending)["exam_key"])

    def waiting(version: str, *, is_settled: bool) -> set[str]:
        found = waiting_shards(lake, version, 32, is_settled=is_settled)
        return {exam_key for shard in found for exam_key in shard}

    assert pending
    assert waiting(MODEL_VERSION, is_settled=True) == pending
    assert waiting(MODEL_VERSION, is_settled=False) == pending | set(unscored)
    assert waiting("2", is_settled=False) == pending | set(images["exam_key"])


IMAGE = st.tuples(
    st.sampled_from(["pending", "scored"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["1", "2", None]),
)
"""State of the object; whether it is gone; whether its image is made; what scored that."""


def fill_with(lake: Lake, images: list[tuple], *, has_quality: bool) -> pl.DataFrame:
    """Images as drawn, three an exam; their keys are pseudonyms, as a night's are."""
    names = ["state", "is_gone", "is_made", "model_version"]
    types = dict(zip(names, (pl.String, pl.Boolean, pl.Boolean, pl.String), strict=True))
    keys = [(key("exam", n // 3), *[key("image", n)] * 3) for n in range(len(images))]
    places = ["exam_key", "sop_instance_key", "object_key", "etag"]
    drawn = pl.concat(
        [
            pl.DataFrame(images, schema=types, orient="row"),
            pl.DataFrame(keys, schema=dict.fromkeys(places, pl.String), orient="row"),
        ],
        how="horizontal",
    ).with_columns(gone_at=pl.when("is_gone").then(pl.lit(NOW)))
    made = drawn.filter("is_made")
    scored = made.filter(pl.col("model_version").is_not_null())
    frames = {OBJECTS: drawn, IMAGES: made, IMAGE_SCORES: scored}
    frames |= {IMAGE_QUALITY: made} if has_quality else {}
    for table, frame in frames.items():
        lake.insert_new(table, complete(table, frame))
    return drawn


@settings(max_examples=25, deadline=None)
@given(
    images=st.lists(IMAGE, min_size=1, max_size=40),
    images_per_range=st.integers(1, 50),
    is_settled=st.booleans(),
    has_quality=st.booleans(),
)
def test_every_image_that_waits_is_in_one_shard_whatever_the_ranges(
    images, images_per_range, is_settled, has_quality
):
    with (
        TemporaryDirectory() as folder,
        patch.object(shards, "IMAGES_PER_RANGE", images_per_range),
    ):
        drawn = fill_with(lake := Lake(folder), images, has_quality=has_quality)
        found = list(waiting_shards(lake, "1", 4, is_settled=is_settled))
    is_pending = (pl.col("state") == "pending") & ~pl.col("is_gone")
    is_unscored = pl.col("is_made") & pl.col("model_version").ne_missing("1")
    waits = drawn.filter(is_pending | (is_unscored & ~pl.lit(is_settled)))
    assert [exam_key for shard in found for exam_key in shard] == sorted(set(waits["exam_key"]))


def test_no_read_holds_much_more_than_a_range(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "IMAGES_PER_RANGE", 60)
    lake = CountingLake(str(tmp_path))
    fill_with(lake, [("scored", False, True, "1")] * 600, has_quality=True)
    CountingLake.reads.clear()
    assert sum(len(shard) for shard in waiting_shards(lake, "2", 4)) == 200
    assert max(n_rows for _, n_rows, _ in CountingLake.reads) < 120
