"""Shards: every exam once, none too large, the last ones small."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.ingest.shards import SMALLEST_SHARD, cut_shards


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
