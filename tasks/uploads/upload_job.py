"""One handed-in file's work in a worker process: a DICOM file or a picture to a network input.

It imports no table library: workers are forked, and those start threads. A picture has no
header: neither its exam nor its view is known, and its name is not asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import cv2
import numpy as np

from tasks.datasets.pictures import picture_attributes, read_picture
from tasks.errors import Rejected, RejectionReason
from tasks.ingest.header import HeaderLimits
from tasks.ingest.instances import read_instance
from tasks.ingest.local_files import LocalFile
from tasks.ingest.object_store import ObjectSummary
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.preprocess.codecs import decode
from tasks.preprocess.reading import ReadLimits, read_dataset
from tasks.preprocess.transform import NetworkInput, make_network_input, prepare
from tasks.preprocess.values import StoredValues, apply_table, display_table

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How PNG and JPEG files begin."""

FORMATS = {"png": ".png", "jpg": ".jpg"}
_OPTIONS = {"png": [cv2.IMWRITE_PNG_COMPRESSION, 3], "jpg": [cv2.IMWRITE_JPEG_QUALITY, 95]}


@dataclass(frozen=True)
class UploadJob:
    """One file to read.

    Args:
        number: Its place among the files.
        file: Where it lies.
        header_limits: What it may ask for at the door.
        read_limits: What it may ask for on its way to the network input.
        pseudonymiser: Its exam is known by a pseudonym alone.
    """

    number: int
    file: LocalFile
    header_limits: HeaderLimits
    read_limits: ReadLimits
    pseudonymiser: Pseudonymiser


@dataclass(frozen=True)
class Upload:
    """What a file holds.

    Args:
        instance: Its row of `instances`; None for a picture, or where it is no mammogram.
        network_input: What the model takes; None where there is a reason.
        reason: Why it cannot be scored.
        detail: One sentence on the reason.
    """

    instance: dict[str, object] | None = None
    network_input: NetworkInput | None = None
    reason: RejectionReason | None = None
    detail: str | None = None


def read_upload(job: UploadJob) -> Upload:
    """Read one file to the network input; runs in a worker process.

    Raises:
        Rejected: If the file cannot be unpacked, or is a damaged picture.
    """
    data = job.file.read(job.header_limits)
    if data.startswith(_PICTURES):
        stored = read_picture(data)
        _check_size(stored, job.read_limits)
        return Upload(network_input=prepare(picture_attributes(stored), stored))
    summary = ObjectSummary(f"{job.number:06}", "upload", len(data), datetime.now(UTC))
    found = read_instance(summary, lambda n: data[:n], job.pseudonymiser, job.header_limits)
    if found.reason is not None:
        return Upload(found.instance, reason=found.reason, detail=found.detail)
    try:
        return Upload(found.instance, make_network_input(data, job.read_limits))
    except Rejected as error:
        return Upload(found.instance, reason=error.reason, detail=error.detail)


def _check_size(stored: StoredValues, limits: ReadLimits) -> None:
    if stored.size > limits.max_frame_pixels:
        raise Rejected(
            RejectionReason.TOO_LARGE,
            f"It has {stored.size} pixels, more than {limits.max_frame_pixels}.",
        )


@dataclass(frozen=True)
class PictureJob:
    """One file to draw as a picture.

    Args:
        upload: The file.
        picture_format: png or jpg.
        height_px: Of the picture; None for the file's own. No picture is enlarged.
    """

    upload: UploadJob
    picture_format: str
    height_px: int | None


def draw_picture(job: PictureJob) -> bytes:
    """Draw the whole image by its own window, 8 bits; runs in a worker process.

    Raises:
        Rejected: If it cannot be decoded.
    """
    data = job.upload.file.read(job.upload.header_limits)
    if data.startswith(_PICTURES):
        stored = read_picture(data)
        dataset = picture_attributes(stored)
    else:
        dataset = read_dataset(data, job.upload.read_limits)
        stored = decode(dataset, job.upload.read_limits.max_frame_pixels)
    grey = (apply_table(stored, display_table(dataset, stored)) >> 8).astype(np.uint8)
    scale = min(1.0, (job.height_px or grey.shape[0]) / grey.shape[0])
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    is_drawn, encoded = cv2.imencode(
        FORMATS[job.picture_format], grey, _OPTIONS[job.picture_format]
    )
    if not is_drawn:
        raise Rejected(RejectionReason.DAMAGED_PIXELS, "It cannot be drawn.")
    return encoded.tobytes()
