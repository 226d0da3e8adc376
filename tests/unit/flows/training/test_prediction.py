"""From an imported set to scores, marks and lesions, and on to figures; small."""

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows import importing
from flows.cli import app
from flows.training.prediction import open_network
from flows.training.scores import Prediction
from tasks.errors import Misconfigured
from tests.support.data_sets import HereAndNow, breast_picture, write_picture
from tests.support.servers import ROOT

DEMONSTRATION = ROOT / "triton_repo" / "mammography" / "1"
CANCER = "mdb003 G CIRC M 700 600 60"
FILMS = (
    "mdb001 G CIRC B 535 425 97",
    "mdb002 G NORM",
    CANCER,
    "mdb004 G NORM",
    "mdb006 G NORM",
)


class Pool(HereAndNow):
    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None: ...


def mammo(arguments: Sequence[object]) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMART_MAMMO_HOME", str(root))
        patch.setattr(importing, "WorkerPool", Pool)
        yield root


@pytest.fixture(scope="module")
def predicted(home: Path) -> tuple[Path, str]:
    """Folder of the tables, and what the command said.

    Mini-MIAS in small: a benign lesion, a cancer, three healthy films, one of which is absent.
    """
    for number in (1, 2, 3, 4):
        picture = breast_picture(1024, is_right=number % 2 == 1, seed=number)
        write_picture(home / "mini" / f"mdb{number:03d}.pgm", picture)
    (home / "mini" / "Info.txt").write_text("\n".join(FILMS) + "\n")
    import_it = ("--data", "mini-mias", "--from", home / "mini", "--accept-licence")
    result = mammo(["predict", "--model", DEMONSTRATION, *import_it, "--out", home / "out"])
    assert result.exit_code == 0, result.exception
    return home / "out", result.stdout


def test_every_film_with_a_file_has_a_score_and_the_others_are_told(
    predicted: tuple[Path, str],
) -> None:
    folder, said = predicted
    scores = pl.read_csv(folder / "scores.csv")
    assert scores["malignancy_score"].is_between(0, 1).all()
    assert scores.sort("image_laterality", "is_malignant")["is_malignant"].to_list() == [
        0,
        0,
        0,
        1,
    ]
    assert "4 images of 2 patients scored, film; left out: 1 without a file" in said


def test_the_lesions_are_the_sets_own_in_original_pixels(predicted: tuple[Path, str]) -> None:
    lesions = pl.read_csv(predicted[0] / "lesions.csv").sort("finding")
    edges = lesions.select("top", "left", "bottom", "right", "finding").rows()
    assert edges == [
        (1024 - 425 - 97, 535 - 97, 1024 - 425 + 97, 535 + 97, "mass_benign"),
        (1024 - 600 - 60, 700 - 60, 1024 - 600 + 60, 700 + 60, "mass_malignant"),
    ]


def test_every_image_is_marked_within_its_film(predicted: tuple[Path, str]) -> None:
    marks = pl.read_csv(predicted[0] / "marks.csv")
    assert marks["sop_instance_key"].n_unique() == 4
    assert (marks["top"] < marks["bottom"]).all()
    assert marks.select("top", "left", "bottom", "right").to_numpy().max() <= 1024


def test_the_command_that_it_prints_gives_figures_of_localisation(
    predicted: tuple[Path, str], tmp_path: Path
) -> None:
    (line,) = [line for line in predicted[1].splitlines() if "mammo evaluate" in line]
    command = shlex.split(line.split("mammo ")[1])
    result = mammo([*command, "--out", tmp_path / "report"])
    assert result.exit_code == 0, result.exception
    report = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert report["localisation"]["pointing"]["n"] == 2
    told = json.loads((predicted[0] / "localisation.json").read_text())
    assert told == report["localisation"]
    assert "localisation.json: 2 lesions; strongest mark in a lesion " in predicted[1]
    assert list(report["scorers"]) == ["malignancy_score"]
    assert report["scorers"]["malignancy_score"].keys() >= {"image", "breast", "exam"}


def test_patients_whom_the_model_was_trained_on_are_left_out(
    predicted: tuple[Path, str], home: Path, tmp_path: Path
) -> None:
    scores = pl.read_csv(predicted[0] / "scores.csv")
    seen = scores.filter(pl.col("is_malignant") == 1).select(
        "patient_key", split=pl.lit("watched")
    )
    seen.write_csv(tmp_path / "split.csv")
    lake = home / "datasets" / "mini-mias"
    options = ("--data", lake, "--trained-on", tmp_path / "split.csv", "--parquet")
    result = mammo(["predict", "--model", DEMONSTRATION, *options, "--out", tmp_path / "rest"])
    rest = pl.read_parquet(tmp_path / "rest" / "scores.parquet")
    assert set(rest["patient_key"]) == set(scores["patient_key"]) - set(seen["patient_key"])
    assert "2 whose patient the model was trained on" in result.stdout
    assert "These images are of one class" in result.stdout


def test_a_set_without_regions_has_scores_alone(
    predicted: tuple[Path, str], tmp_path: Path
) -> None:
    tables = (
        pl.read_csv(predicted[0] / f"{name}.csv") for name in ("scores", "marks", "lesions")
    )
    scores, marks, lesions = tables
    assert list(Prediction(scores, marks, lesions.clear()).write(tmp_path)) == ["scores"]


def test_a_folder_without_weights_is_answered(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="give a version's folder such as"):
        open_network(tmp_path)


def test_a_set_that_was_all_trained_on_leaves_nothing(
    predicted: tuple[Path, str], home: Path, tmp_path: Path
) -> None:
    keys = pl.read_csv(predicted[0] / "scores.csv").select(
        "patient_key", split=pl.lit("training")
    )
    keys.write_csv(tmp_path / "split.csv")
    options = ("--data", "mini-mias", "--trained-on", tmp_path / "split.csv")
    result = mammo(["predict", "--model", DEMONSTRATION, *options, "--out", tmp_path / "none"])
    assert isinstance(result.exception, Misconfigured)
    assert "No image is left to score" in str(result.exception)
    assert not (tmp_path / "none").exists()
