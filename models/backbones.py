"""Backbones by name: torchvision's classifiers cut into stages and fed one channel.

Heads, pooling and normalisation are `models.network`'s work; weights are torchvision's.
"""

from collections.abc import Iterable
from pickle import UnpicklingError
from urllib.error import URLError

import torch
from torch import Tensor, nn
from torchvision import models as zoo

from models.efficientnet_lite import build_efficientnet_lite0

BACKBONES = (
    "convnext_small",
    "convnext_tiny",
    "efficientnet_lite0",
    "efficientnet_v2_s",
    "mobilenet_v3_large",
    "mobilenet_v3_small",
    "resnet18",
    "resnet50",
)
WEIGHTS = ("none", "imagenet")
# torchvision's mobilenets and efficientnets follow their statistics over thousands of steps; a
# campaign's training has few, and would be evaluated with statistics of its beginning.
_MOMENTUM = 0.1
_PROBE_PX = 64  # smallest side at which every backbone still has a stride of 32


class WeightsUnavailableError(RuntimeError):
    """Pretrained weights were asked for and could not be fetched."""


def _classifier(name: str, weights: str) -> nn.Module:
    """Torchvision's classifier, with ImageNet weights or drawn at random."""
    if name not in BACKBONES or weights not in WEIGHTS:
        raise ValueError(
            f"No backbone {name!r} with weights {weights!r}: choose one of "
            f"{', '.join(BACKBONES)} and one of {', '.join(WEIGHTS)}."
        )
    try:
        if name == "efficientnet_lite0":
            return build_efficientnet_lite0(is_pretrained=weights == "imagenet")
        return zoo.get_model(name, weights="DEFAULT" if weights == "imagenet" else None)
    except (URLError, OSError, RuntimeError, EOFError, UnpicklingError) as error:
        raise WeightsUnavailableError(
            f"ImageNet weights of {name} could not be fetched whole ({error}). Remove what an "
            "interrupted download left, and try again. Train with weights 'none', or put "
            "torchvision's file into TORCH_HOME/hub/checkpoints, or take efficientnet_lite0, "
            "whose weights are a Python package."
        ) from error


def _blocks(classifier: nn.Module) -> list[nn.Module]:
    """The feature blocks in order, without pooling and classifier."""
    features = getattr(classifier, "features", None)
    if isinstance(features, nn.Sequential):
        return list(features)
    parts = dict(classifier.named_children())
    stem = nn.Sequential(*(parts[name] for name in ("conv1", "bn1", "relu", "maxpool")))
    return [stem, *(parts[f"layer{i}"] for i in range(1, 5))]


def _first_convolution(module: nn.Module) -> tuple[nn.Module, str, nn.Conv2d]:
    """The first convolution with its parent and its name there."""
    for path, child in module.named_modules():
        if isinstance(child, nn.Conv2d):
            parent, _, name = path.rpartition(".")
            return module.get_submodule(parent), name, child
    raise ValueError(f"{type(module).__name__} has no convolution.")


def use_one_channel(stem: nn.Module) -> None:
    """Replace the first convolution by one of one channel, in place.

    The kernel is summed over the colours: a grey image gives what three equal channels gave.
    """
    parent, name, old = _first_convolution(stem)
    new = nn.Conv2d(
        1,
        old.out_channels,
        kernel_size=(old.kernel_size[0], old.kernel_size[1]),
        stride=(old.stride[0], old.stride[1]),
        padding=old.padding if isinstance(old.padding, str) else next(iter(old.padding)),
        bias=old.bias is not None,
    )
    new.weight.data = old.weight.data.sum(dim=1, keepdim=True)
    if old.bias is not None and new.bias is not None:
        new.bias.data = old.bias.data
    setattr(parent, name, new)


def _probe(blocks: Iterable[nn.Module]) -> list[tuple[int, int]]:
    """Stride and channels after each block, found by running a small image."""
    found: list[tuple[int, int]] = []
    features = torch.zeros(1, 1, _PROBE_PX, _PROBE_PX)
    with torch.no_grad():
        for block in blocks:
            features: Tensor = block.eval()(features)
            found.append((_PROBE_PX // features.shape[-1], features.shape[1]))
    return found


class Backbone(nn.Module):
    """A fully convolutional backbone that hands out its features by stride.

    Args:
        name: One of BACKBONES.
        weights: One of WEIGHTS.

    Attributes:
        channels: Stride in pixels to the number of channels of its last block.
    """

    def __init__(self, name: str, weights: str = "none") -> None:
        super().__init__()
        blocks = _blocks(_classifier(name, weights))
        use_one_channel(blocks[0])
        probed = _probe(blocks)
        self.channels = dict(probed)
        self.stages = nn.ModuleDict()
        for stride in self.channels:
            same = [b for b, (s, _) in zip(blocks, probed, strict=True) if s == stride]
            self.stages[str(stride)] = nn.Sequential(*same)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = _MOMENTUM
        self.train()

    def forward(self, image: Tensor) -> dict[int, Tensor]:
        """Features by stride; image is [n, 1, height, width] float, sides multiples of 32."""
        features: dict[int, Tensor] = {}
        for stride, stage in self.stages.items():
            image = stage(image)
            features[int(stride)] = image
        return features
