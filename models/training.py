"""The training loop: from streams of network inputs to a network's averaged weights.

It resumes after the last whole epoch to the same result and stops on a loss that is no number.
It neither imports data sets nor packages models.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from models.checkpoint import Trained, load_checkpoint, save_checkpoint
from models.dataset import MammogramStream
from models.losses import LossWeights, losses
from models.meter import Epoch, Meter
from models.network import MammographyNetwork, NetworkConfig, build_network


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides the result, besides the data.

    Args:
        network: Architecture and first weights.
        loss_weights: Balance of the losses.
        epochs: Passes over the stream.
        batch_size: Images that are computed at once.
        accumulation: Batches whose gradients make one step.
        learning_rate: The highest.
        weight_decay: AdamW's.
        warmup_share: Part of the training in which the rate rises.
        average_decay: Of the weights' exponential moving average; less in short trainings.
        n_loaders: Processes that read and augment; 0 does it between steps.
        seed: Of weights, order and augmentation.
    """

    network: NetworkConfig = field(default_factory=NetworkConfig)
    loss_weights: LossWeights = field(default_factory=LossWeights)
    epochs: int = 8
    batch_size: int = 8
    accumulation: int = 1
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warmup_share: float = 0.05
    average_decay: float = 0.98
    n_loaders: int = 0
    seed: int = 1


class DivergedError(RuntimeError):
    """The loss is no longer a number."""


def choose_device() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def describe_device(device: torch.device) -> str:
    """A sentence on where a training computes, and what to do where that is slow."""
    if device.type == "cuda":
        return f"Training on {torch.cuda.get_device_name(device)}."
    return (
        f"No GPU was found: training on {torch.get_num_threads()} threads of the CPU, tens of "
        "times slower. On a machine with an NVIDIA GPU install a torch built for CUDA, and see "
        "that nvidia-smi names the card; a small --backbone and few --epochs fit a CPU."
    )


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 on a GPU that computes in it, else float32: small networks are faster so.

    Measured with avx512_bf16 and without AMX: 74 patches of 288 pixels a second and thread in
    float32, 45 in bfloat16.
    """
    native = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return torch.autocast(device.type, torch.bfloat16, enabled=native)


def rate_share(progress: float, warmup_share: float) -> float:
    """Share of the highest learning rate: linear warm-up, then half a cosine to zero."""
    if progress < warmup_share:
        return max(progress, 1e-3) / warmup_share
    return 0.5 * (1 + math.cos(math.pi * (progress - warmup_share) / (1 - warmup_share)))


def average_decay(config: TrainingConfig, images_per_epoch: int) -> float:
    """Decay of the weights' average, which spans at most a fifth of the training.

    Of 27 steps on a small set, a decay of 0.98 would leave more than half of the average to the
    weights that training started from.
    """
    steps = config.epochs * images_per_epoch / (config.batch_size * config.accumulation)
    return max(0.0, min(config.average_decay, 1 - 5 / max(steps, 1.0)))


class Trainer:
    """A network, its average and its optimizer, taken from epoch to epoch.

    Args:
        config: What decides the result.
        stream: The training images.
        folder: Where the run's state lies.
        device: Where to compute.
        start: A network of the same architecture whose weights training starts from.
    """

    def __init__(
        self,
        config: TrainingConfig,
        stream: MammogramStream,
        folder: Path,
        device: torch.device,
        start: MammographyNetwork | None = None,
    ) -> None:
        self._config, self._stream, self._folder, self._device = config, stream, folder, device
        self._network = build_network(config.network, config.seed).to(device)
        if start is not None:
            self._network.load_state_dict(start.state_dict())
        self._network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] -- torch's stub lacks it
        self._average = AveragedModel(
            self._network,
            multi_avg_fn=get_ema_multi_avg_fn(average_decay(config, stream.expected_images)),
            use_buffers=True,
        )
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )
        self._trained = Trained(self._network, self._average, self._optimizer)

    @property
    def averaged(self) -> MammographyNetwork:
        """The network with averaged weights, in evaluation mode."""
        network: Any = self._average.module
        return network.eval()

    def run(
        self, on_epoch: Callable[[MammographyNetwork, Epoch], bool | None]
    ) -> MammographyNetwork:
        """Train to the last epoch, from the folder's state where there is one.

        Args:
            on_epoch: Called with the averaged network after each epoch and before its state is
                kept: a kill in between calls it again. True ends the training.
        """
        config = asdict(self._config)
        facts = load_checkpoint(self._folder, self._trained, config)
        for number in range(facts.get("epoch", 0) + 1, self._config.epochs + 1):
            epoch = self._run_epoch(number)
            is_over = on_epoch(self.averaged, epoch)
            save_checkpoint(self._folder, self._trained, {"epoch": number, "config": config})
            if is_over:
                break
        return self.averaged

    def _run_epoch(self, number: int) -> Epoch:
        self._stream.epoch = number
        torch.manual_seed(self._config.seed + number)
        self._network.train()
        loader = DataLoader(
            self._stream,
            batch_size=self._config.batch_size,
            num_workers=self._config.n_loaders,
            drop_last=True,
            pin_memory=self._device.type == "cuda",
        )
        meter = Meter(number, self._stream.expected_images)
        self._optimizer.zero_grad(set_to_none=True)
        for place, batch in enumerate(loader, 1):
            meter.add(self._learn(batch), len(batch["image"]))
            if place % self._config.accumulation == 0:
                self._descend((number - 1 + meter.share) / self._config.epochs)
        return meter.epoch()

    def _learn(self, batch: Mapping[str, Any]) -> dict[str, float]:
        """Add a batch's gradients; its losses.

        Batches that are too few for a step at an epoch's end are left out.
        """
        moved = {
            name: value.to(self._device, non_blocking=True)
            for name, value in batch.items()
            if isinstance(value, Tensor)
        }
        with autocast(self._device):
            logits = self._network.logits(moved["image"])
        parts = losses(logits, moved)
        total = sum(
            weight * parts[name] for name, weight in asdict(self._config.loss_weights).items()
        )
        total = torch.as_tensor(total)
        if not torch.isfinite(total):
            raise DivergedError(
                f"The loss is {total.item()}: lower the learning rate, or look at the images."
            )
        (total / self._config.accumulation).backward()
        return {"total": total.item()} | {name: part.item() for name, part in parts.items()}

    def _descend(self, progress: float) -> None:
        """Take a step along the gradients added up.

        Args:
            progress: Share of the training that is done, 0-1.
        """
        rate = self._config.learning_rate * rate_share(progress, self._config.warmup_share)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 5.0)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._average.update_parameters(self._network)
