"""PNG pictures that a CSV table describes, in a real bucket: a row is an image or a reason."""

from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import polars as pl
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from flows.stack.servers import EmbeddedS3
from tasks.lake.schemas import IMAGES, INSTANCES
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.door import Door, open_door
from tests.support.mammograms import draw_breast

pytestmark = pytest.mark.integration

BREAST = draw_breast(160, 120)
COLUMNS = "file,patient_id,exam_id,image_laterality,view_position"


@pytest.fixture
def door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: EmbeddedS3
) -> Iterator[Door]:
    with open_door(tmp_path, s3_server, monkeypatch) as door:
        yield door


def png(pixels: np.ndarray) -> bytes:
    return bytes(imagecodecs.png_encode(pixels))


def table(*rows: str, columns: str = COLUMNS) -> bytes:
    return "\n".join([columns, *rows]).encode()


def rows_of(door: Door, *rows: str, columns: str = COLUMNS, **pictures: bytes) -> list[str]:
    """Put pictures and a table of them, read all, and tell the reasons of the table's rows."""
    files = {f"set/{name}.png": data for name, data in pictures.items()}
    door.put(files | {"set/set.csv": table(*rows, columns=columns)})
    door.read()
    door.preprocess()
    return [reason for key, reason in door.reasons().items() if "!/" in key]


def test_a_row_gives_the_network_input_of_the_same_pixels_in_dicom(door: Door):
    columns = (
        f"{COLUMNS},bits_stored,window_center,window_width,exam_date,site,patient_age_years"
    )
    row = "a.png,1-9,E1,L,CC,12,2048,4096,2024-03-01,Móvil 1,61"
    dicom = build_mammogram_bytes(BREAST, transfer_syntax_uid=ExplicitVRLittleEndian)
    door.put({"unit-1/1.dcm": dicom})
    assert rows_of(door, row, columns=columns, a=png(BREAST)) == [None]
    images = door.services.lake.read(IMAGES)
    assert images.height == 2
    assert images["pixels_sha256"].n_unique() == 1
    instances = door.services.lake.read(INSTANCES)
    (found,) = instances.filter(pl.col("object_key").str.contains("!/")).rows(named=True)
    assert {name: str(found[name]) for name in ("site", "exam_date", "patient_age_years")} == {
        "site": "Móvil 1", "exam_date": "2024-03-01", "patient_age_years": "61"
    }  # fmt: skip
    assert door.reasons()["set/set.csv"] == "container"
    assert door.reasons()["set/a.png"] == "picture"


BAD_ROWS = {
    "b.png,1,E1,L,CC,": "container_refused",
    "../a.png,1,E2,L,CC,": "container_refused",
    "a.png,,E3,L,CC,": "damaged_header",
    "a.png,1,E4,,CC,": "laterality_missing",
    "a.png,1,E5,L,ML,": "view_not_screening",
    "a.png,1,E6,L,CC,yesterday": "damaged_header",
    "set.csv,1,E7,L,CC,": "damaged_pixels",
    "coloured.png,1,E8,L,CC,": "damaged_pixels",
    "cut.png,1,E9,L,CC,": "damaged_pixels",
    "vast.png,1,E10,L,CC,": "frame_size_mismatch",
    "a.png": "damaged_header",
}
BAD_PICTURES = {
    "coloured": png(np.dstack([BREAST] * 3)),
    "cut": png(BREAST)[:-200],
    "vast": png(BREAST)[:16] + b"\0\0\xff\xff" * 2 + png(BREAST)[24:],
}


def test_a_bad_row_or_picture_is_set_aside_and_its_neighbour_is_read(door: Door):
    good = "a.png,2,E0,L,CC,2024-03-01"
    columns, pictures = f"{COLUMNS},exam_date", {"a": png(BREAST), **BAD_PICTURES}
    reasons = rows_of(door, *BAD_ROWS, good, columns=columns, **pictures)
    assert dict(zip([*BAD_ROWS, good], reasons, strict=True)) == {**BAD_ROWS, good: None}


def test_a_table_of_something_else_is_no_container(door: Door):
    door.put({"notes.csv": b"name,phone\nAna,5\n", "broken.csv": b"\xff\xfe\x00"})
    door.read()
    assert door.reasons() == {"broken.csv": "container_refused", "notes.csv": "not_dicom"}


def test_a_table_of_excel_in_chile_is_read(door: Door):
    columns = COLUMNS.replace(",", ";") + ";imager_pixel_spacing_mm"
    (reason,) = rows_of(door, "a.png;1;E1;L;CC;0,07", columns=f"\ufeff{columns}", a=png(BREAST))
    assert reason is None
    spacing = door.services.lake.read(INSTANCES)["imager_pixel_spacing_mm"]
    assert spacing.to_list() == pytest.approx([0.07])


def test_a_picture_that_is_replaced_asks_for_its_table_again(door: Door):
    row = "a.png,1,E1,L,CC"
    door.put({"set/a.png": png(BREAST), "set/set.csv": table(row)})
    door.read()
    door.put({"set/a.png": png(BREAST + 1)})
    door.preprocess()
    assert door.reasons()["set/set.csv!/000000"] == "container_refused"
    door.put({"set/set.csv": table(row, "")})
    door.read()
    door.preprocess()
    assert door.reasons()["set/set.csv!/000000"] is None
