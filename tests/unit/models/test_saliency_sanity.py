"""Whether saliency means anything: of the shipped network, on a breast with a bright mass.

References:
    Adebayo et al., "Sanity Checks for Saliency Maps", 2018: a map that does not change with the
    weights explains nothing.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.contract import IMAGE, SALIENCY_STRIDE_PX
from models.network import MammographyNetwork
from models.packaged import load_packaged

VERSION = Path(__file__).parents[3] / "triton_repo/mammography/1"
MASS = (slice(480, 560), slice(120, 200))


@pytest.fixture(scope="module")
def network() -> MammographyNetwork:
    return load_packaged(VERSION)


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    """A textured half-ellipse with a mass, on background of 0."""
    height, width = IMAGE.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    inside = ((rows - 512) / 460) ** 2 + (columns / 330) ** 2 < 1
    texture = np.random.default_rng(0).normal(90, 8, inside.shape)
    pixels = np.where(inside, np.clip(texture, 1, 255), 0).astype(np.uint8)
    pixels[MASS] = 220
    return torch.from_numpy(pixels)[None, None]


def saliency(network: MammographyNetwork, image: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return network(image)["saliency"][0]


def test_less_than_a_hundredth_of_the_attribution_lies_outside_the_breast(
    network: MammographyNetwork, image: torch.Tensor
) -> None:
    drawn = saliency(network, image)
    pooled = torch.nn.functional.max_pool2d((image > 0).float(), SALIENCY_STRIDE_PX)[0, 0]
    assert drawn.max() > 0
    assert drawn[pooled == 0].sum() < 0.01 * drawn.sum()


def test_pixels_outside_the_breast_hardly_move_the_score(
    network: MammographyNetwork, image: torch.Tensor
) -> None:
    """Occlusion, which trusts no mask of the network's own."""
    turned = image.clone()
    turned[..., :64, 448:] = 60  # a lead marker in the corner
    with torch.inference_mode():
        plain, marked = (network.logits(one).images[0, 0].item() for one in (image, turned))
        emptied = image.clone()
        emptied[0, 0][MASS] = 90
        without = network.logits(emptied).images[0, 0].item()
    assert abs(marked - plain) < abs(plain - without)


@pytest.mark.parametrize("part", ["maps", "pyramid", "backbone"])
def test_randomised_weights_change_the_map(
    network: MammographyNetwork, image: torch.Tensor, part: str
) -> None:
    other = load_packaged(VERSION)
    generator = torch.Generator().manual_seed(1)
    for parameter in getattr(other, part).parameters():
        if parameter.ndim > 1:
            spread = parameter.data.std()
            parameter.data = spread * torch.randn(parameter.shape, generator=generator)
    maps = torch.stack([saliency(one, image).flatten() for one in (network, other)])
    assert torch.corrcoef(maps)[0, 1] < 0.7
