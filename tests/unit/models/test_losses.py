import torch

from models.losses import density_loss, focal_loss, losses, score_loss
from models.network import NetworkConfig, build_network
from models.targets import UNKNOWN


def test_an_unknown_cell_costs_nothing() -> None:
    cells, target = torch.randn(1, 7, 4, 4), torch.zeros(1, 7, 4, 4)
    inside = torch.ones(1, 7, 4, 4, dtype=torch.bool)
    before = focal_loss(cells, target, inside)
    target[0, 0, 0, 0] = UNKNOWN
    cells[0, 0, 1, 1] = 50.0
    inside[0, 0, 1, 1] = False
    assert focal_loss(cells, target, inside) < before


def test_a_benign_lesion_weighs_as_a_cancer_in_the_malignancy_map() -> None:
    cells, target = torch.full((1, 7, 4, 4), -9.0), torch.zeros(1, 7, 4, 4)
    inside = torch.ones(1, 7, 4, 4, dtype=torch.bool)
    cells[0, 0, 0, 0] = 2.0
    background = focal_loss(cells, target, inside)
    target[0, 1, 0, 0], cells[0, 1, 0, 0] = 1.0, 9.0
    assert focal_loss(cells, target, inside) > 2.5 * background


def test_a_right_and_sure_answer_costs_less_than_a_wrong_one() -> None:
    target = torch.tensor([[1.0, 0.0, UNKNOWN]])
    right, wrong = torch.tensor([[5.0, -5.0, 9.0]]), torch.tensor([[-5.0, 5.0, 9.0]])
    assert score_loss(right, target) < 0.02 < score_loss(wrong, target)


def test_a_batch_without_any_truth_costs_zero_and_can_be_descended() -> None:
    network = build_network(NetworkConfig(), seed=0)
    logits = network.logits(torch.full((2, 1, 64, 64), 99, dtype=torch.uint8))
    parts = losses(
        logits,
        {
            "cells": torch.full((2, 7, 4, 4), UNKNOWN),
            "scores": torch.full((2, 7), UNKNOWN),
            "density": torch.tensor([-1, -1]),
        },
    )
    total = torch.stack(list(parts.values())).sum()
    total.backward()
    assert total.item() == 0


def test_the_density_loss_is_the_mean_over_known_densities() -> None:
    logits = torch.tensor([[4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 9.0]])
    alone = density_loss(logits[:1], torch.tensor([0]))
    assert density_loss(logits, torch.tensor([0, -1])) == alone
