"""The network: one uint8 network input in, the contract's four tensors out, by name.

Normalisation, breast mask, pooling and sigmoids lie in the graph; losses and data do not.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.backbones import Backbone
from models.contract import (
    DENSITIES,
    DENSITY_SCORES,
    FINDING_CLASSES,
    FINDING_SCORES,
    MALIGNANCY_SCORE,
    SALIENCY,
    SALIENCY_STRIDE_PX,
)

MAPS = ("malignancy", *FINDING_CLASSES)
"""Order of the maps and of the image logits."""

# Logit of a cell without breast: below any other, and finite in half precision.
_OUTSIDE = -20.0
# First bias of the maps: lesions are rare, and training starts calm (RetinaNet, 4.1).
_PRIOR = -4.0


@dataclass(frozen=True)
class NetworkConfig:
    """What makes a network, besides its weights.

    Args:
        backbone: One of `models.backbones.BACKBONES`.
        weights: Where training starts: none (drawn at random) or imagenet.
        width: Channels in which the strides meet.
        top_k: Cells whose mean is the image's logit.
    """

    backbone: str = "mobilenet_v3_small"
    weights: str = "none"
    width: int = 96
    top_k: int = 3


@dataclass(frozen=True)
class Logits:
    """What losses need, before any sigmoid.

    Args:
        cells: [n, len(MAPS), height / 16, width / 16]; `_OUTSIDE` where there is no breast.
        images: [n, len(MAPS)]; the mean of the `top_k` highest cells.
        density: [n, len(DENSITIES)].
        breast: [n, 1, height / 16, width / 16], bool.
    """

    cells: Tensor
    images: Tensor
    density: Tensor
    breast: Tensor


def breast_cells(image: Tensor) -> Tensor:
    """Cells of 16x16 pixels that hold any breast: [n, 1, h, w] bool; background is zero."""
    return functional.max_pool2d((image > 0).float(), SALIENCY_STRIDE_PX) > 0


class Pyramid(nn.Module):
    """Brings features of strides 8, 16 and 32 together at stride 16.

    Stride 8 sees calcifications of one or two pixels, stride 32 the shape of a mass.
    """

    def __init__(self, channels: dict[int, int], width: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleDict(
            {str(stride): nn.Conv2d(channels[stride], width, 1) for stride in (8, 16, 32)}
        )
        self.mix = nn.Sequential(
            nn.BatchNorm2d(width),
            nn.Hardswish(),
            nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False),
            nn.BatchNorm2d(width),
            nn.Conv2d(width, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.Hardswish(),
        )

    def forward(self, features: dict[int, Tensor]) -> Tensor:
        """[n, width, height / 16, width / 16]."""
        fine = functional.max_pool2d(self.lateral["8"](features[8]), 2)
        middle: Tensor = self.lateral["16"](features[16])
        coarse = functional.interpolate(self.lateral["32"](features[32]), scale_factor=2.0)
        return self.mix(fine + middle + coarse)


class MammographyNetwork(nn.Module):
    """Multiple-instance network: maps of malignancy and findings, pooled to image scores."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config.backbone, config.weights)
        self.pyramid = Pyramid(self.backbone.channels, config.width)
        self.maps = nn.Conv2d(config.width, len(MAPS), 1)
        self.density = nn.Linear(config.width, len(DENSITIES))
        nn.init.constant_(self.maps.bias, _PRIOR)  # pyright: ignore[reportArgumentType] -- has a bias

    def logits(self, image: Tensor) -> Logits:
        """Run the network up to its logits.

        Args:
            image: [n, 1, height, width] uint8, sides multiples of 32.
        """
        breast = breast_cells(image)
        shared = self.pyramid(self.backbone((image.float() / 255.0 - 0.25) / 0.25))
        cells = self.maps(shared).float().masked_fill(~breast, _OUTSIDE)
        strongest = cells.flatten(2).topk(self.config.top_k, dim=2).values
        inside = breast.to(shared.dtype)
        mean = (shared * inside).sum((2, 3)) / inside.sum((2, 3)).clamp(min=1.0)
        return Logits(cells, strongest.mean(2), self.density(mean).float(), breast)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The contract's outputs by name; image is [n, 1, height, width] uint8."""
        logits = self.logits(image)
        scores = logits.images.sigmoid()
        return {
            MALIGNANCY_SCORE.name: scores[:, :1],
            FINDING_SCORES.name: scores[:, 1:],
            DENSITY_SCORES.name: logits.density.softmax(1),
            SALIENCY.name: logits.cells.amax(1).sigmoid() * logits.breast[:, 0].float(),
        }


def build_network(config: NetworkConfig, seed: int) -> MammographyNetwork:
    """A network whose first weights depend on `seed` alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MammographyNetwork(config)
