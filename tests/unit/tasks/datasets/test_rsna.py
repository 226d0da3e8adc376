from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import JPEG2000Lossless

from tasks.datasets.importing import import_reading
from tasks.datasets.records import ImageRecord
from tasks.datasets.rsna import CARD, TABLE, prediction_id, read
from tasks.lake.schemas import INSTANCES
from tasks.lake.store import Lake
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.data_sets import HereAndNow, breast_picture, write_table


def row(**values: Any) -> dict[str, Any]:
    return {
        "site_id": "2",
        "patient_id": "10006",
        "image_id": "462822612",
        "laterality": "L",
        "view": "CC",
        "age": "61.0",
        "cancer": "0",
        "biopsy": "0",
        "invasive": "0",
        "BIRADS": "",
        "implant": "0",
        "density": "",
        "machine_id": "29",
        "difficult_negative_case": "False",
        **values,
    }


def only(source: Path, **values: Any) -> ImageRecord:
    write_table(source / TABLE, [row(**values)])
    (record,) = read(source).records
    return record


@pytest.mark.parametrize(
    ("values", "truth"),
    [
        ({"cancer": "1", "biopsy": "1"}, (True, None, "malignant", "biopsy")),
        ({"BIRADS": "1.0"}, (False, "no_finding", "no_finding", "report")),
        ({"BIRADS": "2.0", "biopsy": "1"}, (False, None, "benign", "biopsy")),
        ({"BIRADS": "0.0"}, (False, None, None, "report")),
    ],
)
def test_the_truth_of_a_breast(tmp_path: Path, values: dict[str, str], truth: Any) -> None:
    record = only(tmp_path, **values)
    stated = (record.is_malignant, record.finding, record.assessment, record.provenance)
    assert stated == truth


def test_predictions_are_asked_for_by_breast(tmp_path: Path) -> None:
    assert prediction_id(only(tmp_path)) == "10006_L"


def test_empty_cells_stay_empty(tmp_path: Path) -> None:
    record = only(tmp_path, age="", implant="1")
    assert (record.age_years, record.breast_density, record.has_implant) == (None, None, True)


def test_other_views_are_counted_and_left_out(tmp_path: Path) -> None:
    write_table(tmp_path / TABLE, [row(), row(view="AT"), row(cancer="")])
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert [bad.reason for bad in reading.bad_rows] == [
        "view AT: not of screening",
        "unknown cancer flag",
    ]


def test_a_jpeg_2000_file_is_imported_and_absent_ones_are_labels(tmp_path: Path) -> None:
    write_table(tmp_path / TABLE, [row(), row(image_id="2", view="MLO")])
    folder = tmp_path / "train_images" / "10006"
    folder.mkdir(parents=True)
    data = build_mammogram_bytes(
        breast_picture(), BitsStored=8, transfer_syntax_uid=JPEG2000Lossless, PatientAge=None
    )
    (folder / "462822612.dcm").write_bytes(data)
    lake = Lake(str(tmp_path / "lake"))
    report = import_reading(lake, CARD, read(tmp_path), HereAndNow())
    assert report["written_now"] == {"images": 1, "labels_without_image": 1}
    assert report["absent"] == ["1 of 2 images have no file: labels alone."]
    assert lake.read(INSTANCES)["transfer_syntax_uid"].to_list() == [JPEG2000Lossless]
