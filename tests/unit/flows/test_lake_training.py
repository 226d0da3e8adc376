"""From an imported set to a packaged network, small: the split, the proof, the way on."""

from pathlib import Path

import polars as pl
import pytest

from flows import lake_recipe, lake_training
from flows.lake_recipe import TEST, TRAINING, WATCHED, split_patients
from flows.lake_training import TrainingRequest, run_lake_training
from models.record import read_record
from tasks.datasets import cbis_mass_patches
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
        quick = lake_recipe.replace(
            lake_recipe._CROPS, training=lake_recipe.replace(_training(), batch_size=8)
        )
        patch.setattr(lake_recipe, "_CROPS", quick)
        proof = run_lake_training(request, root / "state", root / "repository", "1")
    return proof, root / "state", root / "repository"


def _training() -> lake_recipe.TrainingConfig:
    return lake_recipe._CROPS.training


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


def test_a_taken_version_is_refused_before_any_work(lake: Path, tmp_path: Path) -> None:
    version = tmp_path / "mammography" / "1"
    version.mkdir(parents=True)
    (version / CHECKSUM_FILE).touch()
    with pytest.raises(Misconfigured, match="name another --version"):
        run_lake_training(TrainingRequest(str(lake)), tmp_path / "run", tmp_path, "1")


def test_an_absent_set_and_an_absent_start_are_answered(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="mammo import NAME"):
        run_lake_training(TrainingRequest("nowhere"), tmp_path / "run", tmp_path, "1")
    with pytest.raises(Misconfigured, match="no version folder with weights"):
        lake_training._first_network(tmp_path)


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
