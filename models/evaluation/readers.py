"""People beside systems: who is better, and what the two reach together.

Scores of readers are their own probabilities of malignancy, or 0 and 1 for a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from models.evaluation.bootstrap import draw_aucs, percentile_interval
from models.evaluation.delong import placements
from models.evaluation.operating import threshold_at_specificity
from models.evaluation.table import Level
from models.metrics import Estimate

Array = NDArray[np.float64]
READER_SPECIFICITY = 0.90
DECISION_RULE = (
    "a reader's 0 or 1 is the decision; a reader's probability recalls above that reader's own "
    f"threshold at {READER_SPECIFICITY:.0%} specificity"
)


def decide(level: Level, readers: list[str]) -> NDArray[np.bool_] | None:
    """[rows, readers] whether each would recall, by `DECISION_RULE`; None without readers."""
    if not readers:
        return None
    return np.stack([_decision(level.truth, level.score(name)) for name in readers], 1)


def _decision(truth: NDArray[np.bool_], score: Array) -> NDArray[np.bool_]:
    if np.isin(score, (0.0, 1.0)).all():
        return score > 0
    return score > threshold_at_specificity(truth, score, READER_SPECIFICITY)


@dataclass(frozen=True)
class SystemAndReaders:
    """One system against and with the readers; AUCs with patient-clustered intervals.

    Args:
        system: Its name.
        less_mean_reader: The system's AUC less the mean of the single readers' AUCs.
        n_readers_below: Readers whose AUC is lower than the system's.
        with_panel: AUC of the mean rank of the system and the readers' mean score.
        gain_of_panel: That, less the AUC of the readers' mean score alone.
        mean_single_with_ai: Mean over the readers of the AUC of one reader's and the system's
            mean rank.
        gain_of_single: That, less the mean of the single readers' AUCs.
    """

    system: str
    less_mean_reader: Estimate
    n_readers_below: int
    with_panel: Estimate
    gain_of_panel: Estimate
    mean_single_with_ai: Estimate
    gain_of_single: Estimate


@dataclass(frozen=True)
class ReaderStudy:
    """The readers among themselves, and each system beside them."""

    n_readers: int
    mean_auc: Estimate
    worst_auc: float
    best_auc: float
    panel_auc: Estimate
    """AUC of the mean of the readers' scores."""
    systems: list[SystemAndReaders]


def study_readers(
    level: Level, readers: list[str], systems: list[str], *, n_draws: int, seed: int
) -> ReaderStudy:
    """Compare and combine readers and systems on the same draws.

    Args:
        level: Breast or exam.
        readers: Scorers that are people, at least one.
        systems: Scorers that are not.
        n_draws: Resamples of patients.
        seed: Of the draws.
    """
    single = np.stack([level.score(name) for name in readers], 1)
    panel = single.mean(1)
    columns: dict[str, Array] = {f"r{place}": column for place, column in enumerate(single.T)}
    columns["panel"] = panel
    for system in systems:
        score = level.score(system)
        columns[f"s {system}"] = score
        columns[f"p {system}"] = mean_rank(panel, score)
        for place, column in enumerate(single.T):
            columns[f"r{place} {system}"] = mean_rank(column, score)
    measured = _Measured.of(level, columns, n_draws, seed)
    alone = [f"r{place}" for place in range(len(readers))]
    values = [measured.value[name] for name in alone]
    return ReaderStudy(
        len(readers),
        measured.estimate(alone),
        min(values),
        max(values),
        measured.estimate(["panel"]),
        [_beside(system, alone, measured) for system in systems],
    )


def mean_rank(a: Array, b: Array) -> Array:
    """[rows] mean of the two scores' ranks: neither's scale matters."""
    return (rankdata(a) + rankdata(b)) / 2


@dataclass(frozen=True)
class _Measured:
    """AUC of each column, and of each draw."""

    value: Mapping[str, float]
    draws: Mapping[str, Array]

    @classmethod
    def of(
        cls, level: Level, columns: Mapping[str, Array], n_draws: int, seed: int
    ) -> "_Measured":
        scores = np.stack(list(columns.values()), 1)
        draws = draw_aucs(level.truth, scores, level.cluster, n_draws=n_draws, seed=seed)
        aucs = placements(level.truth, scores)[0].mean(0)
        return cls(
            dict(zip(columns, aucs.tolist(), strict=True)),
            dict(zip(columns, draws.T, strict=True)),
        )

    def estimate(self, names: list[str], less: list[str] | None = None) -> Estimate:
        """Mean AUC of some columns, less that of others, with its interval."""
        value = float(np.mean([self.value[name] for name in names]))
        draws = np.mean([self.draws[name] for name in names], axis=0)
        if less:
            value -= float(np.mean([self.value[name] for name in less]))
            draws = draws - np.mean([self.draws[name] for name in less], axis=0)
        return percentile_interval(draws, value)


def _beside(system: str, alone: list[str], measured: _Measured) -> SystemAndReaders:
    own, panel = f"s {system}", f"p {system}"
    together = [f"{name} {system}" for name in alone]
    return SystemAndReaders(
        system,
        measured.estimate([own], alone),
        sum(measured.value[name] < measured.value[own] for name in alone),
        measured.estimate([panel]),
        measured.estimate([panel], ["panel"]),
        measured.estimate(together),
        measured.estimate(together, alone),
    )
