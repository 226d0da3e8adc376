"""Text burned into an image keeps it out; markers and a clean image pass."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from pydicom import dcmread

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import prepare
from tasks.synthetic.dicom import build_mammogram, build_mammogram_bytes
from tests.support.mammograms import draw_breast

SIZE = (1640, 1312)
WHITE = 4000
MARKERS = ["R MLO", "L CC", "RMLO", "R", "L MLO 12", "RCC 3"]
TEXTS = ["Munoz^Maria", "12.345.678-5", "PEREZ SOTO ANA", "1967-03-04 10:31"]


@pytest.fixture(scope="module")
def breast() -> np.ndarray:
    return draw_breast(*SIZE)


def stamped(breast: np.ndarray, text: str, scale: float = 1.2) -> np.ndarray:
    """Write a text into the dark side of a mammogram whose chest wall is at the left."""
    ink = np.zeros(breast.shape, np.uint8)
    place = (SIZE[1] - int(24 * scale * len(text)), 120)
    cv2.putText(ink, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 2)
    image = breast.copy()
    image[ink > 0] = WHITE
    return image


def reason_of(stored: np.ndarray, **attributes: object) -> RejectionReason | None:
    try:
        prepare(build_mammogram(stored, **attributes), stored)
    except Rejected as error:
        return error.reason
    return None


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("scale", [0.8, 1.2, 2.0])
def test_a_name_or_a_number_is_found(breast, text, scale):
    assert reason_of(stamped(breast, text, scale)) == RejectionReason.BURNED_IN_TEXT


@pytest.mark.parametrize("text", MARKERS)
@pytest.mark.parametrize("scale", [0.8, 2.0, 4.0])
def test_a_lead_marker_is_no_text(breast, text, scale):
    assert reason_of(stamped(breast, text, scale)) is None


def test_a_clean_image_passes_and_one_that_admits_text_does_not(breast):
    assert reason_of(breast) is None
    reason = reason_of(breast, BurnedInAnnotation="YES")
    assert reason == RejectionReason.BURNED_IN_TEXT


def test_black_on_white_files_are_looked_at_as_they_are_shown(breast):
    inverted = 4095 - stamped(breast, TEXTS[0])
    reason = reason_of(inverted, PhotometricInterpretation="MONOCHROME1")
    assert reason == RejectionReason.BURNED_IN_TEXT


def test_the_reason_repeats_nothing_of_the_text(breast):
    image = stamped(breast, TEXTS[0])
    with pytest.raises(Rejected) as caught:
        prepare(build_mammogram(image), image)
    assert not any(part in caught.value.detail for part in ("Munoz", "Maria"))


def test_the_statement_in_the_header_is_read(breast):
    data = build_mammogram_bytes(breast, BurnedInAnnotation="YES")
    assert dcmread(BytesIO(data)).BurnedInAnnotation == "YES"
    assert read_dataset(data).BurnedInAnnotation == "YES"
