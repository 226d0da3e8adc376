"""Makes a model from nothing but a plan: data, training, proof, calibration, package.

`python -m flows.training` remakes the demonstration model; a kill costs an epoch at most. What
it proves or calibrates on is never trained on: three seeds, three campaigns.
"""

import logging
import math
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import torch
import typer
from prefect import flow

from flows.progress import progress_bars
from flows.proof import LabelledSet, calibrate, evaluate, score
from models.augmentation import Augmentation
from models.contract import MODEL_NAME
from models.dataset import StreamConfig
from models.export import package
from models.meter import Epoch
from models.metrics import OneClassError
from models.network import MammographyNetwork
from models.record import ModelRecord
from models.scoring import exam_auc, mean_breast_scores, score_images
from models.tables import with_split
from models.training import Trainer, TrainingConfig, choose_device
from tasks.datasets.generated import make_generated_set
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.preprocess.workers import WorkerPool
from tasks.redeploy.repository import seal_package
from tasks.synthetic.plan import CampaignPlan

_LOG = logging.getLogger("flows.training")  # run as a script, __name__ is __main__
_EXAM_TIMEOUT_S = 300.0
_EXAM_MEMORY_BYTES = 3 << 30
_VALIDATION_SHARE = 0.1
COMMAND = "python -m flows.training"

_TRAINING = CampaignPlan(800, seed=1001, cancer_fraction=0.5, trouble=False)
_CALIBRATION = CampaignPlan(300, seed=1002, trouble=False)
_TEST = CampaignPlan(300, seed=1003, trouble=False)

# Normal breasts are many and teach little; cancers are told from the few benign lesions.
_COPIES = {"no_finding": 0.35, "benign": 2.0, "suspicious": 1.5, "malignant": 1.0}


@dataclass(frozen=True)
class DemonstrationPlan:
    """What the demonstration model is made from.

    Args:
        training: Half of its exams have a cancer, so that few exams teach much.
        calibration: As `mammo demo` generates them; gives Platt's mapping and the bands.
        test: As `mammo demo` generates them; proves the model.
        config: Of the training.
        augmentation: Of the training images.
        copies: How often an image comes in an epoch, by assessment.
    """

    training: CampaignPlan = _TRAINING
    calibration: CampaignPlan = _CALIBRATION
    test: CampaignPlan = _TEST
    config: TrainingConfig = field(default_factory=lambda: TrainingConfig(epochs=5))
    augmentation: Augmentation = field(default_factory=Augmentation)
    copies: Mapping[str, float] = field(default_factory=lambda: dict(_COPIES))

    @property
    def campaigns(self) -> dict[str, CampaignPlan]:
        """Every campaign by the folder it lies in."""
        return {
            "training": self.training,
            "calibration": self.calibration,
            "test": self.test,
        }


def make_data(plan: DemonstrationPlan, folder: Path, n_workers: int) -> None:
    """Generate the three campaigns below a folder, or what they lack."""
    for name, campaign in plan.campaigns.items():
        make_campaign(LabelledSet(folder / name), campaign, n_workers)


def make_campaign(data: LabelledSet, plan: CampaignPlan, n_workers: int) -> None:
    """Generate one campaign, or what it lacks, in worker processes."""
    with WorkerPool(n_workers, _EXAM_TIMEOUT_S, _EXAM_MEMORY_BYTES) as pool:
        make_generated_set(Lake(str(data.folder)), plan, pool)


def train(plan: DemonstrationPlan, data: LabelledSet, folder: Path) -> MammographyNetwork:
    """Train on nine tenths of the patients and watch the others."""
    labels = with_split(data.labels, _VALIDATION_SHARE, plan.training.seed)
    training, watched = (
        labels.filter(pl.col("split") == split) for split in ("training", "validation")
    )
    config = StreamConfig(plan.augmentation, copies=plan.copies, seed=plan.config.seed)
    trainer = Trainer(plan.config, data.stream(training, config), folder, choose_device())

    def report(network: MammographyNetwork, epoch: Epoch) -> None:
        parts = {name: round(loss, 3) for name, loss in epoch.losses.items()}
        watched_auc = _watched_auc(network, data, watched)
        line = "epoch %d: %s in %.0f s; exam AUC %.3f on %d watched images"
        _LOG.info(line, epoch.number, parts, epoch.seconds, watched_auc, watched.height)

    return trainer.run(report)


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
        folder: Where data and the run's state lie; about 1.5 GB.
        version_folder: Of the model repository, such as triton_repo/mammography/1.
        n_workers: Processes that generate exams.
        plan: What to make it from.
    """
    plan = plan or DemonstrationPlan()
    make_data(plan, folder, n_workers)
    network = train(plan, LabelledSet(folder / "training"), folder / "run")
    network = network.to(memory_format=torch.contiguous_format).cpu()  # pyright: ignore[reportCallIssue] -- torch's stub lacks it
    test, calibration = LabelledSet(folder / "test"), LabelledSet(folder / "calibration")
    metrics = evaluate(score(network, test), test)
    facts: Mapping[str, dict[str, Any]] = {
        "training": describe_training(plan),
        "metrics": {"generated_test": {"seed": plan.test.seed, **metrics}},
        "calibration": calibrate(score(network, calibration), calibration, plan.calibration),
    }
    record = package(network, version_folder, status="trained", facts=facts)
    seal_package(version_folder)
    return record


def describe_training(plan: DemonstrationPlan) -> dict[str, Any]:
    """Data, configuration and command, for the record."""
    return {
        "data": {
            name: {
                "source": f"generated-{campaign.seed}",
                "n_exams": campaign.n_exams,
                "seed": campaign.seed,
                "cancer_fraction": campaign.cancer_fraction,
            }
            for name, campaign in plan.campaigns.items()
        },
        "config": asdict(plan.config),
        "augmentation": asdict(plan.augmentation),
        "copies": dict(plan.copies),
        "preprocessing_version": PREPROCESSING_VERSION,
        "command": shlex.join([*COMMAND.split(), *sys.argv[1:]]),
    }


@flow(name="training", persist_result=False)
def training(folder: Path, version_folder: Path, n_workers: int = 2) -> dict[str, Any]:
    """Make the demonstration model under Prefect's eyes; returns its metrics."""
    return make_demonstration_model(folder, version_folder, n_workers).metrics


def main(
    folder: Annotated[
        Path, typer.Option(help="Data and state of the run, about 1.5 GB.")
    ] = Path(".smart-mammo/training"),
    repository: Annotated[Path, typer.Option(help="Triton's model repository.")] = Path(
        "triton_repo"
    ),
    version: Annotated[str, typer.Option(help="Version to write.")] = "1",
    workers: Annotated[int, typer.Option(help="Processes that generate exams.", min=1)] = 2,
) -> None:
    """Generate exams, train the demonstration model, prove it and package it."""
    logging.basicConfig(format="%(asctime)s %(message)s")  # unless Prefect was faster
    for room in ("flows", "models"):
        logging.getLogger(room).setLevel(logging.INFO)
    with progress_bars():
        record = make_demonstration_model(folder, repository / MODEL_NAME / version, workers)
    typer.echo(f"{record.notice} Written to {repository / MODEL_NAME / version}.")


if __name__ == "__main__":
    typer.run(main)
