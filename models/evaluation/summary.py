"""Every figure of an evaluation as one tree of plain values, which JSON, page and PDF show.

It computes nothing itself; where a figure cannot be had, the tree says what is missing.
"""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models.evaluation import curves, triage
from models.evaluation.bootstrap import draw_aucs, percentile_interval
from models.evaluation.delong import auc_covariance, placements
from models.evaluation.operating import (
    OperatingPoint,
    share,
    standard_points,
)
from models.evaluation.readers import DECISION_RULE, study_readers
from models.evaluation.reliability import calibration, correct_prevalence, is_probability
from models.evaluation.systems import Settings, compare_systems, describe_system
from models.evaluation.table import Level, ScoreTable

Array = NDArray[np.float64]
Tree = dict[str, Any]


def summarise(table: ScoreTable, settings: Settings) -> Tree:
    """Evaluate every scorer at every level.

    Returns:
        scorers.<name>.<level>, comparisons.<level>, readers.<level> and levels.<level>.
    """
    scorers: dict[str, Tree] = {name: {} for name in table.scorers}
    tree: Tree = {"levels": {}, "scorers": scorers, "comparisons": {}, "readers": {}}
    for level in table.levels.values():
        prevalence = level_prevalence(table, level, settings.prevalence)
        tree["levels"][level.name] = _count(level, prevalence)
        for name, figures in _discrimination(level, settings).items():
            scorers[name][level.name] = figures | _scorer(table, level, name, settings)
        for name in table.systems:
            extra = describe_system(table, level, name, settings)
            scorers[name][level.name].update(extra)
        tree["comparisons"][level.name] = compare_systems(table, level)
        if table.readers and level.name != "image":
            study = study_readers(
                level,
                table.readers,
                table.systems,
                n_draws=min(settings.n_draws, 2000),
                seed=settings.seed,
            )
            tree["readers"][level.name] = study
    if table.readers:
        tree["readers"]["decision_rule"] = DECISION_RULE
    return cast("Tree", plain(tree))


def level_prevalence(table: ScoreTable, level: Level, exam_prevalence: float) -> float:
    """The programme's cancers per row of a level: the exam's, by the sample's rows per exam."""
    exam = table.levels["exam"]
    return float(min(exam_prevalence * level.truth.mean() / exam.truth.mean(), 0.999))


def _count(level: Level, prevalence: float) -> Tree:
    return {
        "n": level.truth.size,
        "n_cancers": int(level.truth.sum()),
        "n_clusters": int(level.cluster.max()) + 1,
        "programme_prevalence": prevalence,
    }


def _discrimination(level: Level, settings: Settings) -> dict[str, Tree]:
    """AUC and its intervals, of all scorers at once."""
    truth, scores = level.truth, level.scores
    aucs = placements(truth, scores)[0].mean(0)
    draws = draw_aucs(
        truth, scores, level.cluster, n_draws=settings.n_draws, seed=settings.seed
    )
    errors: list[float | None] = [None] * len(level.scorers)
    if min(truth.sum(), (~truth).sum()) >= 2:
        errors = np.sqrt(np.diag(auc_covariance(truth, scores)[1])).tolist()
    intervals = [
        percentile_interval(draws[:, place], aucs[place]) for place in range(len(aucs))
    ]
    return {
        name: {
            "auc": intervals[place].value,
            "auc_ci": [intervals[place].low, intervals[place].high],
            "auc_standard_error_delong": errors[place],
        }
        for place, name in enumerate(level.scorers)
    }


def _scorer(table: ScoreTable, level: Level, name: str, settings: Settings) -> Tree:
    prevalence = level_prevalence(table, level, settings.prevalence)
    truth, score = level.truth, level.score(name)
    chosen = standard_points(truth, score, prevalence, settings.recall_rate)
    points = {point.name: point for point in chosen}
    figures: Tree = {
        "n": truth.size,
        "n_cancers": int(truth.sum()),
        "is_reader": table.columns.is_reader(name),
        "partial_auc_above_90_specificity": curves.partial_auc(truth, score),
        "average_precision": curves.average_precision(truth, score),
        **_at(points),
        "operating_points": points,
        "roc": curves.roc(truth, score),
        "precision_recall": curves.precision_recall(truth, score),
        **_calibration(truth, score, prevalence),
    }
    if level.name == "exam":
        figures |= _triage(truth, score)
    return figures


def _at(points: Mapping[str, OperatingPoint]) -> Tree:
    """Sensitivity and specificity at each other's usual values, by name."""
    shares = {
        "sensitivity_at_90_specificity": points["specificity_90"].sensitivity,
        "sensitivity_at_95_specificity": points["specificity_95"].sensitivity,
        "specificity_at_90_sensitivity": points["sensitivity_90"].specificity,
    }
    values: Tree = {name: found.value for name, found in shares.items()}
    return values | {f"{name}_ci": [found.low, found.high] for name, found in shares.items()}


def _calibration(truth: NDArray[np.bool_], score: Array, prevalence: float) -> Tree:
    if not is_probability(score):
        reason = "scores outside 0-1 are no probabilities: calibrate them first"
        return {
            "ece": None,
            "brier": None,
            "pf1": None,
            "calibration": {"not_computable": reason},
        }
    raw = calibration(truth, score)
    corrected = correct_prevalence(score, float(truth.mean()), prevalence)
    return {
        "ece": raw.ece,
        "brier": raw.brier,
        "pf1": curves.probabilistic_f1(truth, score),
        "calibration": {
            "in_sample": raw,
            "in_programme_uncorrected": calibration(truth, score, prevalence),
            "in_programme_corrected": calibration(truth, corrected, prevalence),
        },
    }


def _triage(truth: NDArray[np.bool_], score: Array) -> Tree:
    shares = triage.triage(truth, score)
    n_cancers = int(truth.sum())
    found = {top: share(round(value * n_cancers), n_cancers) for top, value in shares.items()}
    return {
        "triage": shares,
        "triage_ci": {top: [interval.low, interval.high] for top, interval in found.items()},
        "triage_curve": triage.triage_curve(truth, score),
    }


def plain(value: Any) -> Any:
    """Dataclasses and numpy numbers as what JSON holds; NaN and infinity are null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in cast("list[Any]", value)]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
