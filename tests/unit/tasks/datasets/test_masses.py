from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest

from models.tables import with_split
from tasks.datasets.importing import import_reading
from tasks.datasets.leakage import check_leakage, hash_images
from tasks.datasets.masses import CARD, base_of, read
from tasks.errors import ContractViolation, Misconfigured
from tasks.lake.schemas import LABELS
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, write_picture

ORIGINALS = (
    "INbreast Dataset/Benign Masses/20586908",
    "INbreast Dataset/Malignant Masses/20586934",
    "MIAS Dataset/Benign Masses/mdb001",
    "MIAS Dataset/Malignant Masses/mdb023",
    "DDSM Dataset/Benign Masses/D2_A_1089_1.LEFT_MLO",
    "DDSM Dataset/Malignant Masses/D1_B_3012_1.RIGHT_CC",
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Each original with seven copies, turned and mirrored as the set's are."""
    folder = tmp_path / "masses"
    for seed, name in enumerate(ORIGINALS):
        picture = breast_picture(227, seed=seed)
        write_picture(folder / f"{name}.png", picture)
        for n in range(1, 8):
            turned = np.rot90(picture if n < 4 else picture[:, ::-1], n)
            write_picture(folder / f"{name} ({n}).png", np.ascontiguousarray(turned))
    return folder


def imported(source: Path) -> Lake:
    lake = Lake(str(source.parent / "lake"))
    import_reading(lake, CARD, read(source), HereAndNow())
    return lake


@pytest.mark.parametrize("name", ["mdb001", "mdb001 (1)", "mdb001(12)"])
def test_copies_are_known_by_their_number(name: str) -> None:
    assert base_of(name) == "mdb001"


def test_copies_share_their_originals_patient(source: Path) -> None:
    reading = read(source)
    assert (len(reading.records), reading.found["originals"]) == (48, 6)
    assert len({(r.patients_of, r.patient_id) for r in reading.records}) == 6


def test_patients_come_from_the_names_of_the_three_sets(source: Path) -> None:
    records = {record.image_id.removesuffix(".png"): record for record in read(source).records}
    facts = [
        (records[name].patient_id, records[name].laterality, records[name].is_film)
        for name in ORIGINALS
    ]
    assert facts == [
        ("20586908", None, False),
        ("20586934", None, False),
        ("001", "R", True),
        ("012", "R", True),
        ("A_1089", "L", True),
        ("B_3012", "R", True),
    ]


def test_the_folder_of_all_three_sets_is_not_counted_twice(source: Path) -> None:
    write_picture(
        source / "INbreast+MIAS+DDSM Dataset" / "Benign Masses" / "mdb001.png", breast_picture()
    )
    assert len(read(source).records) == 48


def test_an_unknown_name_is_counted(source: Path) -> None:
    write_picture(source / "DDSM Dataset" / "Benign Masses" / "other.png", breast_picture())
    assert [bad.where for bad in read(source).bad_rows] == [
        "DDSM Dataset/Benign Masses/other.png"
    ]


def test_an_absent_source_is_named_and_none_at_all_refused(tmp_path: Path) -> None:
    write_picture(tmp_path / "MIAS Dataset" / "Benign Masses" / "mdb001.png", breast_picture())
    assert read(tmp_path).absent == ["INbreast Dataset", "DDSM Dataset"]
    with pytest.raises(Misconfigured, match="INbreast Dataset is absent"):
        read(tmp_path / "MIAS Dataset")


def test_the_random_split_of_published_results_is_refused(source: Path) -> None:
    labels = imported(source).read(LABELS)
    draw = np.random.default_rng(0).random(labels.height)
    random = labels.with_columns(split=pl.Series(np.where(draw < 0.2, "test", "training")))
    with pytest.raises(ContractViolation, match="The split leaks"):
        check_leakage(random)


def test_the_copies_are_found_by_their_pixels_where_names_are_lost(source: Path) -> None:
    lake = imported(source)
    nameless = lake.read(LABELS).with_columns(patient_key=pl.col("sop_instance_key"))
    random = with_split(nameless, 0.2, seed=0)
    with pytest.raises(ContractViolation, match=r"image \w+ in training like \w+ in valid"):
        check_leakage(random, hash_images(lake))


def test_a_split_by_patient_is_accepted(source: Path) -> None:
    lake = imported(source)
    split = with_split(lake.read(LABELS), 0.4, seed=1)
    assert sorted(check_leakage(split, hash_images(lake))) == ["training", "validation"]


def test_pictures_stay_as_they_are(source: Path) -> None:
    picture = cv2.imread(str(source / f"{ORIGINALS[2]}.png"), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (227, 227)
    assert all(record.is_crop for record in read(source).records)
