from pathlib import Path

import pytest
from openpyxl import Workbook

from tasks.datasets.cmmd import CARD, COLUMNS, TABLE, read
from tasks.datasets.importing import import_reading
from tasks.errors import Misconfigured
from tasks.lake.schemas import LABELS
from tasks.lake.store import Lake
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.data_sets import HereAndNow, breast_picture

Cells = tuple[str, str | None, int, str, str]


def make(
    source: Path,
    rows: list[Cells],
    *images: tuple[str, str, str],
    columns: tuple[str, ...] = COLUMNS,
) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for cells in (columns, *rows):
        sheet.append(list(cells))
    source.mkdir(exist_ok=True)
    book.save(source / TABLE)
    (source / "CMMD").mkdir()
    for number, (patient, side, view) in enumerate(images, 1):
        folder = source / "CMMD" / patient / "07-18-2010-NA-NA-79377" / "1.000000-NA-70244"
        folder.mkdir(parents=True, exist_ok=True)
        picture = breast_picture(is_right=side == "R", seed=number)
        data = build_mammogram_bytes(
            picture, BitsStored=8, image_laterality=side, view_position=view
        )
        (folder / f"1-{number}.dcm").write_bytes(data)
    return source


BOTH = (("D1-0001", "L", "CC"), ("D1-0001", "L", "MLO"), ("D1-0001", "R", "CC"))


def test_side_and_view_come_from_the_files_and_truth_from_the_breasts_row(
    tmp_path: Path,
) -> None:
    row: Cells = ("D1-0001", "L", 44, "both", "Malignant")
    records = read(make(tmp_path, [row], *BOTH)).records
    facts = [(r.laterality, r.view, r.is_malignant, r.finding, r.age_years) for r in records]
    assert facts == [
        ("L", "CC", True, "mass", 44),
        ("L", "MLO", True, "mass", 44),
        ("R", "CC", None, None, None),
    ]


def test_a_row_without_a_side_takes_the_files_only_side(tmp_path: Path) -> None:
    row: Cells = ("D2-0001", None, 50, "calcification", "Benign")
    reading = read(make(tmp_path, [row], ("D2-0001", "R", "CC")))
    assert [(r.finding, r.assessment) for r in reading.records] == [("calcification", "benign")]
    assert reading.found["rows whose side comes from the files"] == 1


def test_a_row_without_a_side_of_two_breasts_is_counted(tmp_path: Path) -> None:
    row: Cells = ("D1-0001", None, 50, "mass", "Benign")
    reading = read(make(tmp_path, [row], *BOTH))
    assert [bad.reason for bad in reading.bad_rows] == ["no side, and the files do not tell it"]
    assert reading.found["images without a row"] == 3


def test_of_two_rows_of_a_breast_the_worse_decides(tmp_path: Path) -> None:
    rows: list[Cells] = [
        ("D1-0001", "L", 44, "mass", "Benign"),
        ("D1-0001", "L", 44, "calcification", "Malignant"),
    ]
    record = read(make(tmp_path, rows, *BOTH)).records[0]
    assert (record.assessment, record.finding) == ("malignant", "calcification")


def test_files_and_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    row: Cells = ("D1-0001", "L", 44, "mass", "Maybe")
    source = make(tmp_path, [row], ("D1-0001", "L", "ML"))
    next(source.glob("CMMD/*/*/*")).joinpath("1-9.dcm").write_bytes(b"no DICOM" * 40)
    assert [bad.reason for bad in read(source).bad_rows] == [
        "the file names no side or no screening view",
        "no header: not_dicom",
        "unknown classification",
    ]


def test_breasts_without_an_image_are_named(tmp_path: Path) -> None:
    row: Cells = ("D1-0002", "L", 44, "mass", "Benign")
    assert read(make(tmp_path, [row], *BOTH)).absent == [
        "1 of 1 breasts of the table: no image."
    ]


def test_a_table_of_another_form_is_refused(tmp_path: Path) -> None:
    source = make(tmp_path, [], columns=COLUMNS[:-1])
    with pytest.raises(Misconfigured, match="lacks the columns classification"):
        read(source)
    (source / TABLE).write_bytes(b"no spreadsheet")
    with pytest.raises(Misconfigured, match="is no spreadsheet"):
        read(source)


def test_images_are_imported(tmp_path: Path) -> None:
    row: Cells = ("D1-0001", "L", 44, "mass", "Malignant")
    lake = Lake(str(tmp_path / "lake"))
    report = import_reading(lake, CARD, read(make(tmp_path, [row], *BOTH)), HereAndNow())
    assert report["written_now"]["images"] == 3
    assert sorted(map(str, lake.read(LABELS)["is_malignant"])) == ["None", "True", "True"]
