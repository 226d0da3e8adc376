"""Whole images a second in one worker process and in two, and the memory that one takes."""

import resource
import statistics
import tempfile
import time
from pathlib import Path

from tasks.errors import Rejected, Retryable
from tasks.preprocess.transform import make_network_input
from tasks.preprocess.workers import WorkerPool

N_IMAGES = 40
N_ROUNDS = 3
_TIMEOUT_S, _MEMORY_LIMIT_BYTES = 60.0, 3 << 30


def make_input(path: Path) -> float:
    """Make a file's network input; the peak memory of this process so far, in MB."""
    make_network_input(path.read_bytes())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_workers(data: bytes) -> dict[str, float]:
    """Read one file again and again with one worker and with two, in turns.

    Returns:
        Images a second of each, medians; their ratio; and the highest peak of a worker, in MB,
        after its first ten images and after all of them.
    """
    rates: dict[int, list[float]] = {1: [], 2: []}
    early, late = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.dcm"
        path.write_bytes(data)
        for n_workers in (1, 2) * N_ROUNDS:
            with WorkerPool(n_workers, _TIMEOUT_S, _MEMORY_LIMIT_BYTES) as pool:
                list(pool.map_unordered(make_input, [path] * 2 * n_workers))
                start = time.perf_counter()
                results = pool.map_unordered(make_input, [path] * N_IMAGES)
                peaks = [_peak(one) for _, one in results]
                rates[n_workers].append(N_IMAGES / (time.perf_counter() - start))
            early, late = max(early, *peaks[:10]), max(late, *peaks)
    one, two = (statistics.median(rates[n]) for n in (1, 2))
    return {
        "images_per_s_one": one,
        "images_per_s_two": two,
        "scaling": two / one,
        "peak_mb_after_ten": early,
        "peak_mb": late,
    }


def _peak(result: float | Rejected | Retryable) -> float:
    if isinstance(result, Rejected | Retryable):
        raise result
    return result
