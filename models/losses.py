"""The losses of one batch: cells, pooled scores and density, each skipping what is unknown.

It refuses nothing: a batch without any truth costs zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from models.network import Logits
from models.targets import UNKNOWN

_FOCUS = 2.0
_POSITIVE_SHARE = 0.75  # weight of lesion cells against background


@dataclass(frozen=True)
class LossWeights:
    """How much each part counts.

    Args:
        cells: Where lesions are.
        scores: What the image holds.
        density: Its breast density.
    """

    cells: float = 1.0
    scores: float = 1.0
    density: float = 0.2


def losses(logits: Logits, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Each part's loss, unweighted; batch holds cells, scores and density."""
    inside = logits.breast.expand_as(logits.cells)
    return {
        "cells": focal_loss(logits.cells, batch["cells"], inside),
        "scores": score_loss(logits.images, batch["scores"]),
        "density": density_loss(logits.density, batch["density"]),
    }


def focal_loss(cells: Tensor, target: Tensor, inside: Tensor) -> Tensor:
    """Focal loss over the breast's cells, divided by the number of lesion cells.

    Args:
        cells: [n, maps, h, w] logits.
        target: The same shape, 0-1 or UNKNOWN.
        inside: The same shape, bool: the breast.

    References:
        Lin et al., "Focal Loss for Dense Object Detection", 2017, equation 5.
    """
    known = (target != UNKNOWN) & inside
    truth = target.clamp(min=0.0)
    loss = functional.binary_cross_entropy_with_logits(cells, truth, reduction="none")
    missed = (cells.sigmoid() - truth).abs() ** _FOCUS
    share = _POSITIVE_SHARE * truth + (1 - _POSITIVE_SHARE) * (1 - truth)
    n_positive = (truth * known).sum().clamp(min=1.0)
    return (loss * missed * share * known).sum() / n_positive


def score_loss(scores: Tensor, target: Tensor) -> Tensor:
    """Cross entropy of pooled logits, mean over what is known; [n, maps] each."""
    known = target != UNKNOWN
    loss = functional.binary_cross_entropy_with_logits(
        scores, target.clamp(min=0.0), reduction="none"
    )
    return (loss * known).sum() / known.sum().clamp(min=1)


def density_loss(density: Tensor, target: Tensor) -> Tensor:
    """Cross entropy over the density classes; target -1 is unknown."""
    summed = functional.cross_entropy(density, target, ignore_index=-1, reduction="sum")
    return summed / (target >= 0).sum().clamp(min=1)
