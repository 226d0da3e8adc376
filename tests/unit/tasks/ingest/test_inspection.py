"""What an inspection tells of one file."""

import json

import numpy as np
import pytest
from pydicom import uid

from tasks.ingest.inspection import FACTS, inspect_bytes
from tasks.preprocess.transform import make_network_input
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.mammograms import draw_breast

RAW = uid.ExplicitVRLittleEndian


def facts_of(stored: np.ndarray | None = None, **options) -> dict:
    stored = draw_breast() if stored is None else stored
    data = build_mammogram_bytes(stored, **{"transfer_syntax_uid": RAW, **options})
    return inspect_bytes(data).facts


def test_an_accepted_file_tells_how_it_was_read() -> None:
    facts = facts_of(VOILUTFunction="SIGMOID", transfer_syntax_uid=uid.JPEGLSLossless)
    told = ("state", "reason", "decoder", "image_laterality", "view_position", "voi")
    assert [facts[name] for name in told] == ["accepted", None, "CharLS", "L", "CC", "sigmoid"]
    assert facts["transfer_syntax_uid"] == uid.JPEGLSLossless


def test_an_inspection_makes_the_nights_network_input() -> None:
    data = build_mammogram_bytes(draw_breast(), transfer_syntax_uid=RAW)
    pixels = inspect_bytes(data).pixels
    assert pixels is not None
    np.testing.assert_array_equal(pixels.network_input.pixels, make_network_input(data).pixels)


def test_a_rejected_file_keeps_the_facts_that_were_found() -> None:
    facts = facts_of(np.zeros((320, 240), np.uint16))
    assert (facts["state"], facts["reason"]) == ("rejected", "no_breast_found")
    assert facts["image_laterality"] == "L"
    assert facts["voi"] == "linear"


@pytest.mark.parametrize("data", [b"", b"hola", bytes(128) + b"DICM" + bytes(40)])
def test_any_bytes_have_the_same_facts_and_a_reason(data) -> None:
    inspection = inspect_bytes(data)
    assert tuple(inspection.facts) == FACTS
    assert inspection.facts["state"] == "rejected"
    assert inspection.facts["reason"]
    assert inspection.pixels is None


def test_no_fact_names_anybody() -> None:
    told = json.dumps(facts_of(PatientName="Núñez^Ana", PatientID="12.345.678-5"))
    assert "Ana" not in told
    assert "12.345" not in told
    assert "2026" not in told


def test_a_mirrored_image_is_put_right_where_the_header_tells_and_else_doubtful() -> None:
    mirrored = np.ascontiguousarray(draw_breast()[:, ::-1])
    told = facts_of(mirrored, PatientOrientation=["P", "R"])
    silent = facts_of(mirrored, PatientOrientation=None)
    assert (told["is_on_wrong_side"], silent["is_on_wrong_side"]) == (False, True)
    assert told["network_input_sha256"] == facts_of()["network_input_sha256"]


def test_a_manufacturers_rule_is_named_where_it_decides() -> None:
    mirrored = np.ascontiguousarray(draw_breast()[:, ::-1])
    options = {"PatientOrientation": None, "FieldOfViewHorizontalFlip": "YES"}
    facts = facts_of(mirrored, Manufacturer="Planmed Oy", **options)
    assert facts["manufacturer_rules"] == ["Planmed: has_flipped_pixels"]
    assert not facts["is_on_wrong_side"]
