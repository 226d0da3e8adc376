"""Makes a model from nothing but a plan: data, training, proof, calibration, package.

`python -m flows.training` remakes the demonstration model; a kill costs an epoch at most. What
it proves or calibrates on is never trained on: three seeds, three campaigns.
"""

import logging
import math
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import torch
import typer
from prefect import flow

from flows.progress import progress_bars, tell_epochs
from flows.proof import LabelledSet
from flows.training.demonstration_plan import DemonstrationPlan, describe_training
from flows.training.package import package_network, write_description
from models.contract import MODEL_NAME
from models.dataset import StreamConfig
from models.heap import keep_freed_memory
from models.meter import Epoch
from models.metrics import OneClassError
from models.network import MammographyNetwork
from models.record import ModelRecord
from models.scoring import exam_auc, mean_breast_scores, score_images
from models.tables import with_split
from models.training import Trainer, choose_device, describe_device
from tasks.datasets.generated import make_generated_set
from tasks.errors import ContractViolation
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tasks.redeploy.repository import seal_package
from tasks.synthetic.plan import CampaignPlan

_LOG = logging.getLogger(__name__)
_EXAM_TIMEOUT_S = 300.0
_EXAM_MEMORY_BYTES = 3 << 30
_VALIDATION_SHARE = 0.05


def make_data(plan: DemonstrationPlan, folder: Path, n_workers: int) -> None:
    """Generate the three campaigns below a folder, or what they lack."""
    for name, campaign in plan.campaigns.items():
        make_campaign(LabelledSet(folder / name), campaign, n_workers)


def make_campaign(data: LabelledSet, plan: CampaignPlan, n_workers: int) -> None:
    """Generate one campaign, or what it lacks, in worker processes."""
    with WorkerPool(n_workers, _EXAM_TIMEOUT_S, _EXAM_MEMORY_BYTES) as pool:
        make_generated_set(Lake(str(data.folder)), plan, pool)


def train(plan: DemonstrationPlan, data: LabelledSet, folder: Path) -> MammographyNetwork:
    """Train stage by stage on most of the patients, and watch the others.

    Args:
        plan: What to train, and how.
        data: The training set.
        folder: Of the run: a folder for each stage's state.
    """
    labels = with_split(data.labels, _VALIDATION_SHARE, plan.training.seed)
    training, watched = (
        labels.filter(pl.col("split") == split) for split in ("training", "validation")
    )

    def report(network: MammographyNetwork, epoch: Epoch) -> None:
        parts = {name: round(loss, 3) for name, loss in epoch.losses.items()}
        watched_auc = _watched_auc(network, data, watched)
        line = "epoch %d: %s in %.0f s; exam AUC %.3f on %d watched images"
        _LOG.info(line, epoch.number, parts, epoch.seconds, watched_auc, watched.height)

    keep_freed_memory()
    _LOG.info(describe_device(choose_device()))
    network = None
    for stage in plan.stages:
        stream = data.stream(training, plan.stream_config(stage))
        device, state = choose_device(), folder / stage.name
        network = Trainer(stage.config, stream, state, device, network).run(report)
    if network is None:
        raise ContractViolation("The plan has no stage: there is nothing to train.")
    return network


def _watched_auc(
    network: MammographyNetwork, data: LabelledSet, watched: pl.DataFrame
) -> float:
    """Exam AUC of patients that training leaves out; NaN where they are of one class."""
    if watched["is_malignant"].n_unique() < 2:
        return math.nan
    scores = score_images(network, data.stream(watched, StreamConfig()))
    try:
        return exam_auc(mean_breast_scores(scores, watched), watched).value
    except OneClassError:  # healthy breasts, but of women with a cancer
        return math.nan


def make_demonstration_model(
    folder: Path, version_folder: Path, n_workers: int, plan: DemonstrationPlan | None = None
) -> ModelRecord:
    """Make the demonstration model, or go on where a former call was killed.

    Args:
        folder: Where data and the run's state lie; about 2.5 GB.
        version_folder: Of the model repository, such as triton_repo/mammography/1.
        n_workers: Processes that generate exams.
        plan: What to make it from.
    """
    plan = plan or DemonstrationPlan()
    description = describe_training(plan)
    write_description(folder, description)
    make_data(plan, folder, n_workers)
    network = train(plan, LabelledSet(folder / "training"), folder / "run")
    network = network.to(memory_format=torch.contiguous_format).cpu()  # pyright: ignore[reportCallIssue] -- torch's stub lacks it
    record = package_network(network, description, folder, version_folder)
    seal_package(version_folder)
    return record


@flow(name="training", persist_result=False)
def training(folder: Path, version_folder: Path, n_workers: int = 2) -> dict[str, Any]:
    """Make the demonstration model under Prefect's eyes; returns its metrics."""
    return make_demonstration_model(folder, version_folder, n_workers).metrics


def main(
    folder: Annotated[
        Path, typer.Option(help="Data and state of the run, about 2.5 GB.")
    ] = Path(".smart-mammo/training"),
    repository: Annotated[Path, typer.Option(help="Triton's model repository.")] = Path(
        "triton_repo"
    ),
    version: Annotated[str, typer.Option(help="Version to write.")] = "1",
    workers: Annotated[int, typer.Option(help="Processes that generate exams.", min=1)] = 2,
) -> None:
    """Generate exams, train the demonstration model, prove it and package it."""
    tell_epochs()
    with progress_bars():
        record = make_demonstration_model(folder, repository / MODEL_NAME / version, workers)
    typer.echo(f"{record.notice} Written to {repository / MODEL_NAME / version}.")
