import pytest
import torch

from models.contract import IMAGE, OUTPUTS
from models.network import MammographyNetwork, NetworkConfig, build_network


@pytest.fixture(scope="module")
def network() -> MammographyNetwork:
    return build_network(NetworkConfig(), seed=1).eval()


def half_breast(n: int, height: int = 128, width: int = 64) -> torch.Tensor:
    image = torch.randint(1, 255, (n, 1, height, width), dtype=torch.uint8)
    image[..., width // 2 :] = 0
    return image


def test_outputs_are_the_contracts(network: MammographyNetwork) -> None:
    with torch.inference_mode():
        outputs = network(half_breast(2, *IMAGE.shape[1:]))
    assert list(outputs) == [tensor.name for tensor in OUTPUTS]
    for tensor in OUTPUTS:
        found = outputs[tensor.name]
        assert (found.shape, found.dtype) == ((2, *tensor.shape), torch.float32)
        assert found.min() >= 0
        assert found.max() <= 1


def test_saliency_is_zero_outside_the_breast(network: MammographyNetwork) -> None:
    saliency = network(half_breast(1))["saliency"]
    assert (saliency[..., 2:] == 0).all()
    assert (saliency[..., :2] > 0).all()


def test_density_scores_sum_to_one(network: MammographyNetwork) -> None:
    sums = network(half_breast(3))["density_scores"].sum(1)
    torch.testing.assert_close(sums, torch.ones(3))


def test_the_malignancy_score_pools_the_strongest_cells(network: MammographyNetwork) -> None:
    image = half_breast(1)
    strongest = network.logits(image).cells[0, 0].flatten().topk(3).values.mean()
    torch.testing.assert_close(network(image)["malignancy_score"][0, 0], strongest.sigmoid())


def test_a_breast_alone_scores_as_in_a_batch(network: MammographyNetwork) -> None:
    images = half_breast(3)
    together = network(images)["malignancy_score"][1:2]
    torch.testing.assert_close(network(images[1:2])["malignancy_score"], together)


def test_the_same_seed_gives_the_same_weights_and_another_seed_another_map() -> None:
    image = half_breast(1)
    maps = [build_network(NetworkConfig(), s).eval()(image)["saliency"] for s in (1, 1, 2)]
    assert torch.equal(maps[0], maps[1])
    assert not torch.allclose(maps[0], maps[2])
