from pathlib import Path

import pytest

from tasks.datasets.importing import import_reading
from tasks.datasets.mini_mias import CARD, box_of, laterality_of, read
from tasks.datasets.records import ImageRecord
from tasks.errors import Misconfigured
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake
from tests.support.data_sets import HereAndNow, breast_picture, real_files, write_picture

INFO = """              MAMMOGRAPHIC IMAGE ANALYSIS SOCIETY
1st column: MIAS database reference number.
mdb001 G CIRC B 535 425 197
mdb002 G NORM
mdb059 F CIRC B
mdb144 F MISC B 233 994 29
mdb144 F MISC M 313 540 27
mdb151 F NORM
mdb152 F ARCH B 675 486 48
mdb216 D CALC M *NOTE 3*
=====
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "Info.txt").write_text(INFO)
    write_picture(tmp_path / "mdb001.pgm", breast_picture(1024, is_right=True))
    return tmp_path


def record(source: Path, film: str) -> ImageRecord:
    return next(record for record in read(source).records if record.image_id == film)


def test_y_counts_from_the_bottom() -> None:
    assert box_of(535, 425, 197) == (1024 - 425 - 197, 535 - 197, 394, 394)


def test_a_circle_is_cut_at_the_films_edge() -> None:
    top, left, height, width = box_of(10, 1020, 30)
    assert (top, left, height, width) == (0, 0, 34, 40)


def test_odd_films_are_right_breasts_but_for_the_swapped_pair() -> None:
    assert [laterality_of(number) for number in (1, 2, 151, 152, 153)] == list("RLLRR")


def test_neighbouring_numbers_are_one_patient(source: Path) -> None:
    assert record(source, "mdb001").patient_id == record(source, "mdb002").patient_id
    assert record(source, "mdb151").patient_id != record(source, "mdb144").patient_id


def test_several_rows_of_a_film_are_one_image_with_several_lesions(source: Path) -> None:
    film = record(source, "mdb144")
    assert (film.assessment, film.is_malignant) == ("malignant", True)
    assert [lesion.assessment for lesion in film.lesions] == ["benign", "malignant"]


@pytest.mark.parametrize("film", ["mdb059", "mdb216"])
def test_a_lesion_without_a_place_keeps_its_label_and_is_named(source: Path, film: str) -> None:
    assert record(source, film).lesions == ()
    assert record(source, film).finding != "no_finding"
    assert any(note.startswith(film) for note in read(source).notes)


def test_a_row_of_another_form_is_counted(source: Path) -> None:
    (source / "Info.txt").write_text(INFO + "mdb300 X NORM\nmdb301 F CIRC 3 4 5\n")
    assert [row.where for row in read(source).bad_rows] == ["Info.txt:12", "Info.txt:13"]


def test_without_info_the_sentence_names_it(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"Info\.txt is absent"):
        read(tmp_path)


def test_an_image_takes_the_way_of_the_night(source: Path, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    report = import_reading(lake, CARD, read(source), HereAndNow())
    assert report["written_now"] == {"images": 1, "labels_without_image": 6}
    (instance,) = lake.read(INSTANCES).iter_rows(named=True)
    (image,) = lake.read(IMAGES).iter_rows(named=True)
    assert (instance["image_laterality"], image["is_flipped"]) == ("R", True)
    assert instance["imager_pixel_spacing_mm"] == 0.2
    assert lake.read(LABELS).height == 7


def test_the_real_set_has_the_published_counts() -> None:
    reading = read(real_files("mini_mias"))
    expected = {
        "images": 322,
        "normal images": 207,
        "benign images": 63,
        "malignant images": 52,
    }
    assert {what: reading.found[what] for what in expected} == expected
    assert reading.bad_rows == []
    assert reading.found["picture files"] == 120
    assert sum(len(record.lesions) > 1 for record in reading.records) == 7
