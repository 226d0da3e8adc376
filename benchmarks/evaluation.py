"""How long intervals take: 2 000 draws of 1 440 breasts in 720 exams, 21 scorers, two cores.

Run `python -m benchmarks.evaluation`. It compares one matrix product a block with sorting
(models.metrics) and with scikit-learn in a loop (20 draws, scaled up), on the same scores.
"""

import resource
import time
from collections.abc import Callable

import numpy as np
from sklearn.metrics import roc_auc_score

from models.evaluation.bootstrap import draw_aucs, draw_weights
from models.metrics import auc_interval

N_DRAWS = 2000
N_SCORERS = 21
CLUSTER = np.repeat(np.arange(720), 2)
RNG = np.random.default_rng(0)
TRUTH = RNG.permutation(np.arange(1440) < 61)
SCORES = np.round(RNG.random((1440, N_SCORERS)) + 0.3 * TRUTH[:, None], 2)


def matrix_product() -> None:
    """All scorers on shared draws."""
    draw_aucs(TRUTH, SCORES, CLUSTER, n_draws=N_DRAWS)


def sorting() -> None:
    """Scorer by scorer, by cumulative sums along the sorted scores."""
    for score in SCORES.T:
        auc_interval(TRUTH, score, CLUSTER, n_draws=N_DRAWS)


def loop() -> None:
    """A hundredth of the draws, one scikit-learn call a draw and scorer."""
    for weights in draw_weights(CLUSTER, N_DRAWS // 100, 0):
        for weight in weights:
            for score in SCORES.T:
                roc_auc_score(TRUTH, score, sample_weight=weight)


def seconds(work: Callable[[], None]) -> float:
    """The best of three."""
    times: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print seconds and the process's peak memory."""
    print(f"matrix product   {seconds(matrix_product):8.2f} s")
    print(
        f"peak memory      {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB"
    )
    print(f"sorting          {seconds(sorting):8.2f} s")
    print(f"scikit-learn     {100 * seconds(loop):8.2f} s, from a hundredth of the draws")


if __name__ == "__main__":
    main()
