import math
from pathlib import Path

import pytest
import torch

from models.meter import Epoch
from models.network import MammographyNetwork, NetworkConfig, build_network
from models.selection import BestEpoch, load_best, read_selection

CONFIG = NetworkConfig()


def network_of(value: float) -> MammographyNetwork:
    network = build_network(CONFIG, seed=0)
    torch.nn.init.constant_(network.density.bias, value)
    return network


def run(folder: Path, scores: list[float], patience: int = 2, first: int = 1) -> list[int]:
    """Epochs until training ends; an epoch's network carries its number."""
    seen: list[int] = []
    queue = iter(scores)
    best = BestEpoch(
        folder, lambda _: next(queue), patience, lambda e, _: seen.append(e.number)
    )
    for number in range(first, first + len(scores)):
        if best(network_of(number), Epoch(number, {}, 0.0)):
            break
    return seen


def chosen(folder: Path) -> float:
    return load_best(folder, CONFIG).density.bias[0].item()


def test_the_best_epoch_is_kept_and_patience_ends_the_run(tmp_path: Path) -> None:
    assert run(tmp_path, [0.5, 0.7, 0.6, 0.7, 0.9]) == [1, 2, 3, 4]
    assert chosen(tmp_path) == 2
    assert len(list(tmp_path.glob("best-*.safetensors"))) == 1


def test_a_killed_run_remembers_its_best(tmp_path: Path) -> None:
    run(tmp_path, [0.5, 0.8])
    run(tmp_path, [0.8, 0.6], first=2)  # the second epoch's state was lost by the kill
    assert read_selection(tmp_path)["scores"] == [0.5, 0.8, 0.6]
    assert chosen(tmp_path) == 2


def test_an_epoch_without_a_score_is_never_better(tmp_path: Path) -> None:
    run(tmp_path, [math.nan, 0.4, math.nan], patience=0)
    assert chosen(tmp_path) == 2


def test_a_run_without_an_epoch_has_no_best(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no finished epoch"):
        load_best(tmp_path, CONFIG)
