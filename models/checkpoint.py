"""A training run's state on disk: tensors as safetensors, the rest as JSON, no pickle.

A kill between the two files leaves the former state in force.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from models.network import MammographyNetwork, NetworkConfig, build_network
from models.weights import save_weights

STATE_NAME = "checkpoint.json"


@dataclass(frozen=True)
class Trained:
    """What training changes."""

    network: nn.Module
    average: nn.Module
    optimizer: torch.optim.Optimizer


class OtherConfigurationError(ValueError):
    """The folder holds the state of another training run."""


class UnfinishedRunError(ValueError):
    """The folder holds no state of a finished training run."""


def save_checkpoint(folder: Path, trained: Trained, facts: dict[str, Any]) -> None:
    """Write the state after an epoch.

    Args:
        folder: Of the run; only the last state stays.
        trained: What to keep.
        facts: epoch, config and whatever else resuming needs, as JSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"checkpoint-{facts['epoch']:04d}.safetensors"
    save_weights(_tensors(trained), folder / name)
    draft = folder / f"{STATE_NAME}.new"
    draft.write_text(json.dumps({**facts, "tensors": name}, indent=2), encoding="utf-8")
    draft.replace(folder / STATE_NAME)
    for former in folder.glob("checkpoint-*.safetensors"):
        if former.name != name:
            former.unlink()


def load_checkpoint(folder: Path, trained: Trained, config: dict[str, Any]) -> dict[str, Any]:
    """Restore the last state in place; the facts saved with it, empty where there is none.

    Raises:
        OtherConfigurationError: If the run was started with another configuration.
    """
    state = folder / STATE_NAME
    if not state.exists():
        return {}
    facts = json.loads(state.read_text(encoding="utf-8"))
    if facts["config"] != config:
        raise OtherConfigurationError(
            f"{folder} holds a run with another configuration: take another folder."
        )
    tensors = load_file(folder / facts["tensors"])
    trained.network.load_state_dict(_below("network", tensors))
    trained.average.load_state_dict(_below("average", tensors))
    _load_optimizer(trained.optimizer, _below("optimizer", tensors))
    return facts


def load_averaged(folder: Path) -> MammographyNetwork:
    """The averaged network of a finished run, without its optimizer.

    Raises:
        UnfinishedRunError: If there is no state, it cannot be read, or epochs are missing.
    """
    try:
        facts = json.loads((folder / STATE_NAME).read_text(encoding="utf-8"))
        tensors = load_file(folder / facts["tensors"])
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise UnfinishedRunError(f"{folder} holds no readable state ({error})") from error
    done, wanted = facts["epoch"], facts["config"]["epochs"]
    if done < wanted:
        raise UnfinishedRunError(f"{folder} stopped after epoch {done} of {wanted}")
    network = build_network(NetworkConfig(**facts["config"]["network"]), seed=0)
    network.load_state_dict(_below("average.module", tensors))
    return network.eval()


def _tensors(trained: Trained) -> dict[str, Tensor]:
    slots = trained.optimizer.state_dict()["state"]
    return {
        **{f"network.{name}": tensor for name, tensor in trained.network.state_dict().items()},
        **{f"average.{name}": tensor for name, tensor in trained.average.state_dict().items()},
        **{
            f"optimizer.{place}.{name}": tensor
            for place, slot in slots.items()
            for name, tensor in slot.items()
        },
    }


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(f"{prefix}."): tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{prefix}.")
    }


def _load_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        place, _, slot = name.partition(".")
        slots.setdefault(int(place), {})[slot] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": slots})
