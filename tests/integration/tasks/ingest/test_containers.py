"""ZIP objects and DICOMDIR in a real bucket: every file in them is accounted for."""

import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from flows.stack.servers import EmbeddedS3
from tasks.errors import RejectionReason
from tasks.lake.schemas import IMAGES
from tasks.publish.accounting import count_objects
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.door import Door, open_door, zipped
from tests.support.mammograms import draw_breast

pytestmark = pytest.mark.integration

IMAGES_OF_EXAM = [
    build_mammogram_bytes(draw_breast(160, 120, seed=seed), SeriesNumber=seed)
    for seed in range(3)
]
PLAIN = build_mammogram_bytes(
    draw_breast(160, 120, seed=9), transfer_syntax_uid=ExplicitVRLittleEndian
)
NAMES = ["../../etc/passwd", "/abs/Muñoz^María.dcm", "C:\\x.dcm", "a" * 300, "IM\u202e0001"]


@pytest.fixture
def door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: EmbeddedS3
) -> Iterator[Door]:
    with open_door(tmp_path, s3_server, monkeypatch) as door:
        yield door


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read_as_objects(door: Door, compression: int):
    members = {f"DICOM/IM{n}": data for n, data in enumerate([*IMAGES_OF_EXAM, PLAIN])}
    door.put({"unit-1/x.zip": zipped(members, compression), "unit-1/1.dcm": PLAIN})
    door.read()
    objects = door.preprocess()
    assert door.reasons() == {
        "unit-1/1.dcm": None,
        "unit-1/x.zip": "container",
        "unit-1/x.zip!/000000": None,
        "unit-1/x.zip!/000001": None,
        "unit-1/x.zip!/000002": None,
        "unit-1/x.zip!/000003": "duplicate_instance",
    }
    assert door.services.lake.read(IMAGES).height == 4
    assert count_objects(objects).total == 6


def test_a_second_night_changes_nothing_and_a_deleted_container_takes_its_members(door: Door):
    door.put({"x.zip": zipped({"1": IMAGES_OF_EXAM[0]})})
    first = door.read()
    assert door.read().equals(first)
    door.put({"x.zip": zipped({"1": IMAGES_OF_EXAM[1]})})
    replaced = door.read()
    assert replaced.height == 4
    assert replaced.filter(pl.col("gone_at").is_null())["etag"].n_unique() == 2


def test_hostile_names_are_never_used(door: Door):
    door.put({"x.zip": zipped(dict.fromkeys(NAMES, b"no image"))})
    door.read()
    assert door.reasons() == {
        "x.zip": "container",
        **{f"x.zip!/{n:06}": "not_dicom" for n in range(len(NAMES))},
    }


def test_what_a_viewer_disc_holds_is_set_aside_file_by_file(door: Door, tmp_path: Path):
    (tmp_path / "IM0001").write_bytes(PLAIN)
    dcmmkdir = ["dcmmkdir", "--general-purpose", "--invent", "IM0001"]
    subprocess.run(dcmmkdir, cwd=tmp_path, check=True, capture_output=True)
    dicomdir = (tmp_path / "DICOMDIR").read_bytes()
    members = {
        "AUTORUN.EXE": b"MZ" + bytes(200),
        "DICOMDIR": dicomdir,
        "EMPTY": b"",
        "IM0001": IMAGES_OF_EXAM[0],
        "again.zip": zipped({"1": IMAGES_OF_EXAM[1]}),
    }
    door.put({"disc.zip": zipped(members), "disc/DICOMDIR": dicomdir})
    door.read()
    assert list(door.reasons().values()) == [
        "container",
        "not_dicom",
        "dicomdir",
        "empty_object",
        None,
        "not_dicom",
        "dicomdir",
    ]


def test_a_container_beyond_a_bound_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: EmbeddedS3
):
    bounds = {"max_container_members": 3, "max_container_inflated_bytes": 1 << 20}
    with open_door(tmp_path, s3_server, monkeypatch, **bounds) as door:
        door.put(
            {
                "bomb.zip": zipped({"1": bytes(2 << 20)}),
                "crowd.zip": zipped({str(n): b"x" for n in range(4)}),
                "lie.zip": b"PK\x03\x04" + bytes(100),
            }
        )
        objects = door.read()
    assert set(objects["reason"]) == {RejectionReason.CONTAINER_REFUSED}
    assert objects.height == 3


def damaged(data: bytes, at: int, written: bytes) -> bytes:
    return data[:at] + written + data[at + len(written) :]


def test_damaged_members_are_set_aside_and_their_neighbours_read(door: Door):
    good, bad = IMAGES_OF_EXAM[:2]
    packed = zipped({"1": good, "2": bad}, zipfile.ZIP_STORED)
    door.put({"flip.zip": damaged(packed, packed.index(bad) + len(bad) // 2, b"\xff\x00")})
    door.read()
    door.preprocess()
    assert list(door.reasons().values()) == ["container", None, "container_refused"]


def entry_at(packed: bytes) -> int:
    return packed.rindex(b"PK\x01\x02")


@pytest.mark.parametrize(
    ("field_at", "written"),
    [
        (8, struct.pack("<H", 1)),
        (10, struct.pack("<H", 14)),
        (16, bytes(4)),
        (24, struct.pack("<I", 1 << 28)),
        (24, struct.pack("<I", 200)),
        (42, struct.pack("<I", 5)),
    ],
    ids=["encrypted", "lzma", "other crc", "longer", "shorter", "elsewhere"],
)
def test_a_directory_that_lies_costs_its_members(door: Door, field_at: int, written: bytes):
    packed = zipped({"1": IMAGES_OF_EXAM[0]})
    door.put({"x.zip": damaged(packed, entry_at(packed) + field_at, written)})
    door.read()
    door.preprocess()
    assert door.reasons()["x.zip!/000000"] not in (None, "decoder_crashed", "decoder_timeout")


def test_a_member_that_swells_is_inflated_no_further_than_it_says(door: Door):
    body = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    swelling = body.compress(PLAIN + bytes(64 << 20)) + body.flush()
    packed = bytearray(zipped({"1": swelling}, zipfile.ZIP_STORED))
    entry = entry_at(bytes(packed))
    packed[entry + 10 : entry + 12] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    packed[entry + 24 : entry + 28] = struct.pack("<I", len(PLAIN))
    door.put({"x.zip": bytes(packed)})
    door.read()
    door.preprocess()
    assert door.reasons()["x.zip!/000000"] == "container_refused"
