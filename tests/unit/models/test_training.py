import math
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import torch

from models.augmentation import Augmentation
from models.checkpoint import OtherConfigurationError
from models.dataset import MammogramStream, StreamConfig
from models.meter import Epoch
from models.network import MammographyNetwork
from models.scoring import (
    exam_auc,
    hit_rate,
    mean_breast_scores,
    pointing,
    score_images,
)
from models.tables import open_table, read_labels
from models.training import (
    DivergedError,
    Trainer,
    TrainingConfig,
    average_decay,
    describe_device,
    rate_share,
)
from tests.support.network_inputs import SHAPE, write_tables

CPU = torch.device("cpu")
CONFIG = TrainingConfig(epochs=2, batch_size=8, average_decay=0.5)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_tables(tmp_path_factory.mktemp("tables"), 16)


def stream(tables: tuple[Path, Path], config: StreamConfig | None = None) -> MammogramStream:
    config = config or StreamConfig(Augmentation(), seed=1)
    return MammogramStream(open_table(tables[0]), read_labels(tables[1]), config, SHAPE)


def train(
    tables: tuple[Path, Path], folder: Path, config: TrainingConfig
) -> MammographyNetwork:
    return Trainer(config, stream(tables), folder, CPU).run(lambda network, epoch: None)


class KilledError(Exception):
    pass


def test_a_killed_run_resumes_to_the_same_weights(
    tables: tuple[Path, Path], tmp_path: Path
) -> None:
    def kill(network: MammographyNetwork, epoch: Epoch) -> None:
        if epoch.number == 2:
            raise KilledError

    with pytest.raises(KilledError):
        Trainer(CONFIG, stream(tables), tmp_path / "killed", CPU).run(kill)
    resumed = train(tables, tmp_path / "killed", CONFIG).state_dict()
    undisturbed = train(tables, tmp_path / "undisturbed", CONFIG).state_dict()
    for name, tensor in undisturbed.items():
        torch.testing.assert_close(resumed[name], tensor, rtol=1e-5, atol=1e-6, msg=name)
    assert len(list((tmp_path / "killed").glob("*.safetensors"))) == 1


def test_accumulated_batches_make_one_step(
    tables: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[float] = []
    descend = Trainer._descend

    def count(trainer: Trainer, progress: float) -> None:
        steps.append(progress)
        descend(trainer, progress)

    monkeypatch.setattr(Trainer, "_descend", count)
    train(tables, tmp_path, replace(CONFIG, epochs=1, batch_size=4, accumulation=4))
    assert steps == [0.5, 1.0]  # 32 images in 8 batches


def test_the_callback_may_end_the_training(tables: tuple[Path, Path], tmp_path: Path) -> None:
    seen: list[int] = []
    trainer = Trainer(replace(CONFIG, epochs=9), stream(tables), tmp_path, CPU)
    trainer.run(lambda network, epoch: seen.append(epoch.number) or epoch.number == 2)
    assert seen == [1, 2]


def test_a_run_is_not_continued_with_another_configuration(
    tables: tuple[Path, Path], tmp_path: Path
) -> None:
    train(tables, tmp_path, replace(CONFIG, epochs=1))
    with pytest.raises(OtherConfigurationError, match="another folder"):
        train(tables, tmp_path, replace(CONFIG, epochs=1, seed=9))


def test_training_finds_bright_squares(tables: tuple[Path, Path], tmp_path: Path) -> None:
    network = train(tables, tmp_path, replace(CONFIG, epochs=14, batch_size=4))
    plain, labels = stream(tables, StreamConfig()), read_labels(tables[1])
    scores = score_images(network, plain)
    assert exam_auc(mean_breast_scores(scores, labels), labels).value > 0.95
    hits = pointing(scores, labels, open_table(tables[0]))
    assert hits.height == 8
    assert hit_rate(hits, ["malignant"]).value > 0.8


def test_a_loss_that_is_no_number_stops_the_run(
    tables: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(DivergedError, match="lower the learning rate"):
        train(tables, tmp_path, replace(CONFIG, learning_rate=math.inf))


def test_a_stream_below_one_batch_is_refused(tables: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="add data"):
        train(tables, tmp_path, replace(CONFIG, batch_size=64))


def test_where_there_is_no_gpu_it_is_said_with_the_remedy() -> None:
    sentence = describe_device(torch.device("cpu"))
    assert sentence.startswith("No GPU was found: training on ")
    assert "install a torch built for CUDA" in sentence


@pytest.mark.parametrize(
    ("n_steps", "decay"), [(1, 0.0), (5, 0.0), (27, 1 - 5 / 27), (250, 0.98), (4000, 0.98)]
)
def test_the_average_forgets_the_start_of_a_short_training(n_steps: int, decay: float) -> None:
    config = TrainingConfig(epochs=1, batch_size=4, accumulation=2)
    assert average_decay(config, 8 * n_steps) == pytest.approx(decay)
    assert decay**n_steps < 0.01


def test_the_rate_rises_to_its_highest_and_falls_to_zero() -> None:
    shares = [rate_share(progress / 100, 0.1) for progress in range(101)]
    assert max(shares) == shares[10] == 1
    assert shares[0] > 0
    assert shares[100] == pytest.approx(0)
    assert sorted(shares[10:], reverse=True) == shares[10:]


def test_scores_name_their_image_once(tables: tuple[Path, Path]) -> None:
    network = Trainer(CONFIG, stream(tables), Path(), CPU).averaged
    scores = score_images(network, stream(tables, StreamConfig()), batch_size=3)
    assert scores["sop_instance_key"].n_unique() == scores.height == 32
    assert scores.select(pl.col("malignancy_score").is_between(0, 1).all()).item()
