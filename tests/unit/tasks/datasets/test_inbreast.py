import plistlib
from pathlib import Path
from typing import Any

import pytest

from tasks.datasets.importing import import_reading
from tasks.datasets.inbreast import CARD, TABLE, read
from tasks.datasets.records import ImageRecord
from tasks.lake.schemas import INSTANCES
from tasks.lake.store import Lake
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.data_sets import HereAndNow, breast_picture, write_table

PATIENT = "6c613a14b80a8591"
NAME = f"20586908_{PATIENT}_MG_L_ML_ANON"


def row(**values: Any) -> dict[str, Any]:
    return {
        "Patient ID": "removed",
        "Patient age": "removed",
        "Laterality": "L",
        "View": "MLO",
        "Acquisition date": "201001",
        "File Name": "20586908",
        "ACR": "3",
        "Bi-Rads": "4a",
        **values,
    }


def make(source: Path, *rows: dict[str, Any], outlines: list[Any] | None = None) -> Path:
    write_table(source / TABLE, rows or [row()], delimiter=";")
    (source / "AllDICOMs").mkdir()
    (source / "AllXML").mkdir()
    data = build_mammogram_bytes(breast_picture(), BitsStored=8)
    (source / "AllDICOMs" / f"{NAME}.dcm").write_bytes(data)
    if outlines is not None:
        content = plistlib.dumps({"Images": [{"ROIs": outlines}]})
        (source / "AllXML" / "20586908.xml").write_bytes(content)
    return source


def outline(name: str, *points: str) -> dict[str, Any]:
    return {"Name": name, "Point_px": list(points)}


def only(source: Path) -> ImageRecord:
    (record,) = read(source).records
    return record


def test_the_patient_comes_from_the_files_name_and_ml_is_mlo(tmp_path: Path) -> None:
    record = only(make(tmp_path))
    assert (record.patient_id, record.laterality, record.view) == (PATIENT, "L", "MLO")


def test_points_are_column_and_row(tmp_path: Path) -> None:
    points = ("(20.5, 100.0)", "(60.2, 130.0)", "(40, 110)")
    (lesion,) = only(make(tmp_path, outlines=[outline("Mass", *points)])).lesions
    box = (lesion.top_px, lesion.left_px, lesion.height_px, lesion.width_px)
    assert (box, lesion.assessment) == ((100, 20, 30, 41), "suspicious")


def test_a_single_point_is_a_pixel(tmp_path: Path) -> None:
    (lesion,) = only(make(tmp_path, outlines=[outline("Calcification", "(5, 9)")])).lesions
    assert (lesion.height_px, lesion.width_px, lesion.finding) == (1, 1, "calcification")


@pytest.mark.parametrize("name", ["Espiculated Region", "Assymetry", "Asymmetry", "Distortion"])
def test_soft_tissue_is_known_in_every_spelling(tmp_path: Path, name: str) -> None:
    (lesion,) = only(make(tmp_path, outlines=[outline(name, "(5, 9)")])).lesions
    assert lesion.finding == "mass"


def test_outlines_without_a_class_or_a_point_are_counted(tmp_path: Path) -> None:
    reading = read(make(tmp_path, outlines=[outline("Muscle", "(1, 2)"), outline("Mass")]))
    assert [bad.reason for bad in reading.bad_rows] == [
        "outline Muscle: no class of the contract",
        "outline Mass: no point",
    ]


def test_damaged_outlines_leave_the_image(tmp_path: Path) -> None:
    source = make(tmp_path)
    (source / "AllXML" / "20586908.xml").write_text("<plist")
    reading = read(source)
    assert len(reading.records) == 1
    assert reading.bad_rows[0].reason.startswith("no outlines")


@pytest.mark.parametrize(
    ("grade", "is_malignant"),
    [("1", False), ("3", False), ("4c", None), ("5", True), ("6", True)],
)
def test_birads_is_a_proxy(tmp_path: Path, grade: str, is_malignant: bool | None) -> None:
    assert only(make(tmp_path, row(**{"Bi-Rads": grade}))).is_malignant is is_malignant


def test_a_blank_density_stays_empty(tmp_path: Path) -> None:
    reading = read(make(tmp_path, row(ACR=" ")))
    assert reading.records[0].breast_density is None
    assert reading.found["images without a density"] == 1


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    rows = (row(**{"File Name": "1"}), row(Laterality="R"), row(**{"Bi-Rads": "?"}))
    assert [bad.reason for bad in read(make(tmp_path, *rows)).bad_rows] == [
        "no file, and so no patient",
        "the file's name is of another side or view",
        "unknown BI-RADS assessment",
    ]


def test_an_image_is_imported(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    report = import_reading(lake, CARD, read(make(tmp_path)), HereAndNow())
    assert report["written_now"]["images"] == 1
    assert lake.read(INSTANCES)["view_position"].to_list() == ["MLO"]
