"""`mammo inspect` on files, folders and ZIP files, good and hostile."""

import json
import os
import zipfile

import cv2
import pytest
from pydicom.uid import ExplicitVRLittleEndian
from typer.testing import CliRunner

from flows.cli import app
from models.contract import IMAGE
from tasks.ingest.inspection import FACTS
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.mammograms import draw_breast


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inspected")
    good = build_mammogram_bytes(draw_breast(), transfer_syntax_uid=ExplicitVRLittleEndian)
    (folder / "a").mkdir()
    (folder / "a" / "good.dcm").write_bytes(good)
    (folder / "a" / "cut.dcm").write_bytes(good[:-1000])
    with zipfile.ZipFile(folder / "unit.zip", "w") as container:
        container.writestr("Ana Núñez.dcm", good)
        container.writestr("../../notes.txt", "hola")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no directory")
    (folder / "empty.dcm").touch()
    (folder / "gone.dcm").symlink_to(folder / "nowhere")
    (folder / "huge.dcm").touch()
    os.truncate(folder / "huge.dcm", 5 << 30)  # of holes: it takes no place on the disk
    return folder


@pytest.fixture(scope="module")
def outcome(folder, tmp_path_factory):
    """The lines that were printed, and the folder of the pictures."""
    pictures = tmp_path_factory.mktemp("pictures") / "new"
    result = CliRunner().invoke(app, ["inspect", str(folder), "--json", "--png", str(pictures)])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()], pictures


def test_each_file_is_one_line_with_every_fact_in_the_order_of_names(folder, outcome):
    lines, _ = outcome
    assert all(tuple(line) == ("path", *FACTS) for line in lines)
    names = [line["path"].removeprefix(f"{folder}/") for line in lines]
    assert names == [
        *(
            "broken.zip",
            "empty.dcm",
            "gone.dcm",
            "huge.dcm",
            "unit.zip!/000000",
            "unit.zip!/000001",
        ),
        *("a/cut.dcm", "a/good.dcm"),
    ]


def test_each_flaw_is_its_reason(outcome):
    lines, _ = outcome
    assert [line["reason"] for line in lines] == [
        *("not_dicom", "empty_object", "unreadable", "too_large"),
        *(None, "not_dicom", "truncated", None),
    ]
    assert [line["state"] for line in lines].count("accepted") == 2


def test_pictures_show_the_network_input_and_the_original(outcome):
    _, pictures = outcome
    names = sorted(path.name for path in pictures.iterdir())
    assert names == [
        *("0005-unit-000000.input.png", "0005-unit-000000.original.png"),
        *("0008-good.input.png", "0008-good.original.png"),
    ]
    network_input = cv2.imread(str(pictures / names[2]), cv2.IMREAD_UNCHANGED)
    assert network_input.shape == IMAGE.shape[1:]
    original = cv2.imread(str(pictures / names[3]))
    assert original.shape == (320, 240, 3)
    assert (original[..., 2] > original[..., 0]).any()  # the box is in colour


def test_a_person_is_told_in_sentences(folder):
    result = CliRunner().invoke(app, ["inspect", str(folder / "a" / "good.dcm")])
    assert "L by image_laterality, CC by view_code_sequence" in result.output
    assert result.output.splitlines()[-1] == "1 files, 1 accepted, 0 rejected"


def test_a_path_that_is_not_there_is_wrong_use():
    result = CliRunner().invoke(app, ["inspect", "nowhere-to-be-found"])
    assert result.exit_code == 2
    assert "does not exist" in result.output
