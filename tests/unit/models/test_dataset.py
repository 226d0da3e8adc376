from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch

from models import dataset
from models.augmentation import Augmentation
from models.dataset import MammogramStream, StreamConfig
from models.tables import open_table, read_labels
from models.targets import UNKNOWN
from tests.support.network_inputs import SHAPE, breast, write_tables


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_tables(tmp_path_factory.mktemp("tables"), 20)


def stream(tables: tuple[Path, Path], config: StreamConfig) -> MammogramStream:
    return MammogramStream(open_table(tables[0]), read_labels(tables[1]), config, SHAPE)


def keys(of: MammogramStream) -> list[str]:
    return [sample["sop_instance_key"] for sample in of]


def test_without_augmentation_images_come_as_they_are_stored(
    tables: tuple[Path, Path],
) -> None:
    samples = list(stream(tables, StreamConfig()))
    assert len(samples) == 40
    stored, _ = breast(2, is_malignant=True)
    image = next(s for s in samples if s["sop_instance_key"] == "001-R")["image"]
    assert np.array_equal(image[0].numpy(), stored)


def test_the_lesions_cells_are_marked(tables: tuple[Path, Path]) -> None:
    for sample in stream(tables, StreamConfig()):
        bright = torch.nn.functional.avg_pool2d(sample["image"].float(), 16)[0] > 180
        assert (sample["cells"][0][bright] == 1).all()
        assert sample["scores"][0] == (sample["cells"][0] == 1).any()


def test_an_epoch_is_a_function_of_seed_and_epoch(tables: tuple[Path, Path]) -> None:
    config = StreamConfig(Augmentation(), shuffle_images=8, seed=3)
    one, same, later = (stream(tables, config) for _ in range(3))
    later.epoch = 1
    assert keys(one) == keys(same)
    assert keys(one) != keys(later)
    assert sorted(keys(one)) == sorted(keys(later))


def test_images_with_lesions_are_repeated(tables: tuple[Path, Path]) -> None:
    repeated = stream(tables, StreamConfig(Augmentation(), copies={"malignant": 3}))
    found = keys(repeated)
    assert found.count("001-R") == 3
    assert found.count("001-L") == 1
    assert len(found) == repeated.expected_images == 60


def test_an_epoch_may_leave_out_some_normal_images(tables: tuple[Path, Path]) -> None:
    found = keys(stream(tables, StreamConfig(Augmentation(), copies={"no_finding": 0})))
    assert sorted(found) == [f"{exam:03d}-R" for exam in range(1, 20, 2)]


def test_loaders_share_the_files_between_them(
    tables: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    for number in range(3):
        loader = SimpleNamespace(id=number, num_workers=3)
        monkeypatch.setattr(dataset, "get_worker_info", lambda loader=loader: loader)
        found += keys(stream(tables, StreamConfig(Augmentation())))
    assert len(found) == len(set(found)) == 40


@pytest.mark.long  # each process imports torch, which takes minutes on a busy machine
def test_loaders_in_processes_share_the_files(tables: tuple[Path, Path]) -> None:
    loader = torch.utils.data.DataLoader(
        stream(tables, StreamConfig(Augmentation())),
        batch_size=None,
        num_workers=2,
        multiprocessing_context="forkserver",
    )
    found = [sample["sop_instance_key"] for sample in loader]
    assert len(found) == len(set(found)) == 40


def test_a_finding_without_regions_leaves_the_cells_unknown(tables: tuple[Path, Path]) -> None:
    labels = read_labels(tables[1]).with_columns(regions=pl.col("regions").list.head(0))
    bare = MammogramStream(open_table(tables[0]), labels, StreamConfig(), SHAPE)
    cells = {sample["sop_instance_key"]: sample["cells"] for sample in bare}
    assert (cells["001-R"] == UNKNOWN).all()
    assert (cells["001-L"] == 0).all()


def test_a_delta_table_streams_like_a_folder_of_parquet(
    tables: tuple[Path, Path], tmp_path: Path
) -> None:
    pl.read_parquet(tables[0] / "*.parquet").write_delta(tmp_path / "images")
    of_delta = stream((tmp_path / "images", tables[1]), StreamConfig())
    assert sorted(keys(of_delta)) == sorted(keys(stream(tables, StreamConfig())))


def test_the_names_of_files_change_nothing(tables: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for place, path in enumerate(sorted(tables[0].glob("*.parquet"), reverse=True)):
        (tmp_path / "images" / f"{place}.parquet").symlink_to(path)
    config = StreamConfig(Augmentation(), seed=3)
    assert keys(stream((tmp_path / "images", tables[1]), config)) == keys(
        stream(tables, config)
    )
