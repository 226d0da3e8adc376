"""Erase, export and re-identify through the command, on a real bucket and a lake of files."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.stack.servers import EmbeddedS3
from tasks.errors import SmartMammoError
from tasks.lake.schemas import (
    AUDIT,
    ERASURES,
    IMAGE_QUALITY,
    IMAGES,
    INSTANCES,
    OBJECTS,
    TABLES,
)
from tasks.privacy.subject import UnknownSubjectError
from tasks.synthetic.dicom import build_mammogram_bytes, make_uid
from tests.support.door import Door, open_door, zipped
from tests.support.mammograms import draw_breast

pytestmark = pytest.mark.integration

HERS, OTHER = "12.345.678-5", "11.111.111-1"
SPELT_OTHERWISE = "12345678-5"
WHY = ("--reason", "request 2026-118")


def image_of(patient_id: str, number: int) -> bytes:
    return build_mammogram_bytes(
        draw_breast(160, 120, seed=number + len(patient_id) + 10 * (patient_id == OTHER)),
        PatientID=patient_id,
        IssuerOfPatientID="CL-RUN",
        StudyInstanceUID=make_uid(patient_id, number // 2),
        image_laterality="LR"[number % 2],
    )


@pytest.fixture
def door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_server: EmbeddedS3
) -> Iterator[Door]:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    with open_door(tmp_path / "home", s3_server, monkeypatch) as door:
        door.put({f"unit-1/hers/{n}.dcm": image_of(HERS, n) for n in range(4)})
        door.put({f"unit-1/other/{n}.dcm": image_of(OTHER, n) for n in range(2)})
        door.read()
        door.preprocess()
        yield door


def mammo(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def rows(door: Door, table=INSTANCES) -> pl.DataFrame:
    return door.services.lake.read(table)


def erase(*options: str) -> Result:
    return mammo("erase", SPELT_OTHERWISE, *WHY, "--yes", *options)


def bytes_of_lake(door: Door) -> bytes:
    files = [path for path in Path(door.services.lake.url).rglob("*") if path.is_file()]
    return b"\n".join(path.read_bytes() for path in files if "audit" not in path.parts)


def test_she_leaves_every_version_and_others_stay(door, tmp_path):
    hers = set(rows(door).filter(pl.col("object_key").str.contains("hers"))["exam_key"])
    assert len(hers) == 2
    assert set(rows(door, IMAGE_QUALITY)["exam_key"]) > hers
    before = rows(door, IMAGES).filter(~pl.col("exam_key").is_in(hers))
    result = erase("--json", str(tmp_path / "erasure.json"))
    assert "Proven" in result.output
    assert json.loads((tmp_path / "erasure.json").read_text())["n_rows"]["instances"] == 4
    kept = bytes_of_lake(door)
    assert not any(key.encode() in kept for key in hers)
    assert rows(door, IMAGES).sort("sop_instance_key").equals(before.sort("sop_instance_key"))
    for table in TABLES:
        if (latest := door.services.lake.version(table)) is not None and table != AUDIT:
            versions = [door.services.lake.scan(table, n).collect() for n in range(latest + 1)]
            assert not any(key in str(frame.rows()) for frame in versions for key in hers)


def test_her_objects_are_kept_out_afterwards_and_accounted_for(door):
    erase()
    assert door.reasons() == {
        **{f"unit-1/hers/{n}.dcm": "erased" for n in range(4)},
        **{f"unit-1/other/{n}.dcm": None for n in range(2)},
    }
    door.put({"unit-2/again.dcm": image_of(HERS, 0)})
    door.read()
    assert door.reasons()["unit-2/again.dcm"] == "erased"
    assert rows(door).height == 2


def test_with_objects_the_bucket_forgets_her_too(door):
    erase("--with-objects")
    keys = [summary.object_key for summary in door.services.store.list_objects()]
    assert keys == [f"unit-1/other/{n}.dcm" for n in range(2)]
    assert not rows(door, OBJECTS)["object_key"].str.contains("hers").any()


def test_images_of_hers_in_a_container_are_told_and_kept_out(door):
    door.put({"disc.zip": zipped({"1": image_of(HERS, 4), "2": image_of(OTHER, 5)})})
    door.read()
    assert "disc.zip holds images of hers" in erase("--with-objects").output
    assert [key for key in door.reasons().items() if "!/" in key[0]] == [
        ("disc.zip!/000000", "erased"), ("disc.zip!/000001", None)
    ]  # fmt: skip
    stored = [summary.object_key for summary in door.services.store.list_objects()]
    assert "disc.zip" in stored


def test_an_erasure_that_was_stopped_goes_on(door, monkeypatch):
    def die(*_: object, **__: object) -> None:
        raise SmartMammoError("Stopped.")

    with monkeypatch.context() as patch:
        patch.setattr("tasks.privacy.erasure.forget", die)
        assert isinstance(
            CliRunner().invoke(app, ["erase", HERS, *WHY, "--yes"]).exception, SmartMammoError
        )
    assert rows(door).height == 2
    assert "Proven" in erase().output
    assert rows(door, ERASURES).height == 2


def test_each_use_is_on_record_without_a_plain_identifier(door, tmp_path):
    mammo("export-subject", HERS, "--out", str(tmp_path / "hers"), *WHY)
    erase()
    assert sorted(set(rows(door, AUDIT)["action"])) == ["erase", "erased", "export"]
    assert set(rows(door, AUDIT)["reason"]) == {WHY[1]}
    assert "12345678" not in str(rows(door, AUDIT).rows())
    assert "export" in mammo("audit").output


def test_the_export_holds_her_rows_and_pictures_alone(door, tmp_path):
    folder = tmp_path / "hers"
    mammo("export-subject", HERS, "--out", str(folder), *WHY)
    instances = json.loads((folder / "instances.json").read_text())["rows"]
    assert {row["object_key"] for row in instances} == {
        f"unit-1/hers/{n}.dcm" for n in range(4)
    }
    assert len(list((folder / "pictures").glob("*.png"))) == 4
    assert folder.stat().st_mode & 0o077 == 0
    error = (
        CliRunner().invoke(app, ["export-subject", HERS, "--out", str(folder), *WHY]).exception
    )
    assert "not empty" in str(error)


def test_re_identification_needs_a_role_and_leaves_a_row(door, monkeypatch):
    exam_key = rows(door).filter(pl.col("object_key").str.contains("hers"))["exam_key"][0]
    refused = CliRunner().invoke(app, ["reidentify", exam_key, *WHY])
    assert "SMART_MAMMO_ROLE" in str(refused.exception)
    monkeypatch.setenv("SMART_MAMMO_ROLE", "radiologist")
    assert HERS in mammo("reidentify", exam_key[:10], *WHY).output
    assert rows(door, AUDIT).select("action", "role").rows() == [("reidentify", "radiologist")]


@pytest.mark.parametrize("arguments", [["erase", "9.999.999-3", *WHY, "--yes"]])
def test_a_stranger_is_said_to_be_unknown_without_repeating_her_number(door, arguments):
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, UnknownSubjectError)
    assert "9.999" not in str(error)
    assert rows(door, AUDIT).is_empty()


def test_erasing_asks_first(door):
    assert CliRunner().invoke(app, ["erase", HERS, *WHY], input="n\n").exit_code == 1
    assert rows(door).height == 6
    assert rows(door, AUDIT).is_empty()
