"""The import's shell: licence, counts, report."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import importing
from flows.importing import run_import
from tasks.errors import Misconfigured
from tests.support.data_sets import HereAndNow, breast_picture, real_files, write_picture


class Pool(HereAndNow):
    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMART_MAMMO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(importing, "WorkerPool", Pool)
    folder = tmp_path / "mini"
    write_picture(folder / "mdb001.pgm", breast_picture(1024, is_right=True))
    (folder / "Info.txt").write_text("mdb001 G CIRC B 535 425 197\nmdb002 G NORM\n")
    return folder


def test_the_licence_is_shown_and_must_be_accepted(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Misconfigured, match="--accept-licence"):
        run_import("mini-mias", source, accept_licence=False)
    assert "research only" in capsys.readouterr().err


def test_an_unknown_set_is_answered_with_the_known_ones(source: Path) -> None:
    with pytest.raises(Misconfigured, match="choose one of mini-mias, "):
        run_import("mini-maas", source, accept_licence=True)


def test_an_absent_folder_is_named(source: Path) -> None:
    with pytest.raises(Misconfigured, match="nowhere is absent"):
        run_import("mini-mias", source / "nowhere", accept_licence=True)


def test_counts_are_shown_beside_the_published_ones(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run_import(
        "mini-mias", source, accept_licence=True, json_path=tmp_path / "report.json"
    )
    assert re.search(r"images +2 +322", capsys.readouterr().out)
    assert report["written_now"] == {"images": 1, "labels_without_image": 1}
    assert json.loads((tmp_path / "report.json").read_text()) == report


def test_a_second_import_writes_nothing(source: Path) -> None:
    run_import("mini-mias", source, accept_licence=True)
    again = run_import("mini-mias", source, accept_licence=True)
    assert again["written_now"] == {"images": 0, "labels_without_image": 0}


@pytest.mark.parametrize(
    "damaged", [lambda data: b"P5 no picture", lambda data: data[:5000], lambda data: b""]
)
def test_a_damaged_picture_is_counted_and_the_others_written(
    source: Path, damaged: Callable[[bytes], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "mdb002.pgm").write_bytes(damaged((source / "mdb001.pgm").read_bytes()))
    report = run_import("mini-mias", source, accept_licence=True)
    (reason,) = report["rejected_images"]
    assert report["written_now"]["images"] == 1
    assert reason.startswith("damaged_pixels")
    shown = " ".join(capsys.readouterr().out.split())
    assert "rejected images 1 damaged_pixels" in shown
    assert "its download was cut off: fetch it again" in shown


@pytest.mark.parametrize(
    ("name", "folder", "n_images", "n_bare"),
    [
        ("mini-mias", "mini_mias", 120, 202),
        ("cbis-ddsm", "cbis_ddsm", 0, 3103),
        ("cbis-mass-patches", "cbis_ddsm_mass_patches", 1296, 0),
        ("cdd-cesm", "cdd_cesm", 181, 822),
    ],
)
def test_the_real_files_are_imported_in_worker_processes(
    tmp_path: Path, name: str, folder: str, n_images: int, n_bare: int
) -> None:
    report = run_import(
        name, real_files(folder), accept_licence=True, lake_url=str(tmp_path / "lake")
    )
    assert report["written_now"] == {"images": n_images, "labels_without_image": n_bare}
    assert report["rejected_images"] == report["remarks"] == {}
