"""Pictures that are no DICOM: PGM, PNG and JPEG to stored values, masks to boxes.

It refuses colour and what OpenCV cannot read; a mask's specks are not lesions.
"""

import cv2
import numpy as np
from pydicom import Dataset

from tasks.errors import Rejected, RejectionReason
from tasks.preprocess.geometry import PixelBox
from tasks.preprocess.values import StoredValues

_DTYPES = {"uint8": np.uint8, "uint16": np.uint16}
_NO_PICTURE = "It is no PGM, PNG or JPEG picture, or its download was cut off: fetch it again."
MASK_THRESHOLD = 127
MIN_LESION_PX = 16
"""Smaller parts of a mask are what JPEG leaves around an edge."""


def read_picture(data: bytes) -> StoredValues:
    """Decode a grey picture.

    Returns:
        [rows, columns], uint8 or uint16.

    Raises:
        Rejected: If it cannot be decoded or has colours.
    """
    encoded = np.frombuffer(data, np.uint8)
    picture = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED) if encoded.size else None
    if picture is None or picture.dtype.name not in _DTYPES:
        raise Rejected(RejectionReason.DAMAGED_PIXELS, _NO_PICTURE)
    grey = picture if picture.ndim == 2 else picture[..., 0]
    if picture.ndim == 3 and np.any(picture[..., 1:3] != grey[..., None]):
        raise Rejected(RejectionReason.DAMAGED_PIXELS, "The picture has colours.")
    return np.ascontiguousarray(grey, _DTYPES[picture.dtype.name])


def picture_attributes(stored: StoredValues) -> Dataset:
    """The attributes that pixels need, of a picture: 8 bits are shown as they are.

    References:
        DICOM PS3.3 C.11.2.1.2.1: center 128 and width 256 map 0-255 to the whole range.
    """
    attributes = Dataset()
    attributes.Rows, attributes.Columns = stored.shape
    attributes.BitsStored = 8 * stored.itemsize
    attributes.PhotometricInterpretation = "MONOCHROME2"
    if stored.dtype == np.uint8:
        attributes.WindowCenter, attributes.WindowWidth = 128, 256
    return attributes


def find_mask(pictures: list[StoredValues], rows: int, columns: int) -> StoredValues:
    """Choose the mask among a lesion's files: of the image's size, with the fewest values.

    Raises:
        Rejected: If none has the image's size.
    """
    masks = [picture for picture in pictures if picture.shape == (rows, columns)]
    if not masks:
        raise Rejected(
            RejectionReason.FRAME_SIZE_MISMATCH,
            f"No mask has the image's {rows} x {columns} pixels.",
        )
    return min(masks, key=lambda mask: np.unique(mask).size)


def mask_boxes(mask: StoredValues) -> list[PixelBox]:
    """Box every bright part of a mask."""
    bright = (mask > MASK_THRESHOLD).astype(np.uint8)
    _, _, parts, _ = cv2.connectedComponentsWithStats(bright)
    return [
        PixelBox(
            top_px=int(part[cv2.CC_STAT_TOP]),
            left_px=int(part[cv2.CC_STAT_LEFT]),
            height_px=int(part[cv2.CC_STAT_HEIGHT]),
            width_px=int(part[cv2.CC_STAT_WIDTH]),
        )
        for part in parts[1:]
        if part[cv2.CC_STAT_AREA] >= MIN_LESION_PX
    ]
