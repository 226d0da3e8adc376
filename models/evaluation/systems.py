"""What is reported of systems but not of people: subgroups, failures, work saved, comparisons.

Work is reckoned at the programme's prevalence, which is stated, never estimated.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation import curves, triage
from models.evaluation.delong import compare_pairs
from models.evaluation.gallery import worst_failures
from models.evaluation.operating import programme_weight, threshold_at_specificity
from models.evaluation.readers import decide
from models.evaluation.reliability import correct_prevalence, is_probability
from models.evaluation.repeatability import repeatability, repeated_scores
from models.evaluation.subgroups import measure_subgroups
from models.evaluation.table import Level, ScoreTable
from models.evaluation.trials import simulate

Array = NDArray[np.float64]
Tree = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What an evaluation is told.

    Args:
        prevalence: Cancers per exam in the programme, 0-1.
        recall_rate: Highest share of exams that the programme would recall, 0-1.
        exams_per_day: That the programme reads.
        n_draws: Resamples of patients; 10 000 keep the ends of an interval to about 0.002.
        seed: Of the draws.
    """

    prevalence: float = 0.0051
    recall_rate: float = 0.07
    exams_per_day: int = 60
    n_draws: int = 10_000
    seed: int = 0


def describe_system(table: ScoreTable, level: Level, name: str, settings: Settings) -> Tree:
    """What is reported of systems but not of people."""
    truth, score = level.truth, level.score(name)
    groups = {
        column: measure_subgroups(
            column, values, truth, score, level.cluster, n_draws=min(settings.n_draws, 2000)
        )
        for column, values in level.subgroups.items()
    }
    figures: Tree = {"subgroups": groups, "failures": worst_failures(level, name)}
    first, second = repeated_scores(table, name)
    if level.name == next(iter(table.levels)) and first.size:
        threshold = threshold_at_specificity(truth, score, 0.90)
        figures["repeatability"] = repeatability(first, second, threshold)
    if level.name == "exam":
        figures |= _work(table, level, score, settings)
    return figures


def _work(table: ScoreTable, level: Level, score: Array, settings: Settings) -> Tree:
    """What a system does to the programme's work, at the programme's prevalence."""
    truth = level.truth
    weight = programme_weight(truth, settings.prevalence)
    decisions = decide(level, table.readers)
    recalled = None if decisions is None else decisions.mean(1)
    figures: Tree = {
        "time_to_read": triage.time_to_read(truth, score, settings.exams_per_day),
        "rule_out": triage.rule_out(truth, score, weight, recalled),
        "designs": simulate(truth, score, weight, decisions),
    }
    if is_probability(score):
        low, high = settings.prevalence / 5, min(20 * settings.prevalence, 0.5)
        figures["decision_curve"] = curves.decision_curve(
            truth,
            correct_prevalence(score, float(truth.mean()), settings.prevalence),
            weight,
            np.geomspace(low, high, 40),
        )
    return figures


def compare_systems(table: ScoreTable, level: Level) -> Tree:
    """Every pair of systems, and of each system with the readers' mean."""
    names = list(table.systems)
    scores = [level.score(name) for name in names]
    if table.readers:
        names.append("mean of the readers")
        scores.append(np.mean([level.score(name) for name in table.readers], axis=0))
    if len(names) < 2 or min(level.truth.sum(), (~level.truth).sum()) < 2:
        return {"not_computable": "a comparison needs two scorers and two rows of each class"}
    stacked = np.stack(scores, 1)
    return {
        "delong": compare_pairs(names, level.truth, stacked),
        "clustered": compare_pairs(names, level.truth, stacked, level.cluster),
    }
