"""Shards: every exam once, none too large, the last ones small."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.ingest.shards import SMALLEST_SHARD, cut_shards, waiting_shards
from tasks.lake.schemas import IMAGE_SCORES, IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_fixture import MODEL_VERSION, fill_lake


@given(st.integers(0, 400), st.integers(1, 64))
def test_every_exam_is_in_one_shard_in_order(n_exams: int, largest: int) -> None:
    exam_keys = [f"exam-{number}" for number in range(n_exams)]
    shards = list(cut_shards(exam_keys, largest))
    assert [key for shard in shards for key in shard] == exam_keys
    assert all(0 < len(shard) <= largest for shard in shards)


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
        shards = waiting_shards(lake, version, 32, is_settled=is_settled)
        return {exam_key for shard in shards for exam_key in shard}

    assert pending
    assert waiting(MODEL_VERSION, is_settled=True) == pending
    assert waiting(MODEL_VERSION, is_settled=False) == pending | set(unscored)
    assert waiting("2", is_settled=False) == pending | set(images["exam_key"])
