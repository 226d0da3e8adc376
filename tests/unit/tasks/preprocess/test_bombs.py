"""Files that ask for very much, in a worker that is measured: little is spent on any."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.preprocess.workers import WorkerPool
from tests.support.bombs import BOMBS, Finding, examine, examine_pixels

TIMEOUT_S = 20.0
MAX_GROWTH_BYTES = 1 << 30


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(1, TIMEOUT_S, 3 << 30) as pool:
        yield pool


def finding(pool: WorkerPool, function: Callable[[Path], Finding], path: Path) -> Finding:
    """What a worker found; its death or its time-out is a `Rejected` and fails the test."""
    ((_, found),) = pool.map_unordered(function, [path])
    assert isinstance(found, Finding), found
    return found


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_for_next_to_nothing(pool: WorkerPool, name: str, tmp_path: Path):
    path = tmp_path / "bomb.dcm"
    path.write_bytes(BOMBS[name].make())
    found = finding(pool, examine, path)
    assert found.reason == BOMBS[name].reason, found.detail
    assert found.peak_growth_bytes < MAX_GROWTH_BYTES
    assert finding(pool, examine_pixels, path).peak_growth_bytes < MAX_GROWTH_BYTES
