"""Proves and calibrates a network on a labelled set, as the night aggregates its scores.

It trains nothing and packages nothing; which set nobody trained on is the caller's care.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from models.calibration import band_edges, fit_platt
from models.dataset import MammogramStream, StreamConfig
from models.metrics import sensitivity_at_specificity
from models.network import MammographyNetwork
from models.scoring import breast_auc, exam_auc, exam_scores, hit_rate, pointing, score_images
from models.tables import open_table, read_labels
from tasks.lake.schemas import INSTANCES
from tasks.lake.store import Lake
from tasks.score.aggregate import breast_scores
from tasks.synthetic.plan import CampaignPlan


@dataclass(frozen=True)
class LabelledSet:
    """A data set's tables on one machine."""

    folder: Path

    @property
    def labels(self) -> pl.DataFrame:
        """Every image's label."""
        return read_labels(self.folder / "labels")

    @property
    def instances(self) -> pl.DataFrame:
        """Every image's header."""
        return Lake(str(self.folder)).read(INSTANCES)

    def stream(self, labels: pl.DataFrame, config: StreamConfig) -> MammogramStream:
        """The images of some labels."""
        return MammogramStream(open_table(self.folder / "images"), labels, config)


def score(network: MammographyNetwork, data: LabelledSet) -> pl.DataFrame:
    """Score every image of a set, as `models.scoring.score_images` returns it."""
    return score_images(network, data.stream(data.labels, StreamConfig()))


def evaluate(scores: pl.DataFrame, data: LabelledSet) -> dict[str, Any]:
    """Prove scores on a set that the network never saw, as the night aggregates them."""
    labels = data.labels
    breasts = score_breasts(scores, data)
    exams = exam_scores(breasts, labels)
    at_90 = sensitivity_at_specificity(exams["is_malignant"], exams["exam_score"], 0.9)
    return {
        "n_exams": exams.height,
        "n_cancers": int(exams["is_malignant"].sum()),
        "n_images": scores.height,
        "exam_auc": asdict(exam_auc(breasts, labels)),
        "breast_auc": asdict(breast_auc(breasts, labels)),
        "exam_sensitivity_at_90_specificity": asdict(at_90.sensitivity),
        "pointing": point(scores, data),
        "density_accuracy": _density_accuracy(scores, labels),
    }


def score_breasts(scores: pl.DataFrame, data: LabelledSet) -> pl.DataFrame:
    """Breast scores by the night's own aggregation."""
    facts = data.instances.select(
        "sop_instance_key", "exam_key", "image_laterality", "view_position"
    )
    return breast_scores(scores.join(facts, on="sop_instance_key"))


def point(scores: pl.DataFrame, data: LabelledSet) -> dict[str, dict[str, float]]:
    """The pointing game by assessment, and for those that matter together."""
    pointed = pointing(scores, data.labels, open_table(data.folder / "images"))
    groups: dict[str, tuple[str, ...]] = {
        name: (name,) for name in ("benign", "suspicious", "malignant")
    }
    groups["suspicious_or_malignant"] = ("suspicious", "malignant")
    groups["lesion"] = ("benign", "suspicious", "malignant")
    return {
        name: asdict(hit_rate(pointed, of))
        for name, of in groups.items()
        if pointed["assessment"].is_in(of).any()
    }


def _density_accuracy(scores: pl.DataFrame, labels: pl.DataFrame) -> float:
    both = scores.join(labels, on="sop_instance_key", suffix="_truth")
    agreeing = both.filter(pl.col("breast_density") == pl.col("breast_density_truth"))
    return agreeing.height / both.height


def calibrate(
    scores: pl.DataFrame, data: LabelledSet, campaign: CampaignPlan
) -> dict[str, Any]:
    """Fit Platt's mapping and the bands on exam scores as the night aggregates them."""
    exams = exam_scores(score_breasts(scores, data), data.labels)
    mapping = fit_platt(exams["is_malignant"], exams["exam_score"])
    return {
        **asdict(mapping),
        "band_edges": band_edges(exams["exam_score"]),
        "n_exams": exams.height,
        "n_cancers": int(exams["is_malignant"].sum()),
        "data": f"generated campaign, seed {campaign.seed}, cancers in "
        f"{campaign.cancer_fraction:.0%} of its exams by design",
    }
