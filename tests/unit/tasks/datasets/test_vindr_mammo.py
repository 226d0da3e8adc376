from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.datasets.importing import import_reading
from tasks.datasets.records import ImageRecord
from tasks.datasets.vindr_findings import FINDINGS
from tasks.datasets.vindr_mammo import BREASTS, CARD, METADATA, read
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.data_sets import HereAndNow, breast_picture, write_table

STUDY, IMAGE, OTHER = "a" * 32, "b" * 32, "c" * 32


def breast(image: str = IMAGE, **values: Any) -> dict[str, Any]:
    return {
        "study_id": STUDY,
        "series_id": "d" * 32,
        "image_id": image,
        "laterality": "L",
        "view_position": "CC",
        "height": 256,
        "width": 256,
        "breast_birads": "BI-RADS 4",
        "breast_density": "DENSITY C",
        "split": "training",
        **values,
    }


def finding(image: str = IMAGE, **values: Any) -> dict[str, Any]:
    return {
        **breast(image),
        "finding_categories": "['Mass', 'Suspicious Calcification']",
        "finding_birads": "BI-RADS 5",
        "xmin": "20.4",
        "ymin": "100.0",
        "xmax": "60.0",
        "ymax": "130.0",
        **values,
    }


NOTHING = {
    "finding_categories": "['No Finding']",
    "finding_birads": "",
    **dict.fromkeys(("xmin", "ymin", "xmax", "ymax"), ""),
}


def make(source: Path, breasts: list[dict[str, Any]], findings: list[dict[str, Any]]) -> Path:
    write_table(source / BREASTS, breasts)
    write_table(source / FINDINGS, findings)
    window = {"Window Center": "[2047.0, 1800.0]", "Imager Pixel Spacing": "[0.085, 0.085]"}
    ages = [("043Y", IMAGE), ("", OTHER)]
    rows = [{"SOP Instance UID": uid, "Patient's Age": age, **window} for age, uid in ages]
    write_table(source / METADATA, rows)
    return source


def only(source: Path, **values: Any) -> ImageRecord:
    (record,) = read(make(source, [breast()], [finding(**values)])).records
    return record


def test_categories_in_a_list_as_text_each_give_a_lesion(tmp_path: Path) -> None:
    lesions = only(tmp_path).lesions
    assert [lesion.finding for lesion in lesions] == ["calcification", "mass"]
    box = lesions[0]
    assert (box.top_px, box.left_px, box.height_px, box.width_px) == (100, 20, 30, 40)


def test_a_findings_own_birads_outranks_the_breasts(tmp_path: Path) -> None:
    assert {lesion.assessment for lesion in only(tmp_path).lesions} == {"malignant"}
    assert only(tmp_path, finding_birads="").lesions[0].assessment == "suspicious"


@pytest.mark.parametrize(
    ("grade", "is_malignant", "stated"),
    [("1", False, "no_finding"), ("2", False, None), ("4", None, None), ("5", True, None)],
)
def test_birads_is_a_proxy_and_four_leaves_it_open(
    tmp_path: Path, grade: str, is_malignant: bool | None, stated: str | None
) -> None:
    row = breast(breast_birads=f"BI-RADS {grade}")
    (record,) = read(make(tmp_path, [row], [finding(**NOTHING)])).records
    assert (record.is_malignant, record.finding) == (is_malignant, stated)
    assert record.provenance == "birads_proxy"


def test_an_empty_age_stays_empty(tmp_path: Path) -> None:
    reading = read(make(tmp_path, [breast(), breast(OTHER)], [finding()]))
    assert [record.age_years for record in reading.records] == [43, None]
    assert reading.found["images without an age"] == 1


def test_findings_without_a_class_are_counted(tmp_path: Path) -> None:
    skin = finding(finding_categories="['Skin Thickening', 'Mass']")
    reading = read(make(tmp_path, [breast()], [skin]))
    assert [bad.reason for bad in reading.bad_rows] == [
        "finding Skin Thickening: no class of the contract"
    ]
    assert len(reading.records[0].lesions) == 1


def test_unknown_values_are_counted(tmp_path: Path) -> None:
    odd = [breast(breast_birads="BI-RADS 7"), breast(OTHER, split="validation")]
    reasons = [bad.reason for bad in read(make(tmp_path, odd, [finding(**NOTHING)])).bad_rows]
    assert reasons == ["unknown BI-RADS assessment", "unknown split"]


def test_padding_of_an_inverted_image_stays_black(tmp_path: Path) -> None:
    source = make(tmp_path, [breast()], [finding()])
    picture = breast_picture()
    stored = (4095 - 16 * picture.astype(np.uint16)).astype(np.uint16)
    stored[picture == 0] = 10_000
    attributes = {"PhotometricInterpretation": "MONOCHROME1", "PixelPaddingValue": 10_000}
    folder = source / "images" / STUDY
    folder.mkdir(parents=True)
    data = build_mammogram_bytes(
        stored, BitsStored=14, WindowCenter=2048, WindowWidth=4096, **attributes
    )
    (folder / f"{IMAGE}.dicom").write_bytes(data)
    lake = Lake(str(tmp_path / "lake"))
    report = import_reading(lake, CARD, read(source), HereAndNow())
    assert (report["written_now"]["images"], report["rejected_images"]) == (1, {})
    assert 0.2 < lake.read(IMAGES)["breast_area_fraction"][0] < 0.5
    assert lake.read(INSTANCES)["photometric_interpretation"].to_list() == ["MONOCHROME1"]
    assert lake.read(LABELS)["regions"].list.len().to_list() == [2]
