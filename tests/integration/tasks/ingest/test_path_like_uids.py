"""UIDs that look like paths name nothing on a disk and nothing in the bucket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.config import disable_value_validation
from pydicom.uid import ExplicitVRLittleEndian

from flows.stack.servers import EmbeddedS3
from tasks.lake.schemas import IMAGES
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.door import Door, open_door
from tests.support.mammograms import draw_breast

pytestmark = pytest.mark.integration

HOSTILE = (
    "../../x",
    "/tmp/x",
    "..\\..\\x",
    "x" * 300,
    "1.2\0.3",
    "1.2/..%2f",
    "UNICODE",
    "~",
    ".",
)


@pytest.fixture
def door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: EmbeddedS3
) -> Iterator[Door]:
    monkeypatch.chdir(tmp_path)
    with open_door(tmp_path / "a" / "b" / "root", s3_server, monkeypatch) as door:
        yield door


def hostile_mammogram(number: int, uid: str) -> bytes:
    with disable_value_validation():
        data = build_mammogram_bytes(
            draw_breast(160, 120, seed=number),
            transfer_syntax_uid=ExplicitVRLittleEndian,
            SOPInstanceUID=uid,
            StudyInstanceUID=uid,
            SeriesInstanceUID=uid,
        )
    return data.replace(b"UNICODE", "ñandú".encode())  # as long; pydicom writes ASCII only


def test_nothing_is_written_outside_the_root_or_under_such_a_name(door: Door, tmp_path: Path):
    files = {f"u/{n}.dcm": hostile_mammogram(n, uid) for n, uid in enumerate(HOSTILE)}
    door.put(files)
    door.read()
    objects = door.preprocess()
    assert objects.height == len(HOSTILE)
    made = door.services.lake.read(IMAGES).height
    assert made == objects["reason"].null_count() > 0
    root = tmp_path / "a" / "b" / "root"
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert all(path.is_relative_to(root) for path in written)
    assert not any(part in str(path) for path in written for part in ("ñ", "~", "%2f", "xxx"))
    assert {summary.object_key for summary in door.services.store.list_objects()} == set(files)
