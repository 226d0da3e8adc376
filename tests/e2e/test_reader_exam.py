"""A real exam, kept as four pictures, goes through the night like any other."""

from collections.abc import Iterator

import cv2
import pytest

from models.contract import LATERALITIES, VIEWS
from tasks.lake.schemas import EXAM_SCORES, OBJECTS, PRIORITY_LISTS
from tasks.synthetic.dicom import wrap_display_values
from tasks.synthetic.encoding import dicom_bytes
from tasks.synthetic.trouble import GeneratedObject
from tests.support.night import Campaign
from tests.support.servers import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "nyu_density_exam"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.integration,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"The real exam is not at {FOLDER}."),
]


def wrapped_views() -> Iterator[GeneratedObject]:
    for laterality in LATERALITIES:
        for view in VIEWS:
            picture = cv2.imread(f"{FOLDER}/{laterality}-{view}.png", cv2.IMREAD_GRAYSCALE)
            data = dicom_bytes(wrap_display_values(picture, laterality, view))
            yield GeneratedObject(f"real/{laterality}-{view}.dcm", data)


def test_a_real_exam_is_listed_with_its_four_views(campaign: Campaign):
    campaign.put(wrapped_views())
    assert campaign.run().is_completed()
    assert campaign.read(OBJECTS)["state"].to_list() == ["scored"] * 4
    exam = campaign.read(EXAM_SCORES).row(0, named=True)
    assert sorted(exam["views"].split(",")) == ["L-CC", "L-MLO", "R-CC", "R-MLO"]
    assert 0 <= exam["exam_score"] <= 1
    [row] = campaign.read(PRIORITY_LISTS).rows(named=True)
    assert (row["rank"], row["lane"], row["n_images_scored"]) == (1, "ranked", 4)
    assert "views_missing" not in row["flags"]
