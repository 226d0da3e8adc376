"""Damaged files through the door and the decoders: each has a verdict, none an accident."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tasks.errors import Rejected, RejectionReason, Retryable
from tasks.preprocess.workers import WorkerPool
from tests.support.damage import SYNTAXES, damaged_files, take_in, whole_file

TIME_LIMIT_S = 20.0
WORDS = {reason.value for reason in RejectionReason} | {"accepted"}


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, TIME_LIMIT_S, 3 << 30) as pool:
        yield pool


def verdicts(pool: WorkerPool, files: Iterator[tuple[str, bytes]]) -> dict[str, str]:
    """One verdict a file; a worker's death or time-out is a verdict of its own."""
    found: dict[str, str] = {}
    for (name, _), result in pool.map_unordered(take_in, files):
        assert not isinstance(result, Retryable), (name, result)
        found[name] = result.reason.value if isinstance(result, Rejected) else result
    return found


def check(pool: WorkerPool, n: int, seed: int) -> None:
    found = verdicts(pool, damaged_files(n, seed))
    counts = Counter(found.values())
    assert len(found) == n
    assert set(counts) <= WORDS
    assert counts[RejectionReason.DECODER_TIMEOUT.value] == 0, counts
    assert counts.total() - counts["accepted"] > 0.5 * n, counts


@pytest.mark.parametrize("syntax", SYNTAXES, ids=[syntax.name for syntax in SYNTAXES])
def test_the_sound_file_of_each_syntax_is_accepted(syntax):
    assert take_in(("sound", whole_file(syntax))) == "accepted"


def test_five_hundred_damaged_files_have_a_verdict_each(pool: WorkerPool):
    check(pool, 500, seed=20261126)


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_ten_thousand_damaged_files_have_a_verdict_each(pool: WorkerPool):
    check(pool, 10_000, seed=1)
