"""The page of an imported set, and its figures."""

import json
from pathlib import Path

import pytest

from flows.exploring import run_exploration
from tasks.datasets import mini_mias
from tasks.datasets.importing import import_reading
from tasks.errors import Misconfigured
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, write_picture

INFO = "mdb001 G CIRC B 535 425 197\nmdb002 G NORM\nmdb003 G CIRC M 500 500 50\nmdb005 G NORM\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("exploring")
    for number, seed in ((1, 1), (2, 2), (3, 2)):  # 2 and 3 mirror each other
        picture = breast_picture(1024, is_right=number % 2 == 1, seed=seed)
        write_picture(root / "mini" / f"mdb{number:03d}.pgm", picture)
    (root / "mini" / "Info.txt").write_text(INFO)
    lake = Lake(str(root / "lake"))
    import_reading(lake, mini_mias.CARD, mini_mias.read(root / "mini"), HereAndNow())
    return run_exploration(str(root / "lake"), root / "out")


@pytest.fixture(scope="module")
def figures(files: list[Path]) -> dict:
    return json.loads(files[1].read_text())


def test_images_files_and_patients_are_counted(figures: dict) -> None:
    assert (figures["n_images"], figures["n_files"], figures["n_patients"]) == (4, 3, 3)
    assert figures["counts"]["assessment"] == {"no_finding": 2, "benign": 1, "malignant": 1}
    assert figures["sizes"] == {"1024 x 1024": 3}
    assert figures["kind"] == "film"


def test_what_is_missing_is_told(figures: dict) -> None:
    assert figures["missing"]["breast_density"] == 1
    assert figures["missing"]["view_position"] == 0.25
    assert figures["missing"]["image_laterality"] == 0


def test_a_copy_of_another_patients_name_is_found(figures: dict) -> None:
    assert figures["copies"]["n_across_patients"] == figures["copies"]["n_pairs"] == 1


def test_brightness_is_a_share_of_the_breast(figures: dict) -> None:
    assert sum(figures["intensity"]["benign"]) == pytest.approx(1)


def test_the_page_holds_all_it_shows(files: list[Path]) -> None:
    page = files[0].read_text()
    assert page.count('<img src="data:image/png;base64,') == 3
    assert "1 of them across patients" in page
    assert '<script src="http' not in page
    assert page.count('"showSendToCloud": false') == page.count("Plotly.newPlot(")


def test_a_lake_without_labels_is_answered_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="mammo import NAME"):
        run_exploration(str(tmp_path), tmp_path / "out")
