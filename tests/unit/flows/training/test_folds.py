"""Cross-validation: everyone scored once, by a network that never saw her; small."""

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.training import recipe
from flows.training.recipe import TEST, TRAINING, WATCHED, split_folds
from tasks.datasets import cbis_mass_patches
from tasks.datasets.importing import import_reading
from tasks.errors import ContractViolation, Misconfigured
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, write_picture

N_PATIENTS, N_FOLDS = 30, 3


def mammo(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crops of two parts, which the folds leave aside."""
    root = tmp_path_factory.mktemp("lake")
    for patient in range(N_PATIENTS):
        word, part = ("false", "true")[patient % 2], ("train", "val")[patient % 5 == 0]
        name = f"patientcbis-ddsm__P_{patient:05d}_image1_mass1_is_benign_{patient % 2}.png"
        picture = breast_picture(64, seed=patient)
        write_picture(root / "set" / part / f"is_benign_{word}" / name, picture)
    reading = cbis_mass_patches.read(root / "set")
    import_reading(Lake(str(root / "lake")), cbis_mass_patches.CARD, reading, HereAndNow())
    return root / "lake"


@pytest.fixture(scope="module")
def run(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What the command said, and its folder."""
    folder = tmp_path_factory.mktemp("folds")
    with pytest.MonkeyPatch.context() as patch:
        crops = recipe._CROPS
        small = replace(crops, training=replace(crops.training, batch_size=4))
        patch.setattr(recipe, "_CROPS", small)
        options = ("--data", lake, "--folder", folder, "--folds", N_FOLDS, "--epochs", 1)
        result = mammo("train", *options)
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout), folder


def test_every_patient_is_scored_by_the_one_network_that_did_not_see_her(
    run: tuple[dict[str, Any], Path],
) -> None:
    said, folder = run
    scores, split = (pl.read_csv(folder / f"{name}.csv") for name in ("scores", "split"))
    assert (said["n_patients"], scores.height) == (N_PATIENTS, N_PATIENTS)
    tested = split.filter(pl.col("split") == TEST).select("patient_key", "fold")
    assert (
        scores.select("patient_key", "fold")
        .sort("fold", "patient_key")
        .equals(tested.sort("fold", "patient_key"))
    )


def test_the_command_that_it_names_finds_no_leak(
    run: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    result = mammo(*shlex.split(run[0]["evaluate"])[1:], "--out", tmp_path)
    assert result.exit_code == 0, result.exception
    report = json.loads((tmp_path / "evaluation.json").read_text())
    assert report["leakage"]["n_training_rows"] == (N_FOLDS - 1) * N_PATIENTS
    assert list(report["scorers"]) == ["malignancy_score"]
    auc = report["scorers"]["malignancy_score"]["exam"]["auc"]
    assert auc == pytest.approx(run[0]["patient_auc"]["value"])


def test_a_score_of_another_folds_network_is_refused(
    run: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    names = [f"{number} of {N_FOLDS}" for number in range(1, N_FOLDS + 1)]
    turned = dict(zip(names, names[1:] + names[:1], strict=True))
    scores = pl.read_csv(run[1] / "scores.csv")
    scores.with_columns(pl.col("fold").replace(turned)).write_csv(tmp_path / "scores.csv")
    command = shlex.split(run[0]["evaluate"])[1:]
    command[command.index("--scores") + 1] = str(tmp_path / "scores.csv")
    result = mammo(*command, "--out", tmp_path / "out")
    assert isinstance(result.exception, ContractViolation)
    assert "in evaluation and training" in str(result.exception)


def labels(n_cancers: int) -> pl.DataFrame:
    patients = [(f"p{n}", n < n_cancers) for n in range(20) for _ in "RL"]
    return pl.DataFrame(patients, ["patient_key", "is_malignant"], orient="row")


def test_folds_are_of_like_composition_and_watch_other_patients_than_they_test() -> None:
    for parted in split_folds(labels(10), 5, seed=1):
        assert set(parted["split"]) == {TEST, TRAINING, WATCHED}
        patients = parted.unique().group_by("split").agg(pl.col("is_malignant").sum())
        assert dict(patients.iter_rows()) == {TEST: 2, WATCHED: 2, TRAINING: 6}


def test_too_few_cancers_for_the_folds_are_told_before_any_training() -> None:
    with pytest.raises(Misconfigured, match="lacks cancers"):
        list(split_folds(labels(4), 5, seed=1))


def test_folds_of_generated_exams_are_refused() -> None:
    assert mammo("train", "--folds", 3).exit_code == 2
