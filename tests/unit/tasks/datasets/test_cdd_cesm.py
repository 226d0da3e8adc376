from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.datasets.cdd_cesm import CARD, PATHOLOGY, TABLE, finding_of, read
from tasks.datasets.importing import differences, import_reading
from tasks.lake.schemas import INSTANCES, LABELS
from tasks.lake.store import Lake
from tests.support.data_sets import (
    HereAndNow,
    breast_picture,
    real_files,
    write_picture,
    write_table,
)


def row(name: str, **values: Any) -> dict[str, Any]:
    patient, side, kind, view = name.split("_")
    return {
        "Image_name": name,
        "Patient_ID": patient[1:],
        "Side": side,
        "Type": {"DM": "DM", "CM": "CESM"}[kind],
        "Age": "46",
        "Breast density (ACR)": "C",
        "BIRADS": "4",
        "Findings": "Architectural distortion ",
        "View": view,
        "Tags": "suspicious",
        "Machine": "1",
        PATHOLOGY: "Malignant",
        **values,
    }


def make(source: Path, *rows: dict[str, Any]) -> Path:
    write_table(source / TABLE, rows or [row("P1_L_DM_MLO")])
    return source


def test_contrast_enhanced_images_are_counted_and_left_out(tmp_path: Path) -> None:
    reading = read(make(tmp_path, row("P1_L_DM_MLO"), row("P1_L_CM_MLO")))
    assert [record.image_id for record in reading.records] == ["P1_L_DM_MLO"]
    assert reading.bad_rows[0].reason.startswith("contrast-enhanced")


def test_several_birads_assessments_in_one_cell_give_the_worst(tmp_path: Path) -> None:
    benign = {PATHOLOGY: "Benign", "Findings": "Multiple masses"}
    source = make(
        tmp_path,
        row("P1_L_DM_CC", BIRADS="1", **benign),
        row("P2_L_DM_CC", BIRADS="3$2", **benign),
    )
    assert [record.assessment for record in read(source).records] == ["no_finding", "benign"]


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        ("High density mass with overlying microcalcifications", "mass"),
        ("Clusters of pleomorphic mircocalcifications", "calcification"),
        ("Diffuse edematous changes", None),
    ],
)
def test_words_become_the_contracts_findings(words: str, finding: str | None) -> None:
    assert finding_of(words) == finding


def test_unknown_values_are_counted(tmp_path: Path) -> None:
    source = make(tmp_path, row("P1_L_DM_CC", BIRADS="0"), row("P2_L_DM_CC", View="MLO"))
    assert [bad.reason for bad in read(source).bad_rows] == [
        "unknown BI-RADS assessment",
        "the image's name disagrees with its row",
    ]


def test_a_mask_gives_boxes_without_its_specks(tmp_path: Path) -> None:
    mask = np.zeros((256, 256), np.uint8)
    mask[60:90, 30:70], mask[200, 200] = 255, 255
    make(tmp_path)
    write_picture(tmp_path / "images" / "P1_L_DM_MLO.jpg", breast_picture())
    write_picture(tmp_path / "masks" / "P1_L_DM_MLO.jpg", mask)
    lake = Lake(str(tmp_path / "lake"))
    import_reading(lake, CARD, read(tmp_path), HereAndNow())
    (regions,) = lake.read(LABELS)["regions"]
    boxes = [(r["top_px"], r["left_px"], r["height_px"], r["width_px"]) for r in regions]
    assert boxes == [(60, 30, 30, 40)]
    assert lake.read(INSTANCES)["patient_age_years"].to_list() == [46]


def test_the_real_table_has_the_published_counts() -> None:
    reading = read(real_files("cdd_cesm"))
    assert differences(CARD, reading) == []
    assert {row.reason for row in reading.bad_rows} == {
        "contrast-enhanced, no screening mammogram"
    }
    assert reading.found["low-energy images with a mask"] == 181
