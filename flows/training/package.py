"""Proves and calibrates a trained network on its run's own sets; writes its version folder.

What it proves on was never trained on; thresholds are chosen on one set and measured on
another. It neither seals nor numbers a version.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from flows.proof import LabelledSet, calibrate, evaluate, score, score_breasts
from flows.training.demonstration_plan import DemonstrationPlan, describe_training
from models.checkpoint import UnfinishedRunError, load_averaged
from models.evaluation.operating import (
    OperatingPoint,
    measure_point,
    standard_points,
    threshold_from_above,
)
from models.evaluation.systems import Settings as Programme
from models.export import answer_eagerly, package
from models.network import MammographyNetwork
from models.record import RECORD_NAME, ModelRecord
from models.scoring import exam_scores
from tasks.errors import Misconfigured
from tasks.redeploy.golden import describe_golden, golden_inputs
from tasks.synthetic.plan import CampaignPlan

PLAN_NAME = "plan.json"
"""What a run was made from, in its folder."""


def package_finished_run(run: Path, folder: Path) -> ModelRecord:
    """Write the version folder of a finished training run, unsealed.

    Raises:
        Misconfigured: If the folder holds no run, or an unfinished one.
    """
    description = read_description(run)
    try:
        network = load_averaged(run / "run" / description["stages"][-1]["name"])
    except UnfinishedRunError as error:
        raise Misconfigured(
            f"{error}: finish it with `mammo train --folder {run}`, then package it."
        ) from error
    return package_network(network, description, run, folder)


def write_description(run: Path, description: Mapping[str, Any]) -> None:
    """Keep what a run is made from in its folder."""
    run.mkdir(parents=True, exist_ok=True)
    (run / PLAN_NAME).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def read_description(run: Path) -> dict[str, Any]:
    """What a run was made from; of runs that did not write it down, the default plan."""
    path = run / PLAN_NAME
    if not (run / "run").is_dir():
        raise Misconfigured(
            f"{run} holds neither a training run nor a {RECORD_NAME}: give the folder of "
            "`mammo train`, or a version's folder or archive."
        )
    return (
        json.loads(path.read_text())
        if path.exists()
        else describe_training(DemonstrationPlan())
    )


def package_network(
    network: MammographyNetwork, description: Mapping[str, Any], run: Path, folder: Path
) -> ModelRecord:
    """Prove and calibrate a network on its run's sets, and write a version folder, unsealed.

    Args:
        network: On the CPU.
        description: As `describe_training` gives it.
        run: The run's folder, with the sets `calibration` and `test`.
        folder: Of the version, named by it.
    """
    test, calibration = LabelledSet(run / "test"), LabelledSet(run / "calibration")
    plans = {name: _plan(description, name) for name in ("calibration", "test")}
    test_scores, calibration_scores = score(network, test), score(network, calibration)
    inputs = golden_inputs()
    facts: dict[str, Any] = {
        "training": dict(description),
        "metrics": {
            "generated_test": {"seed": plans["test"].seed, **evaluate(test_scores, test)}
        },
        "calibration": calibrate(calibration_scores, calibration, plans["calibration"]),
        "operating_points": [
            _point_row(point, plans)
            for point in _points(
                exam_scores(score_breasts(calibration_scores, calibration), calibration.labels),
                exam_scores(score_breasts(test_scores, test), test.labels),
            )
        ],
        "golden": describe_golden(inputs, answer_eagerly(network, inputs)),
    }
    return package(network, folder, status="trained", facts=facts)


def _plan(description: Mapping[str, Any], name: str) -> CampaignPlan:
    facts = {key: value for key, value in description["data"][name].items() if key != "source"}
    return CampaignPlan(**facts)


def _points(calibration: pl.DataFrame, test: pl.DataFrame) -> list[OperatingPoint]:
    """Thresholds chosen on one set, measured on the other."""
    programme = Programme()
    truth, scores = (calibration[name].to_numpy() for name in ("is_malignant", "exam_score"))
    chosen = standard_points(truth, scores, programme.prevalence, programme.recall_rate)
    return [
        measure_point(
            point.name,
            point.rule,
            point.threshold,
            truth=test["is_malignant"].to_numpy(),
            score=test["exam_score"].to_numpy(),
            prevalence=programme.prevalence,
        )
        for point in chosen
    ]


def _point_row(point: OperatingPoint, plans: Mapping[str, CampaignPlan]) -> dict[str, Any]:
    """As the table `operating_points` holds it, where a score at the threshold is positive."""
    chosen, measured = plans["calibration"].seed, plans["test"].seed
    return {
        "name": point.name,
        "threshold": threshold_from_above(point.threshold),
        **{
            f"{name}{end}": getattr(share, field)
            for name, share in (
                ("sensitivity", point.sensitivity),
                ("specificity", point.specificity),
            )
            for end, field in (("", "value"), ("_low", "low"), ("_high", "high"))
        },
        "data": f"{point.rule}; chosen on the generated campaign of seed {chosen}, measured on "
        f"that of seed {measured}",
    }
