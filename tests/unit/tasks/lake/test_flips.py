"""The check of a lake on files that were harmed at random: `lake_flips`, in small."""

from tests.support.lake_flips import count_noticed

N = 10
N_TABLES = 2


def test_every_truncation_is_noticed_and_no_flip_ends_the_check(capfd):
    counts = count_noticed(N)
    assert counts["truncations"] == {"noticed": N * N_TABLES}
    # Not all: Parquet as written here has no sum of its pages (docs/results.md).
    assert sum(counts["flips"].values()) == N * N_TABLES
    assert counts["flips"]["noticed"] >= N
