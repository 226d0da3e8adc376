import json
from dataclasses import replace
from pathlib import Path

import pytest

from flows.training import demonstration
from flows.training.demonstration import make_demonstration_model
from flows.training.demonstration_plan import DemonstrationPlan, Stage
from models.packaged import load_packaged
from models.record import ModelRecord, read_record
from models.training import TrainingConfig
from tasks.redeploy.repository import verify_package
from tasks.synthetic.plan import CampaignPlan

SMALL = CampaignPlan(4, seed=71, cancer_fraction=0.5, trouble=False, size_scale=0.25)
QUICK = TrainingConfig(epochs=1, batch_size=4)
PLAN = DemonstrationPlan(
    training=SMALL,
    calibration=replace(SMALL, seed=72),
    test=replace(SMALL, seed=73),
    stages=(
        Stage("patches", QUICK, {}, patch_px=96),
        Stage("images", QUICK, {}),
    ),
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("training")
    return root / "work", root / "mammography" / "3"


@pytest.fixture(scope="module")
def record(folders: tuple[Path, Path]) -> ModelRecord:
    return make_demonstration_model(*folders, n_workers=1, plan=PLAN)


def test_the_package_holds_a_trained_network_with_its_proof(
    record: ModelRecord, folders: tuple[Path, Path]
) -> None:
    assert (record.status, record.model_version) == ("trained", "3")
    proof = record.metrics["generated_test"]
    assert (proof["n_exams"], proof["n_images"], proof["seed"]) == (4, 16, 73)
    assert 0 <= proof["exam_auc"]["low"] <= proof["exam_auc"]["high"] <= 1
    assert load_packaged(folders[1]).config == QUICK.network
    verify_package(folders[1])


def test_the_record_can_be_inserted_as_a_calibration(
    record: ModelRecord, folders: tuple[Path, Path]
) -> None:
    stored = json.loads((folders[1] / "model.json").read_text())["calibration"]
    assert stored.keys() == {
        "slope",
        "intercept",
        "band_edges",
        "n_exams",
        "n_cancers",
        "data",
    }
    assert sorted(set(stored["band_edges"])) == stored["band_edges"]


def test_the_record_says_how_to_remake_the_model(
    record: ModelRecord, folders: tuple[Path, Path]
) -> None:
    stored = read_record(folders[1])
    assert stored.training["command"].startswith("python -m flows.training")
    assert {name: data["seed"] for name, data in stored.training["data"].items()} == {
        "training": 71,
        "calibration": 72,
        "test": 73,
    }


def test_a_second_call_trains_nothing_and_gives_the_same_weights(
    record: ModelRecord, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstration.Trainer, "_run_epoch", None)
    again = make_demonstration_model(*folders, n_workers=1, plan=PLAN)
    assert again.files["model.safetensors"] == record.files["model.safetensors"]
