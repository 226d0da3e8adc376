"""Proves the packaged demonstration model on a fresh generated campaign of another seed.

It runs the packaged weights in torch, which the export was held against; it measures no speed.
`python -m benchmarks.demonstration_model --exams 300 --seed 2001 --out /tmp/proof`
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from flows.progress import progress_bars
from flows.proof import LabelledSet, evaluate, score, score_breasts
from flows.training.demonstration import make_campaign
from models.contract import MODEL_NAME
from models.metrics import OneClassError
from models.packaged import load_packaged
from models.record import NOTICE, read_record
from models.scoring import exam_auc
from tasks.synthetic.plan import CampaignPlan


def prove(version_folder: Path, data: LabelledSet, plan: CampaignPlan) -> dict[str, Any]:
    """Figures of a packaged model on a generated campaign.

    Raises:
        ValueError: If the model was trained, calibrated or tested on that seed.
    """
    record = read_record(version_folder)
    known = [campaign["seed"] for campaign in record.training.get("data", {}).values()]
    if plan.seed in known:
        raise ValueError(f"The model knows seed {plan.seed}: choose none of {known}.")
    scores = score(load_packaged(version_folder), data)
    return {
        "model": {"version": record.model_version, "files": record.files, "notice": NOTICE},
        "campaign": {"seed": plan.seed, "cancer_fraction": plan.cancer_fraction},
        **evaluate(scores, data),
        "exam_auc_by": subgroups(scores, data),
    }


def subgroups(scores: pl.DataFrame, data: LabelledSet) -> dict[str, dict[str, Any]]:
    """Exam AUC by breast density and by manufacturer; null where a group has one class."""
    labels, instances = data.labels, data.instances
    breasts = score_breasts(scores, data)
    groups = {
        "breast_density": labels.select("exam_key", group="breast_density"),
        "manufacturer": instances.select("exam_key", group="manufacturer"),
    }
    return {
        name: {key: _auc_of(breasts, labels, exams) for key, exams in _parts(frame)}
        for name, frame in groups.items()
    }


def _parts(frame: pl.DataFrame) -> Iterable[tuple[str, pl.DataFrame]]:
    exams = frame.unique(subset="exam_key", keep="first", maintain_order=True)
    for key, part in sorted(exams.partition_by("group", as_dict=True).items()):
        yield str(key[0]), part


def _auc_of(
    breasts: pl.DataFrame, labels: pl.DataFrame, exams: pl.DataFrame
) -> dict[str, Any] | None:
    here = [frame.join(exams, on="exam_key", how="semi") for frame in (breasts, labels)]
    try:
        return {"n_exams": exams.height, **asdict(exam_auc(*here))}
    except OneClassError:
        return None


def as_markdown(figures: dict[str, Any]) -> str:
    """The figures as a page."""
    campaign = figures["campaign"]
    lines = [
        "# Demonstration model on a generated campaign",
        "",
        f"**{NOTICE}** Seed {campaign['seed']}, {figures['n_exams']} exams, "
        f"{figures['n_cancers']} with cancer, {figures['n_images']} images; "
        f"model version {figures['model']['version']}.",
        "",
        "| figure | value (95 % interval) |",
        "|---|---|",
    ]
    named = {
        "exam AUC": figures["exam_auc"],
        "breast AUC": figures["breast_auc"],
        "exam sensitivity at 90 % specificity": figures["exam_sensitivity_at_90_specificity"],
    }
    named |= {
        f"saliency maximum in the lesion, {group.replace('_', ' ')}": rate
        for group, rate in figures["pointing"].items()
    }
    for column, groups in figures["exam_auc_by"].items():
        named |= {
            f"exam AUC, {column.replace('_', ' ')} {group}": value
            for group, value in groups.items()
        }
    lines += [f"| {name} | {_interval(value)} |" for name, value in named.items()]
    lines.append(f"| density accuracy | {figures['density_accuracy']:.3f} |")
    return "\n".join(lines) + "\n"


def _interval(value: dict[str, Any] | None) -> str:
    if value is None:
        return "not computable: one class only"
    n_exams = f", {value['n_exams']} exams" if "n_exams" in value else ""
    return f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f}){n_exams}"


def main(
    out: Annotated[Path, typer.Option(help="Folder of the campaign and the results.")],
    repository: Annotated[Path, typer.Option(help="Model repository.")] = Path("triton_repo"),
    version: Annotated[str, typer.Option(help="Version to prove.")] = "1",
    exams: Annotated[int, typer.Option(min=20)] = 300,
    seed: Annotated[int, typer.Option(help="None of the model's own.")] = 2001,
    workers: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Generate a campaign, score it with the packaged model and write what came out."""
    plan = CampaignPlan(exams, seed=seed, trouble=False)
    data = LabelledSet(out / f"generated-{seed}")
    with progress_bars():
        make_campaign(data, plan, workers)
    figures = prove(repository / MODEL_NAME / version, data, plan)
    (out / "demonstration_model.json").write_text(json.dumps(figures, indent=2) + "\n")
    (out / "demonstration_model.md").write_text(as_markdown(figures))
    typer.echo(as_markdown(figures))


if __name__ == "__main__":
    typer.run(main)
