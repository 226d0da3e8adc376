"""One exam written in many ways, scored in one night: every way has its score."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from pydicom import uid

from models.contract import LATERALITIES, VIEWS
from tasks.lake.schemas import EXAM_SCORES, IMAGES, INSTANCES
from tasks.synthetic.conformance_syntaxes import RAW
from tasks.synthetic.dicom import make_uid
from tasks.synthetic.encoding import ENCODERS
from tasks.synthetic.equipment import HOLOGIC_DIMENSIONS, Unit
from tasks.synthetic.exams import GeneratedImage, generate_image, plan_exam
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.trouble import GeneratedObject
from tests.support.night import Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

FLEET = (Unit(1, "U", HOLOGIC_DIMENSIONS),)
PLAN = CampaignPlan(1, size_scale=0.2, cancer_fraction=0, benign_fraction=1, fleet=FLEET)
WINDOW = {"VOILUTFunction": "LINEAR_EXACT", "WindowCenter": 2048, "WindowWidth": 4096}
PLAIN = {"transfer_syntax_uid": uid.ExplicitVRLittleEndian, **WINDOW}

Pixels = NDArray[np.uint16]
Way = tuple[Callable[[Pixels], Pixels], Mapping[str, Any]]


def as_they_are(stored: Pixels) -> Pixels:
    return stored


def framed(stored: Pixels) -> Pixels:
    """With a lead marker beside the breast and a frame."""
    letters = cv2.putText(np.zeros(stored.shape, np.uint8), "XY", (70, 30), 0, 0.8, (255,), 2)
    mirrored = stored[:, 0].mean() < stored[:, -1].mean()
    at = np.ascontiguousarray(letters[:, ::-1]) if not mirrored else letters
    marked = np.where((at > 0) & (stored == 0), np.uint16(4095), stored)
    marked[:4] = marked[-4:] = 4095
    return marked


def in_syntax(syntax: uid.UID) -> Way:
    return as_they_are, {"transfer_syntax_uid": syntax}


EQUAL: dict[str, Way] = {
    "MONOCHROME1": (
        lambda stored: np.uint16(4096) - stored,
        {
            "PhotometricInterpretation": "MONOCHROME1",
            "PresentationLUTShape": "INVERSE",
            "BitsStored": 13,
        },
    ),
    "16 bits": (
        lambda stored: stored * np.uint16(16),
        {"BitsStored": 16, "WindowCenter": 2048 * 16, "WindowWidth": 4096 * 16},
    ),
    "mirrored": (lambda stored: np.ascontiguousarray(stored[:, ::-1]), {}),
    **{f"syntax {syntax[17:]}": in_syntax(syntax) for syntax in (*RAW, *ENCODERS)},
}
"""Ways that give the network the same pixels."""


def objects_of(way: str, images: list[GeneratedImage]) -> list[GeneratedObject]:
    """The images written one way, as an exam of another woman."""
    change, options = {**EQUAL, "plain": (as_they_are, {}), "framed": (framed, {})}[way]
    study = make_uid(way)
    return [
        GeneratedObject(
            f"{study[-8:]}/{number}.dcm",
            replace(image, stored_values=change(image.stored_values)).encode(
                **{**PLAIN, **options},
                PatientID=study[-12:],
                StudyInstanceUID=study,
                SOPInstanceUID=make_uid(way, number),
                StationName=way[:16],
            ),
        )
        for number, image in enumerate(images)
    ]


def test_however_an_exam_is_written_its_score_is_the_same(campaign: Campaign):
    exam = plan_exam(PLAN, 0)
    images = [
        generate_image(PLAN, exam, laterality, view)
        for laterality in LATERALITIES
        for view in VIEWS
    ]
    for way in (*EQUAL, "plain", "framed"):
        campaign.put(objects_of(way, images))
    assert campaign.run().is_completed()
    ways = campaign.read(INSTANCES).select("exam_key", "sop_instance_key", "site")
    scores = campaign.read(EXAM_SCORES).join(ways.unique("exam_key"), on="exam_key")
    found = dict(scores.select("site", "exam_score").rows())
    assert len(found) == len(EQUAL) + 2
    assert abs(found.pop("framed") - found["plain"]) < 0.01
    assert found == pytest.approx(dict.fromkeys(found, found["plain"]), abs=1e-6)
    pixels = campaign.read(IMAGES).join(ways, on="sop_instance_key")
    same = pixels.filter(pl.col("site") != "framed").group_by("pixels_sha256").len()
    assert same["len"].to_list() == [len(EQUAL) + 1] * len(images)
