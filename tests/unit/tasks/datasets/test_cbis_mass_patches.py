from pathlib import Path

import numpy as np

from tasks.datasets.cbis_mass_patches import CARD, read
from tasks.datasets.importing import differences, import_reading
from tasks.datasets.keys import CROP_VERSION
from tasks.lake.schemas import IMAGES
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, real_files, write_picture

PATCH = np.arange(128 * 128, dtype=np.uint16).reshape(128, 128).astype(np.uint8)
FALSE, TRUE = "is_benign_false", "is_benign_true"


def name(patient: str, benign: int) -> str:
    return f"patientcbis-ddsm__{patient}_image2917_mass96_is_benign_{benign}.png"


def make(source: Path) -> Path:
    write_picture(source / "train" / FALSE / name("P_00110", 0), PATCH)
    write_picture(source / "val" / TRUE / name("P_00634", 1), PATCH)
    return source


def test_folders_are_splits_and_names_hold_patient_and_pathology(tmp_path: Path) -> None:
    records = read(make(tmp_path)).records
    facts = [(r.patient_id, r.split, r.assessment) for r in records]
    assert facts == [
        ("P_00110", "training", "malignant"),
        ("P_00634", "validation", "benign"),
    ]


def test_a_patch_keeps_its_pixels(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    import_reading(lake, CARD, read(make(tmp_path)), HereAndNow())
    images = lake.read(IMAGES)
    assert set(images["preprocessing_version"]) == {CROP_VERSION}
    assert all(pixels == PATCH.tobytes() for pixels in images["pixels"])


def test_a_folder_against_the_name_is_counted(tmp_path: Path) -> None:
    write_picture(make(tmp_path) / "train" / TRUE / name("P_00001", 0), PATCH)
    write_picture(tmp_path / "train" / TRUE / "other.png", PATCH)
    reasons = [row.reason for row in read(tmp_path).bad_rows]
    assert reasons == [
        "its name is not of the documented form",
        "its folder and its name disagree on the pathology",
    ]


def test_without_the_tables_the_side_stays_empty_and_it_says_so(tmp_path: Path) -> None:
    reading = read(make(tmp_path / "patches"))
    assert {record.laterality for record in reading.records} == {None}
    assert "without them side, view and density stay empty" in reading.absent[0]


def test_the_real_patches_have_the_published_counts_and_a_film_each() -> None:
    reading = read(real_files("cbis_ddsm_mass_patches"))
    assert differences(CARD, reading) == []
    assert reading.bad_rows == []
    assert all(record.laterality and record.view for record in reading.records)
