"""The same figures by age, density, manufacturer or what else a column holds, always with n.

A group with too few cancers or others keeps its row and says why it has no AUC.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.bootstrap import draw_aucs, percentile_interval
from models.evaluation.operating import Share, share, threshold_at_specificity
from models.metrics import Estimate, auc

Array = NDArray[np.float64]
MINIMUM = 5
"""Cancers, and others, below which an AUC says nothing."""
MAX_VALUES = 12
"""Different numbers above which a numeric column is cut into classes."""


@dataclass(frozen=True)
class Subgroup:
    """One value of one column.

    `auc` is None, and `reason` says why, where a class has fewer than `MINIMUM` rows;
    sensitivity and specificity hold at the whole sample's threshold for 90 % specificity.
    """

    column: str
    value: str
    n: int
    n_cancers: int
    auc: Estimate | None
    reason: str | None
    sensitivity: Share
    specificity: Share


def name_groups(column: str, values: NDArray[np.str_]) -> NDArray[np.str_]:
    """Classes of a column: ages by decade, other numbers by quartile, texts as they are."""
    numbers = _numbers(values)
    if numbers is None:
        return values
    known = np.isfinite(numbers)
    if column.lower().startswith("age"):
        decade = np.where(known, numbers, 0).astype(int) // 10 * 10
        names = np.array([f"{start}-{start + 9}" for start in decade])
    elif np.unique(numbers[known]).size <= MAX_VALUES:
        return values
    else:
        edges = np.quantile(numbers[known], [0, 0.25, 0.5, 0.75, 1])
        place = np.searchsorted(edges[1:-1], np.where(known, numbers, edges[0]), side="left")
        names = np.array([f"{edges[p]:.4g} to {edges[p + 1]:.4g}" for p in place])
    return np.where(known, names, "unknown")


def _numbers(values: NDArray[np.str_]) -> Array | None:
    """The values as numbers, NaN for those unknown; None if any is a word."""
    texts = np.where(np.isin(values, ["unknown", "mixed"]), "nan", values)
    try:
        numbers = texts.astype(np.float64)
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).any() else None


def measure_subgroups(
    column: str,
    values: NDArray[np.str_],
    truth: NDArray[np.bool_],
    score: Array,
    cluster: NDArray[np.int64],
    *,
    n_draws: int,
) -> list[Subgroup]:
    """Measure a score in each class of a column.

    Args:
        column: Its name.
        values: [rows] of the column, as text.
        truth: [rows] true for cancer.
        score: [rows].
        cluster: [rows] number of the patient or exam.
        n_draws: Resamples of each class's patients.
    """
    groups = name_groups(column, values)
    positive = score > threshold_at_specificity(truth, score, 0.90)
    rows: list[Subgroup] = []
    for value in np.unique(groups):
        within = groups == value
        cancers, others = within & truth, within & ~truth
        n_cancers, n_others = int(cancers.sum()), int(others.sum())
        few = min(n_cancers, n_others) < MINIMUM
        rows.append(
            Subgroup(
                column,
                str(value),
                n_cancers + n_others,
                n_cancers,
                None if few else _auc(truth[within], score[within], cluster[within], n_draws),
                f"fewer than {MINIMUM} of a class" if few else None,
                share(int((positive & cancers).sum()), n_cancers),
                share(int((~positive & others).sum()), n_others),
            )
        )
    return rows


def _auc(
    truth: NDArray[np.bool_], score: Array, cluster: NDArray[np.int64], n_draws: int
) -> Estimate:
    member = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    draws = draw_aucs(truth, score[:, None], member, n_draws=n_draws)
    return percentile_interval(draws[:, 0], auc(truth, score))
