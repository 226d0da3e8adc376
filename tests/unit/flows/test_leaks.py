"""Leaks are refused by the commands that train and evaluate, and the pairs are named."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from tasks.datasets import masses
from tasks.datasets.importing import import_reading
from tasks.datasets.split_file import apply_split
from tasks.errors import ContractViolation, Misconfigured
from tasks.lake.schemas import INSTANCES, LABELS
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, write_picture

ORIGINALS = ("Benign Masses/mdb001", "Malignant Masses/mdb023", "Benign Masses/mdb005")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The augmented masses set: each original with seven turned copies."""
    root = tmp_path_factory.mktemp("masses")
    for seed, name in enumerate(ORIGINALS):
        picture = breast_picture(227, seed=seed)
        for n in range(8):
            copy = f"{name} ({n}).png" if n else f"{name}.png"
            turned = np.ascontiguousarray(np.rot90(picture, n))
            write_picture(root / "set" / "MIAS Dataset" / copy, turned)
    lake = Lake(str(root / "lake"))
    import_reading(lake, masses.CARD, masses.read(root / "set"), HereAndNow())
    return lake


@pytest.fixture
def random_split(lake: Lake, tmp_path: Path) -> Path:
    """Split by image, as the project's ancestor and most papers on this set did."""
    files = lake.read(INSTANCES).select("object_key").sort("object_key")
    sides = np.random.default_rng(0).permutation(len(files)) % 2 == 0
    path = tmp_path / "random.csv"
    split = pl.Series("split", sides).replace_strict({True: "training", False: "test"})
    files.with_columns(split).write_csv(path)
    return path


def mammo(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_training_refuses_the_random_split_of_the_augmented_masses(
    lake: Lake, random_split: Path, tmp_path: Path
):
    run = ("--folder", tmp_path / "run", "--repository", tmp_path / "r", "--version", 9)
    result = mammo("train", "--data", lake.url, "--split", random_split, *run)
    assert isinstance(result.exception, ContractViolation)
    named = str(result.exception)
    assert named.startswith("The split leaks: ")
    assert "patient " in named
    assert " in test like " in named
    assert not (tmp_path / "run").exists()


def test_evaluation_refuses_a_table_whose_copies_were_trained_on(
    lake: Lake, random_split: Path, tmp_path: Path
):
    labels = apply_split(lake.read(LABELS), lake.read(INSTANCES), random_split)
    trained, tested = (labels.filter(pl.col("split") == side) for side in ("training", "test"))
    trained.select("sop_instance_key").write_csv(tmp_path / "trained.csv")
    tested.select("sop_instance_key", cancer=pl.col("is_malignant").cast(int)).with_columns(
        ai=pl.Series(np.linspace(0, 1, tested.height))
    ).write_csv(tmp_path / "scores.csv")
    columns = ("--exam-column", "sop_instance_key", "--truth-column", "cancer")
    table = ("--scores", tmp_path / "scores.csv", "--image-column", "sop_instance_key")
    sides = ("--trained-on", tmp_path / "trained.csv", "--images", lake.url)
    result = mammo("evaluate", *table, *columns, *sides, "--out", tmp_path / "out")
    assert isinstance(result.exception, ContractViolation)
    assert " in evaluation like " in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_split_without_its_columns_is_refused(lake: Lake, tmp_path: Path):
    (tmp_path / "split.csv").write_text("file,part\na,training\n")
    with pytest.raises(
        Misconfigured, match="has the columns file, part: a split needs `split`"
    ):
        apply_split(lake.read(LABELS), lake.read(INSTANCES), tmp_path / "split.csv")


def test_a_split_of_another_set_is_refused(lake: Lake, tmp_path: Path):
    (tmp_path / "split.csv").write_text("object_key,split\nelsewhere.png,training\n")
    with pytest.raises(Misconfigured, match="names no image of this set by its object_key"):
        apply_split(lake.read(LABELS), lake.read(INSTANCES), tmp_path / "split.csv")
