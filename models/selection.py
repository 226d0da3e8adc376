"""Early stopping: the averaged weights of the epoch that did best on watched patients.

It survives a kill, as training does, and never sees the set that proves the network.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from models.meter import Epoch
from models.network import MammographyNetwork, NetworkConfig, build_network
from models.weights import save_weights

STATE_NAME = "selection.json"


class BestEpoch:
    """Called after each epoch: keeps the best network, and says when to stop.

    Args:
        folder: Of the run.
        watch: Gives the score of a network on watched patients, higher is better; NaN where it
            cannot be told.
        patience: Epochs without a better score after which training ends; 0: it never does.
        report: Called with the epoch and its score.
    """

    def __init__(
        self,
        folder: Path,
        watch: Callable[[MammographyNetwork], float],
        patience: int,
        report: Callable[[Epoch, float], None],
    ) -> None:
        self._folder, self._watch = folder, watch
        self._patience, self._report = patience, report

    def __call__(self, network: MammographyNetwork, epoch: Epoch) -> bool:
        """Score an epoch's network; true if training should end."""
        score = self._watch(network)
        state = read_selection(self._folder)
        scores = [*state["scores"][: epoch.number - 1], None if math.isnan(score) else score]
        best = _best(scores)
        if best == epoch.number or not self._file(state).exists():
            save_weights(network.state_dict(), self._folder / _weights_name(epoch.number))
            state = {**state, "weights": _weights_name(epoch.number), "best": epoch.number}
        self._write({**state, "scores": scores})
        self._report(epoch, score)
        return self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the last epochs brought nothing."""
        state = read_selection(self._folder)
        waited = len(state["scores"]) - state["best"]
        return 0 < self._patience <= waited

    def _file(self, state: dict[str, Any]) -> Path:
        return self._folder / (state["weights"] or "none")

    def _write(self, state: dict[str, Any]) -> None:
        draft = self._folder / f"{STATE_NAME}.new"
        draft.write_text(json.dumps(state, indent=2), encoding="utf-8")
        draft.replace(self._folder / STATE_NAME)
        for former in self._folder.glob("best-*.safetensors"):
            if former.name != state["weights"]:
                former.unlink()


def _weights_name(number: int) -> str:
    return f"best-{number:04d}.safetensors"


def _best(scores: list[float | None]) -> int:
    """Number of the best epoch, the first of equals; 0 where no score is known."""
    known = [(score, -place) for place, score in enumerate(scores, 1) if score is not None]
    return -max(known)[1] if known else 0


def read_selection(folder: Path) -> dict[str, Any]:
    """Scores by epoch, the best epoch's number, and the file of its weights."""
    path = folder / STATE_NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        return {"scores": [], "best": 0, "weights": None}
    return json.loads(path.read_text(encoding="utf-8"))


def load_best(folder: Path, config: NetworkConfig) -> MammographyNetwork:
    """The network of the best epoch, in evaluation mode.

    Raises:
        FileNotFoundError: If no epoch was finished.
    """
    weights = read_selection(folder)["weights"]
    if weights is None:
        raise FileNotFoundError(f"{folder} holds no finished epoch.")
    network = build_network(config, seed=0)
    network.load_state_dict(load_file(folder / weights))
    return network.eval()
