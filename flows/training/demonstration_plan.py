"""What the demonstration model is made from: campaigns, stages of training, augmentation.

It says what and how; `flows.training.demonstration` does it.
"""

import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from models.augmentation import Augmentation
from models.dataset import StreamConfig
from models.training import TrainingConfig
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.synthetic.plan import CampaignPlan

COMMAND = "python -m flows.training"

_TRAINING = CampaignPlan(
    1600, seed=1001, cancer_fraction=0.5, benign_fraction=0.5, trouble=False
)
_CALIBRATION = CampaignPlan(300, seed=1002, trouble=False)
_TEST = CampaignPlan(300, seed=1003, trouble=False)

# Normal breasts are many and teach little; cancers are told from the benign lesions.
_PATCH_COPIES = {"no_finding": 0.5}
_IMAGE_COPIES = {"no_finding": 0.25, "benign": 0.5, "suspicious": 0.75, "malignant": 0.5}


@dataclass(frozen=True)
class Stage:
    """One training of the network, from the weights of the stage before.

    Args:
        name: Of its folder.
        config: Of the training.
        copies: How often an image comes in an epoch, by assessment.
        patch_px: Side of the squares it sees; None: it sees whole images.
    """

    name: str
    config: TrainingConfig
    copies: Mapping[str, float]
    patch_px: int | None = None


_STAGES = (
    Stage("patches", TrainingConfig(epochs=12, batch_size=24), _PATCH_COPIES, patch_px=288),
    Stage("images", TrainingConfig(epochs=2, learning_rate=7e-4), _IMAGE_COPIES),
)


@dataclass(frozen=True)
class DemonstrationPlan:
    """What the demonstration model is made from.

    Args:
        training: Rich in lesions of both kinds, so that few exams teach much.
        calibration: As `mammo demo` generates them; gives Platt's mapping and the bands.
        test: As `mammo demo` generates them; proves the model.
        stages: Of the training, in order.
        augmentation: Of the training images.
    """

    training: CampaignPlan = _TRAINING
    calibration: CampaignPlan = _CALIBRATION
    test: CampaignPlan = _TEST
    stages: tuple[Stage, ...] = _STAGES
    augmentation: Augmentation = field(default_factory=Augmentation)

    @property
    def campaigns(self) -> dict[str, CampaignPlan]:
        """Every campaign by the folder it lies in."""
        return {
            "training": self.training,
            "calibration": self.calibration,
            "test": self.test,
        }

    def stream_config(self, stage: Stage) -> StreamConfig:
        """How a stage's images come."""
        return StreamConfig(
            self.augmentation,
            copies=stage.copies,
            patch_px=stage.patch_px,
            seed=stage.config.seed,
        )


def describe_training(plan: DemonstrationPlan) -> dict[str, Any]:
    """Data, configuration and command, for the record."""
    return {
        "data": {
            name: {
                "source": f"generated-{campaign.seed}",
                "n_exams": campaign.n_exams,
                "seed": campaign.seed,
                "cancer_fraction": campaign.cancer_fraction,
                "benign_fraction": campaign.benign_fraction,
            }
            for name, campaign in plan.campaigns.items()
        },
        "stages": [asdict(stage) for stage in plan.stages],
        "augmentation": asdict(plan.augmentation),
        "preprocessing_version": PREPROCESSING_VERSION,
        "command": shlex.join([*COMMAND.split(), *sys.argv[1:]]),
    }
