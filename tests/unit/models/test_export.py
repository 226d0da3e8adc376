from pathlib import Path

import pytest
import torch

from models import export
from models.export import (
    UNTRAINED_CALIBRATION,
    ExportMismatchError,
    difference_from_eager,
    export_onnx,
    package,
)
from models.network import MammographyNetwork, NetworkConfig, build_network
from models.packaged import load_packaged
from models.record import describe_file, read_record

SHAPE = (1, 128, 64)


@pytest.fixture(scope="module")
def network() -> MammographyNetwork:
    return build_network(NetworkConfig(), seed=3)


@pytest.fixture(scope="module")
def folder(network: MammographyNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    version = tmp_path_factory.mktemp("mammography") / "7"
    facts = {"training": {"seed": 3}, "metrics": {}, "calibration": UNTRAINED_CALIBRATION}
    package(network, version, status="untrained", facts=facts, shape=SHAPE)
    return version


def test_exported_and_eager_agree_at_every_batch_size(
    network: MammographyNetwork, folder: Path
) -> None:
    for n in (1, 5, 8):
        images = torch.randint(0, 255, (n, *SHAPE), dtype=torch.uint8)
        assert difference_from_eager(network.eval(), folder / "model.onnx", images) < 1e-3


def test_the_packaged_network_answers_as_the_one_that_was_packaged(
    network: MammographyNetwork, folder: Path
) -> None:
    image = torch.full((1, *SHAPE), 90, dtype=torch.uint8)
    torch.testing.assert_close(load_packaged(folder)(image), network.eval()(image))


def test_the_record_names_version_digests_and_limits(folder: Path) -> None:
    record = read_record(folder)
    assert record.model_version == "7"
    assert record.files["model.onnx"] == describe_file(folder / "model.onnx")
    assert "not for clinical use" in record.notice
    assert len(record.calibration["band_edges"]) == 9


def test_a_file_too_large_for_git_is_not_kept(
    network: MammographyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_WEIGHTS_BYTES", 1000)
    with pytest.raises(ExportMismatchError, match="at most 1000"):
        export_onnx(network, tmp_path / "model.onnx", SHAPE)
    assert not (tmp_path / "model.onnx").exists()
