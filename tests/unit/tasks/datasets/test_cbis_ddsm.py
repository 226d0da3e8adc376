from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.datasets.cbis_ddsm import CARD, read
from tasks.datasets.importing import differences, import_reading
from tasks.errors import Misconfigured
from tasks.lake.schemas import IMAGES, LABELS
from tasks.lake.store import Lake
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.data_sets import HereAndNow, breast_picture, real_files, write_table

STUDY = "08-07-2016-DDSM-23157"


def row(name: str, **values: Any) -> dict[str, Any]:
    """A row as the tables have it; `name` such as Mass-Training_P_00001_LEFT_CC."""
    _, _, number, side, view = name.split("_")
    return {
        "patient_id": f"P_{number}",
        "breast_density": "3",
        "left or right breast": side,
        "image view": view,
        "abnormality id": "1",
        "abnormality type": "mass",
        "assessment": "4",
        "pathology": "MALIGNANT",
        "image file path": f"{name}/1.3.6.1/1.3.6.2/000000.dcm",
        "cropped image file path": f"{name}_1/1.3.6.3/1.3.6.4/000000.dcm",
        "ROI mask file path": f"{name}_1/1.3.6.3/1.3.6.4/000001.dcm\n",
        **values,
    }


def calcification(name: str, **values: Any) -> dict[str, Any]:
    """The tables of calcifications write the density's column with a blank."""
    made = row(name, **values)
    made["breast density"] = made.pop("breast_density")
    return made


def write_tables(source: Path, **tables: list[dict[str, Any]]) -> Path:
    defaults = {
        "mass_train": [row("Mass-Training_P_00001_LEFT_CC")],
        "mass_test": [row("Mass-Test_P_00002_LEFT_CC", pathology="BENIGN")],
        "calc_train": [calcification("Calc-Training_P_00003_LEFT_CC")],
        "calc_test": [calcification("Calc-Test_P_00004_RIGHT_MLO")],
    }
    for name, rows in {**defaults, **tables}.items():
        kind, part = name.split("_")
        write_table(source / f"{kind}_case_description_{part}_set.csv", rows)
    return source


def write_film(source: Path, name: str) -> None:
    """A film, its crop and its mask as the download lays them down."""
    film = breast_picture()
    crop = film[100:140, 20:60]
    mask = np.zeros_like(film)
    mask[100:140, 20:60] = 255
    full = source / name / STUDY / "1.000000-full mammogram images-38548"
    lesion = source / f"{name}_1" / STUDY / "1.000000-ROI mask images-18515"
    for folder, pictures in ((full, [film]), (lesion, [mask, crop])):
        folder.mkdir(parents=True)
        for number, picture in enumerate(pictures, 1):
            data = build_mammogram_bytes(picture, BitsStored=8)
            (folder / f"1-{number}.dcm").write_bytes(data)


def test_a_newline_inside_quoted_paths_is_no_row(tmp_path: Path) -> None:
    reading = read(write_tables(tmp_path))
    assert reading.found["mass train rows"] == 1
    assert len(reading.records) == 4


def test_films_are_found_by_the_first_part_of_the_path(tmp_path: Path) -> None:
    write_film(write_tables(tmp_path), "Mass-Training_P_00001_LEFT_CC")
    with_file = [record for record in read(tmp_path).records if record.path]
    assert [record.image_id for record in with_file] == ["Mass-Training_P_00001_LEFT_CC"]


def test_the_mask_is_told_from_the_crop_by_size_and_values(tmp_path: Path) -> None:
    write_film(write_tables(tmp_path), "Mass-Training_P_00001_LEFT_CC")
    lake = Lake(str(tmp_path / "lake"))
    report = import_reading(lake, CARD, read(tmp_path), HereAndNow())
    assert (report["written_now"]["images"], report["remarks"]) == (1, {})
    key = lake.read(IMAGES)["sop_instance_key"][0]
    labels = lake.read(LABELS).filter(sop_instance_key=key)
    (region,) = labels["regions"][0]
    box = [region[side] for side in ("top_px", "left_px", "height_px", "width_px")]
    assert (box, region["finding"]) == ([100, 20, 40, 40], "mass_malignant")


def test_a_mask_of_another_size_is_remarked_and_the_image_kept(tmp_path: Path) -> None:
    write_film(write_tables(tmp_path), "Mass-Training_P_00001_LEFT_CC")
    next(tmp_path.glob("*LEFT_CC_1/**/1-1.dcm")).unlink()
    report = import_reading(Lake(str(tmp_path / "lake")), CARD, read(tmp_path), HereAndNow())
    assert report["written_now"]["images"] == 1
    assert [entry["n"] for entry in report["remarks"].values()] == [1]


def test_a_patient_of_both_official_splits_is_a_test_patient(tmp_path: Path) -> None:
    torn = [calcification("Calc-Test_P_00001_RIGHT_MLO")]
    reading = read(write_tables(tmp_path, calc_test=torn))
    splits = {r.split for r in reading.records if r.patient_id == "P_00001"}
    assert splits == {"test"}
    assert reading.found["patients of both official splits"] == 1


def test_a_cancer_in_one_film_makes_the_breast_malignant_in_the_others(tmp_path: Path) -> None:
    benign = calcification("Calc-Training_P_00001_LEFT_MLO", pathology="BENIGN")
    reading = read(write_tables(tmp_path, calc_train=[benign]))
    record = next(r for r in reading.records if r.view == "MLO" and r.patient_id == "P_00001")
    assert (record.is_malignant, record.assessment) == (True, "benign")


def test_an_unknown_pathology_is_counted_with_its_row(tmp_path: Path) -> None:
    odd = row("Mass-Training_P_00001_LEFT_CC", pathology="MAYBE")
    (bad,) = read(write_tables(tmp_path, mass_train=[odd])).bad_rows
    assert (bad.where, bad.reason) == (
        "mass_case_description_train_set.csv, row 1",
        "unknown pathology",
    )


def test_a_density_outside_the_scale_stays_empty(tmp_path: Path) -> None:
    odd = row("Mass-Training_P_00001_LEFT_CC", breast_density="0")
    reading = read(write_tables(tmp_path, mass_train=[odd]))
    assert reading.records[0].breast_density is None


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    short = row("Mass-Training_P_00001_LEFT_CC")
    del short["pathology"]
    with pytest.raises(Misconfigured, match="lacks the columns pathology"):
        read(write_tables(tmp_path, mass_train=[short]))


def test_the_real_tables_have_the_published_counts(tmp_path: Path) -> None:
    reading = read(real_files("cbis_ddsm"))
    assert differences(CARD, reading) == []
    assert reading.bad_rows == []
    assert reading.found["patients of both official splits"] == 31
