"""A training's curves, epoch by epoch: for TensorBoard, and as lines of JSON.

It draws nothing: `tensorboard --logdir FOLDER` does.
"""

import json
import logging
from pathlib import Path

from models.meter import Epoch

_LOG = logging.getLogger(__name__)
LINES_NAME = "epochs.jsonl"


class Curves:
    """Writes each epoch's losses and watched AUC.

    Args:
        folder: Of the run.
        name: What the watched score is called.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name

    def __call__(self, epoch: Epoch, score: float) -> None:
        """Write an epoch; one that comes again after a kill stands twice."""
        from torch.utils.tensorboard.writer import (  # noqa: PLC0415 -- costs seconds
            SummaryWriter,
        )

        scalars = {f"loss/{name}": loss for name, loss in epoch.losses.items()}
        scalars |= {self._name: score, "seconds": epoch.seconds}
        self._folder.mkdir(parents=True, exist_ok=True)
        with SummaryWriter(str(self._folder)) as writer:
            for name, value in scalars.items():
                writer.add_scalar(name, value, epoch.number)
        with (self._folder / LINES_NAME).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"epoch": epoch.number, **scalars}) + "\n")
        loss, total_s = epoch.losses["total"], epoch.seconds
        line = "epoch %d: loss %.3f, %s %.3f, %.0f s"
        _LOG.info(line, epoch.number, loss, self._name, score, total_s)
