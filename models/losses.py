"""The losses of one batch: cells, pooled scores and density, each skipping what is unknown.

It refuses nothing: a batch without any truth costs zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.network import Logits
from models.targets import UNKNOWN

_FOCUS = 2.0
_PARTS = (slice(0, 1), slice(1, None))  # of MAPS: malignancy; the findings
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

    Background cells weigh little, there are so many. A benign lesion's cell is no background of
    the malignancy map: it weighs as a cancer's, or benign would not be told from malignant.

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
    lesion = truth.amax(1, keepdim=True) > 0
    is_decided = torch.where(lesion & _is_malignancy_map(truth), 1.0, truth)
    share = _POSITIVE_SHARE * is_decided + (1 - _POSITIVE_SHARE) * (1 - is_decided)
    n_positive = (truth * known).sum().clamp(min=1.0)
    return (loss * missed * share * known).sum() / n_positive


def _is_malignancy_map(maps: Tensor) -> Tensor:
    """[1, maps, 1, 1] bool: true for the first map."""
    return (torch.arange(maps.shape[1], device=maps.device) == 0)[None, :, None, None]


def score_loss(scores: Tensor, target: Tensor) -> Tensor:
    """Cross entropy of pooled logits, [n, maps] each: of malignancy, and of the findings."""
    known = target != UNKNOWN
    loss = functional.binary_cross_entropy_with_logits(
        scores, target.clamp(min=0.0), reduction="none"
    )
    parts = (
        (loss * known)[:, part].sum() / known[:, part].sum().clamp(min=1) for part in _PARTS
    )
    return torch.stack(tuple(parts)).sum()


def density_loss(density: Tensor, target: Tensor) -> Tensor:
    """Cross entropy over the density classes; target -1 is unknown."""
    summed = functional.cross_entropy(density, target, ignore_index=-1, reduction="sum")
    return summed / (target >= 0).sum().clamp(min=1)
