"""Files that ask for very much, in a worker that is measured: little is spent on any."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom.uid import JPEG2000Lossless

from tasks.preprocess.workers import WorkerPool
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.bombs.examining import Finding, examine, examine_pixels
from tests.support.bombs.table import BOMBS
from tests.support.mammograms import draw_breast

TIMEOUT_S = 20.0
MAX_GROWTH_BYTES = 1 << 30
MAX_SMALL_IMAGES = 5
"""What a bomb may cost, in mammograms of 2048 x 1664 in JPEG 2000, at 0.4 s each: two seconds
where that was measured."""


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(1, TIMEOUT_S, 3 << 30) as pool:
        yield pool


@pytest.fixture(scope="module")
def small_image_s(pool: WorkerPool, tmp_path_factory: pytest.TempPathFactory) -> float:
    """Processor time of a small image, here and now."""
    path = tmp_path_factory.mktemp("small") / "image.dcm"
    stored = draw_breast(2048, 1664)
    path.write_bytes(build_mammogram_bytes(stored, transfer_syntax_uid=JPEG2000Lossless))
    return finding(pool, examine, path).cpu_s


def finding(pool: WorkerPool, function: Callable[[Path], Finding], path: Path) -> Finding:
    """What a worker found; its death or its time-out is a `Rejected` and fails the test."""
    ((_, found),) = pool.map_unordered(function, [path])
    assert isinstance(found, Finding), found
    return found


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_for_next_to_nothing(
    pool: WorkerPool, small_image_s: float, name: str, tmp_path: Path
):
    path = tmp_path / "bomb.dcm"
    path.write_bytes(BOMBS[name].make())
    found = finding(pool, examine, path)
    assert found.reason == BOMBS[name].reason, found.detail
    for one in (found, finding(pool, examine_pixels, path)):
        assert one.peak_growth_bytes < MAX_GROWTH_BYTES
        assert one.cpu_s < MAX_SMALL_IMAGES * small_image_s
