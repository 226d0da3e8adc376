"""Resamples patients, the same ones for every scorer, and gives each resample's AUC.

The AUC of a weighted sample is a product of the weights and the order of each pair of cancer
and non-cancer: one matrix product serves a block of draws; sorting takes six times longer.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.metrics import Estimate

Array = NDArray[np.float64]
_BLOCK_CELLS = 4_000_000
"""Cells of the largest array held at once (16 MB): memory does not grow with the draws."""


def draw_weights(
    cluster: NDArray[np.int64], n_draws: int, seed: int
) -> Iterator[NDArray[np.float32]]:
    """Yield blocks [draws, rows] of how often each row was drawn, by cluster with replacement.

    Args:
        cluster: [rows] number of the patient or exam, 0 upwards.
        n_draws: Of all blocks together.
        seed: The same seed gives the same draws.
    """
    n_clusters = int(cluster.max()) + 1
    generator = np.random.default_rng(seed)
    n_block = max(1, _BLOCK_CELLS // max(cluster.size, n_clusters))
    for start in range(0, n_draws, n_block):
        counts = generator.multinomial(
            n_clusters, np.full(n_clusters, 1 / n_clusters), size=min(n_block, n_draws - start)
        )
        yield counts[:, cluster].astype(np.float32)


def draw_aucs(
    truth: NDArray[np.bool_],
    scores: Array,
    cluster: NDArray[np.int64],
    *,
    n_draws: int,
    seed: int = 0,
) -> Array:
    """AUC of every scorer on the same draws.

    Args:
        truth: [rows] true for cancer.
        scores: [rows, scorers].
        cluster: [rows] number of the patient or exam, 0 upwards.
        n_draws: Resamples.
        seed: Of the draws.

    Returns:
        [draws, scorers]; NaN where a draw holds one class only.
    """
    blocks: list[Array] = []
    for weights in draw_weights(cluster, n_draws, seed):
        positive = np.ascontiguousarray(weights[:, truth])
        negative = np.ascontiguousarray(weights[:, ~truth])
        pairs = positive.sum(1, dtype=np.float64) * negative.sum(1, dtype=np.float64)
        ordered = np.stack(
            [
                _ordered_pairs(positive, negative, column[truth], column[~truth])
                for column in scores.T
            ],
            1,
        )
        blocks.append(
            np.where(pairs[:, None] > 0, ordered / np.maximum(pairs, 1)[:, None], np.nan)
        )
    return np.concatenate(blocks)


def _ordered_pairs(
    positive: NDArray[np.float32],
    negative: NDArray[np.float32],
    cancers: Array,
    others: Array,
) -> Array:
    """[draws] weighted number of pairs in right order, ties counted half.

    Whole and half numbers below 2**23 are exact in float32.
    """
    total = np.zeros(len(positive))
    n_parts = max(1, -(-cancers.size * others.size // _BLOCK_CELLS))
    for part in np.array_split(np.arange(cancers.size), n_parts):
        above = cancers[part][:, None] > others
        order = above + np.float32(0.5) * (cancers[part][:, None] == others)
        below = negative @ order.astype(np.float32).T
        total += np.einsum("dc,dc->d", positive[:, part], below, dtype=np.float64)
    return total


def percentile_interval(draws: Array, value: float, confidence: float = 0.95) -> Estimate:
    """A value with the percentile interval of its draws; NaN draws are left out."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return Estimate(value, float(low), float(high))
