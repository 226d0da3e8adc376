"""From an imported set to a packaged network, small: the split, the proof, the way on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.training import recipe
from flows.training.images import open_training_set
from flows.training.imported import TrainingRequest, run_lake_training, train_on
from flows.training.prediction import run_prediction
from flows.training.recipe import TEST, TRAINING, WATCHED, recipe_for, split_patients
from models.dataset import StreamConfig
from models.record import read_record
from tasks.datasets import cbis_mass_patches, masses
from tasks.datasets.importing import import_reading
from tasks.errors import Misconfigured
from tasks.lake.store import Lake
from tasks.redeploy.repository import CHECKSUM_FILE, verify_package
from tests.support.data_sets import HereAndNow, breast_picture, write_picture

N_PATIENTS = 40


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lake")
    for patient in range(N_PATIENTS):
        benign, part = patient % 2, "val" if patient >= N_PATIENTS - 8 else "train"
        name = f"patientcbis-ddsm__P_{patient:05d}_image1_mass1_is_benign_{benign}.png"
        folder = root / "set" / part / f"is_benign_{'true' if benign else 'false'}"
        write_picture(folder / name, breast_picture(128, seed=patient))
    reading = cbis_mass_patches.read(root / "set")
    import_reading(Lake(str(root / "lake")), cbis_mass_patches.CARD, reading, HereAndNow())
    return root / "lake"


@pytest.fixture(scope="module")
def run(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path, Path]:
    root = tmp_path_factory.mktemp("run")
    request = TrainingRequest(str(lake), epochs=1)
    with pytest.MonkeyPatch.context() as patch:
        take_small_batches(patch)
        proof = run_lake_training(request, root / "state", root / "repository", "1")
    return proof, root / "state", root / "repository"


def take_small_batches(patch: pytest.MonkeyPatch) -> None:
    crops = recipe._CROPS
    small = replace(crops, training=replace(crops.training, batch_size=8))
    patch.setattr(recipe, "_CROPS", small)


def test_the_version_carries_the_proof_on_the_sets_own_test_part(
    run: tuple[dict, Path, Path],
) -> None:
    proof, _, repository = run
    version = repository / "mammography" / "1"
    verify_package(version)
    record = read_record(version)
    assert record.metrics["cbis-mass-patches test"] == proof
    assert (proof["n_patients"], proof["kind"]) == (8, "film")
    assert record.training["data"]["images"].keys() == {TEST, TRAINING, WATCHED}


def test_the_curves_are_written(run: tuple[dict, Path, Path]) -> None:
    assert list(run[1].glob("events.out.tfevents.*"))
    assert '"epoch": 1' in (run[1] / "epochs.jsonl").read_text()


def test_the_trainings_folder_predicts_what_the_training_proved_on(
    lake: Path, run: tuple[dict, Path, Path], tmp_path: Path
) -> None:
    run_prediction(str(lake), run[1], tmp_path)
    assert (tmp_path / "scores.csv").read_bytes() == (run[1] / "test_scores.csv").read_bytes()


def test_a_taken_version_is_refused_before_any_work(lake: Path, tmp_path: Path) -> None:
    version = tmp_path / "mammography" / "1"
    version.mkdir(parents=True)
    (version / CHECKSUM_FILE).touch()
    with pytest.raises(Misconfigured, match="name another --version"):
        run_lake_training(TrainingRequest(str(lake)), tmp_path / "run", tmp_path, "1")


def test_an_absent_set_and_an_absent_start_are_answered(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="mammo import NAME"):
        run_lake_training(TrainingRequest("nowhere"), tmp_path / "run", tmp_path, "1")
    request = TrainingRequest(str(lake), start=tmp_path)
    with pytest.raises(Misconfigured, match="holds no weights"):
        run_lake_training(request, tmp_path / "run", tmp_path, "1")


def labels(n_patients: int, split: str | None = None) -> pl.DataFrame:
    rows = [(f"p{n // 2}", n // 2 % 2 == 0, split) for n in range(2 * n_patients)]
    schema = {"patient_key": pl.String, "is_malignant": pl.Boolean, "split": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_every_patient_falls_into_one_of_three_parts() -> None:
    parted = split_patients(labels(60), seed=1)
    assert set(parted["split"]) == {TRAINING, WATCHED, TEST}
    assert parted.group_by("patient_key").agg(pl.col("split").n_unique())["split"].max() == 1


def test_the_sets_own_test_part_stays_the_test() -> None:
    given = pl.concat(
        [
            labels(40, "training"),
            labels(9, "validation").with_columns(
                patient_key=pl.lit("v") + pl.col("patient_key")
            ),
        ]
    )
    parted = split_patients(given, seed=1)
    assert parted.filter(pl.col("split") == TEST)["patient_key"].str.starts_with("v").all()
    assert parted.filter(pl.col("split") == TEST).height == 18


def test_a_part_of_one_class_is_refused_with_the_remedy() -> None:
    healthy = labels(60).with_columns(is_malignant=pl.lit(value=False))
    with pytest.raises(Misconfigured, match="lacks cancers or non-cancers"):
        split_patients(healthy, seed=1)


def test_masses_of_227_pixels_are_trained_on_unresized(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_small_batches(monkeypatch)
    for film in range(1, 61, 2):  # a patient each
        word = ("Benign", "Malignant")[film // 2 % 2]
        name = f"set/MIAS Dataset/{word} Masses/mdb{film:03d}.png"
        write_picture(tmp_path / name, np.maximum(breast_picture(227, seed=film), 1))
    lake = Lake(str(tmp_path / "lake"))
    import_reading(lake, masses.CARD, masses.read(tmp_path / "set"), HereAndNow())
    images = open_training_set(tmp_path / "lake", seed=1)
    network = train_on(images, recipe_for(is_crop=True, seed=1, epochs=1), tmp_path / "run")
    assert (images.shape, images.is_crop, images.facts["kind"]) == ((1, 256, 256), True, "film")
    (one, *_) = images.stream(images.part(TEST), StreamConfig())
    assert one["image"][0, 226, :227].any()
    assert not one["image"][0, 227:].any()
    assert network.config == recipe_for(is_crop=True, seed=1).training.network


def test_crops_larger_than_a_network_input_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "set" / "MIAS Dataset"
    for name, side_px in (("Benign Masses/mdb001", 227), ("Malignant Masses/mdb023", 1100)):
        write_picture(folder / f"{name}.png", breast_picture(side_px))
    lake = Lake(str(tmp_path / "lake"))
    import_reading(lake, masses.CARD, masses.read(tmp_path / "set"), HereAndNow())
    with pytest.raises(Misconfigured, match="the largest 1120 px"):
        open_training_set(tmp_path / "lake", seed=1)
