import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    DigitalMammographyXRayImageStorageForProcessing,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from tasks.preprocess.codecs import decode
from tasks.preprocess.reading import read_dataset
from tasks.synthetic.dicom import (
    build_mammogram,
    build_mammogram_bytes,
    make_uid,
    wrap_display_values,
)
from tasks.synthetic.encoding import ENCODERS, LOSSY_ENCODERS, dicom_bytes

VALUES = np.random.default_rng(0).integers(0, 4096, (33, 17)).astype(np.uint16)
RAW = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
]


@pytest.mark.parametrize("transfer_syntax_uid", [*ENCODERS, *RAW], ids=lambda uid: uid.name)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_syntax_gives_the_stored_values_back(
    transfer_syntax_uid: UID, dtype: type
) -> None:
    values = (VALUES >> 4).astype(dtype) if dtype == np.uint8 else VALUES
    data = build_mammogram_bytes(values, transfer_syntax_uid=transfer_syntax_uid)
    read = dcmread(BytesIO(data))
    assert read.file_meta.TransferSyntaxUID == transfer_syntax_uid
    np.testing.assert_array_equal(read.pixel_array, values)


@pytest.mark.parametrize("transfer_syntax_uid", [*ENCODERS, *RAW], ids=lambda uid: uid.name)
def test_every_syntax_gives_signed_values_back(transfer_syntax_uid: UID) -> None:
    values = VALUES.astype(np.int16) - 2048
    data = build_mammogram_bytes(values, transfer_syntax_uid=transfer_syntax_uid)
    np.testing.assert_array_equal(decode(read_dataset(data)), values)


@pytest.mark.parametrize("transfer_syntax_uid", LOSSY_ENCODERS, ids=lambda uid: uid.name)
def test_a_lossy_syntax_loses_little(transfer_syntax_uid: UID) -> None:
    bits = 8 if transfer_syntax_uid == JPEGBaseline8Bit else 12
    smooth = np.add.outer(np.arange(33), np.arange(17)) << (bits - 6)
    values = smooth.astype(np.uint8 if bits == 8 else np.uint16)
    data = build_mammogram_bytes(values, transfer_syntax_uid=transfer_syntax_uid)
    assert abs(decode(read_dataset(data)).astype(int) - values).max() <= 8


def test_an_attribute_given_as_none_is_left_out() -> None:
    dataset = build_mammogram(VALUES, ImageLaterality=None, PatientName="")
    assert "ImageLaterality" not in dataset
    assert dataset.PatientName == ""


def test_for_processing_takes_its_own_sop_class() -> None:
    dataset = build_mammogram(VALUES, PresentationIntentType="FOR PROCESSING")
    assert dataset.SOPClassUID == DigitalMammographyXRayImageStorageForProcessing


def test_the_same_call_gives_the_same_bytes() -> None:
    assert build_mammogram_bytes(VALUES) == build_mammogram_bytes(VALUES)


def test_other_pixels_are_another_instance_of_the_same_exam() -> None:
    one, other = build_mammogram(VALUES), build_mammogram(VALUES[::-1])
    assert one.SOPInstanceUID != other.SOPInstanceUID
    assert one.StudyInstanceUID == other.StudyInstanceUID


def test_uids_are_valid_and_differ_by_source() -> None:
    assert make_uid("a", 1).is_valid
    assert make_uid("a", 1) != make_uid("a", 2)


@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dicom3tools is not installed")
@pytest.mark.parametrize(
    "attributes",
    [{}, {"view_position": "MLO"}, {"PhotometricInterpretation": "MONOCHROME1"}],
    ids=str,
)
def test_the_object_is_valid(attributes: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(build_mammogram_bytes(VALUES, **attributes))
    checked = subprocess.run(
        ["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False
    )
    assert "Error" not in checked.stderr


def test_a_wrapped_picture_is_shown_as_it_is() -> None:
    picture = (VALUES >> 4).astype(np.uint8)
    dataset = dcmread(BytesIO(dicom_bytes(wrap_display_values(picture, "R", "MLO"))))
    assert (dataset.ImageLaterality, dataset.ViewPosition) == ("R", "MLO")
    assert (dataset.WindowCenter, dataset.WindowWidth) == (128, 256)
    np.testing.assert_array_equal(dataset.pixel_array, picture)
