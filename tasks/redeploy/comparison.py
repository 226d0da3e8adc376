"""A candidate against the served version on the same exams, in clinical terms.

What truth can tell is told where truth is known; the rest (places, bands, distributions) is
told always. It decides nothing: `tasks.redeploy.gate` does.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.curves import roc
from models.evaluation.paired import (
    compare_auc,
    compare_shares,
    compare_top,
    displacement,
    places,
)
from models.evaluation.shift import measure_shift
from models.evaluation.subgroups import MINIMUM, name_groups
from tasks.redeploy.gate import MARGIN_AUC
from tasks.redeploy.paired_exams import SIDES

N_BANDS = 10
FAR = 3
"""Bands: an exam that moves so many has another place in the day."""

MAX_POINTS = 2000
"""Exams that a plot shows one by one."""

Array = NDArray[np.float64]
Tree = dict[str, Any]


def compare(pairs: pl.DataFrame, points: Mapping[str, Mapping[str, float]]) -> Tree:
    """Compare two versions.

    Args:
        pairs: As `pair_exams` gives them.
        points: Thresholds by name, of the candidate and of the serving version.
    """
    known = pairs.drop_nulls("is_malignant")
    groups = _subgroups(pairs)
    return {
        "n_exams": pairs.height,
        "n_exams_with_truth": known.height,
        "n_cancers": int(known["is_malignant"].sum()),
        "margin_auc": MARGIN_AUC,
        "auc": _auc(known),
        "roc": _rocs(known),
        "operating_points": _operating_points(pairs, points),
        "displacement": asdict(displacement(*_scores(pairs))),
        "bands": _bands(pairs),
        "top_decile": _top_decile(pairs),
        "shift": {
            name: asdict(measure_shift(*_scores(pairs, name)))
            for name in ("calibrated_score", "exam_score")
        },
        "subgroups": groups,
        "worst_subgroup": _worst(groups),
        "exams": _exams(pairs),
    }


def _scores(pairs: pl.DataFrame, name: str = "calibrated_score") -> tuple[Array, Array]:
    """The scores of both sides; the calibrated one orders the list."""
    candidate, serving = (pairs[f"{name}_{side}"].to_numpy().astype(float) for side in SIDES)
    return candidate, serving


def _truth(known: pl.DataFrame) -> NDArray[np.bool_]:
    return known["is_malignant"].to_numpy().astype(bool)


def _women(known: pl.DataFrame) -> NDArray[np.int64]:
    numbers = np.unique(known["patient_key"].to_numpy().astype(str), return_inverse=True)[1]
    return numbers.astype(np.int64)


def _auc(known: pl.DataFrame) -> Tree | None:
    """None where a class has fewer than two exams."""
    truth = _truth(known)
    if min(int(truth.sum()), int((~truth).sum())) < 2:
        return None
    return asdict(compare_auc(truth, *_scores(known), _women(known)))


def _rocs(known: pl.DataFrame) -> Tree | None:
    truth = _truth(known)
    if truth.all() or not truth.any():
        return None
    curves = (roc(truth, score) for score in _scores(known))
    return {side: asdict(curve) for side, curve in zip(SIDES, curves, strict=True)}


def _operating_points(pairs: pl.DataFrame, points: Mapping[str, Mapping[str, float]]) -> Tree:
    """What each point that both versions have does on the same exams."""
    candidate, serving = (points[side] for side in SIDES)
    return {
        name: _at_thresholds(pairs, candidate[name], serving[name])
        for name in candidate
        if name in serving
    }


def _at_thresholds(pairs: pl.DataFrame, candidate: float, serving: float) -> Tree:
    scores = _scores(pairs, "exam_score")
    positive = [
        score >= limit for score, limit in zip(scores, (candidate, serving), strict=True)
    ]
    truth = pairs["is_malignant"]
    cancers, others = (
        truth.eq(value).fill_null(value=False).to_numpy() for value in (True, False)
    )
    shares = {
        "sensitivity": compare_shares(*(flags[cancers] for flags in positive)),
        "false_positive_rate": compare_shares(*(flags[others] for flags in positive)),
        "recall_rate": compare_shares(*positive),
    }
    return {
        "thresholds": {"candidate": candidate, "serving": serving},
        **{name: asdict(share) for name, share in shares.items()},
    }


def _bands(pairs: pl.DataFrame) -> Tree:
    """How many exams change band; counts by serving's band (rows) and candidate's (columns)."""
    candidate, serving = _scores(pairs, "band")
    moved = np.abs(candidate - serving)
    counts = np.zeros((N_BANDS, N_BANDS), int)
    np.add.at(counts, (serving.astype(int) - 1, candidate.astype(int) - 1), 1)
    return {
        "share_moved": float((moved > 0).mean()),
        "share_moved_far": float((moved >= FAR).mean()),
        "counts": counts.tolist(),
    }


def _top_decile(pairs: pl.DataFrame) -> Tree:
    top = compare_top(*_scores(pairs))
    is_cancer = pairs["is_malignant"].fill_null(value=False).to_numpy()
    leaving, entering = top.leaving & is_cancer, top.entering & is_cancer
    return {
        "n": top.n,
        "share_changed": top.share_changed,
        "n_cancers_leaving": int(leaving.sum()),
        "n_cancers_entering": int(entering.sum()),
        "n_cancers_lost": int(leaving.sum()) - int(entering.sum()),
        "cancers_leaving": pairs.filter(leaving)["exam_key"].to_list(),
    }


def _subgroups(pairs: pl.DataFrame) -> list[Tree]:
    columns = {"manufacturer": "manufacturer", "age": "patient_age_years"}
    return [
        group
        for name, column in columns.items()
        for group in _groups(name, pairs, pairs[column].cast(pl.String).fill_null("unknown"))
    ]


def _groups(name: str, pairs: pl.DataFrame, values: pl.Series) -> list[Tree]:
    classes = pl.Series(name_groups(name, values.to_numpy().astype(str)))
    return [
        _group(name, value, pairs.filter(classes == value)) for value in classes.unique().sort()
    ]


def _group(name: str, value: str, exams: pl.DataFrame) -> Tree:
    known = exams.drop_nulls("is_malignant")
    truth = _truth(known)
    has_enough = min(int(truth.sum()), int((~truth).sum())) >= MINIMUM
    return {
        "column": name,
        "value": value,
        "n_exams": exams.height,
        "n_cancers": int(truth.sum()),
        "auc": _auc(known) if has_enough else None,
        "displacement": asdict(displacement(*_scores(exams))),
        "share_band_moved": _bands(exams)["share_moved"],
        "psi": measure_shift(*_scores(exams)).psi,
    }


def _worst(groups: list[Tree]) -> Tree | None:
    """The subgroup that loses most; None where none has cancers and others enough."""
    judged = [
        {"column": group["column"], "value": group["value"], **group["auc"]}
        for group in groups
        if group["auc"]
    ]
    return min(judged, key=lambda group: group["difference"], default=None)


def _exams(pairs: pl.DataFrame) -> Tree:
    """Both sides' scores and places for plots, of evenly spaced exams where they are many."""
    candidate, serving = _scores(pairs)
    order = np.argsort(places(serving))
    shown = order[np.linspace(0, order.size - 1, min(order.size, MAX_POINTS)).astype(int)]
    return {
        "candidate": candidate[shown].tolist(),
        "serving": serving[shown].tolist(),
        "candidate_place": places(candidate)[shown].tolist(),
        "serving_place": places(serving)[shown].tolist(),
        "is_malignant": [pairs["is_malignant"][int(row)] for row in shown],
    }
