"""What our decoding and preprocessing are held to: the fastest library, and the common way.

It measures nothing.
"""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread, uid
from pydicom.encaps import get_frame
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut
from skimage import measure
from skimage import transform as skimage_transform

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX

Work = Callable[[], Any]

_FRAME_DECODERS: dict[uid.UID, tuple[Callable[[Any], Any], ...]] = {
    uid.RLELossless: (lambda frame: imagecodecs.dicomrle_decode(frame, "<u2"),),
    uid.JPEGBaseline8Bit: (imagecodecs.jpeg8_decode,),
    uid.JPEGExtended12Bit: (imagecodecs.jpeg8_decode,),
    uid.JPEGLossless: (
        imagecodecs.ljpeg_decode,
        imagecodecs.jpegsof3_decode,
        imagecodecs.jpeg8_decode,
    ),
    uid.JPEGLSLossless: (imagecodecs.jpegls_decode,),
    uid.JPEG2000Lossless: (imagecodecs.jpeg2k_decode,),
    uid.HTJ2KLossless: (imagecodecs.htj2k_decode,),
}
"""The libraries of a compression, each given the frame alone."""

_LIKE = {
    uid.JPEGLosslessSV1: uid.JPEGLossless,
    uid.JPEGLSNearLossless: uid.JPEGLSLossless,
    uid.JPEG2000: uid.JPEG2000Lossless,
    uid.HTJ2KLosslessRPCL: uid.HTJ2KLossless,
    uid.HTJ2K: uid.HTJ2KLossless,
}


def libraries(data: bytes, syntax: uid.UID) -> list[Work]:
    """Every library's decoding of a file's pixels and no more; the fastest of them counts."""
    decoders = _FRAME_DECODERS.get(_LIKE.get(syntax, syntax))
    if decoders:
        frame = get_frame(dcmread(BytesIO(data)).PixelData, 0, number_of_frames=1)
        return [lambda decode=decode: decode(frame) for decode in decoders]
    if syntax == uid.DeflatedExplicitVRLittleEndian:
        body = data[144 + int.from_bytes(data[140:144], "little") :]
        return [lambda: zlib.decompressobj(-zlib.MAX_WBITS).decompress(body)]
    return [lambda: pydicom_pixels(data)]


def pydicom_pixels(data: bytes) -> NDArray[Any]:
    """What pydicom makes of a file with the plugins that are installed."""
    return dcmread(BytesIO(data)).pixel_array


def _area(region: Any) -> float:
    return region.area


def common_preprocessing(dataset: Dataset, stored: NDArray[Any]) -> NDArray[np.uint8]:
    """VOI, breast, crop and resize as most public code writes it."""
    values = apply_voi_lut(apply_modality_lut(stored, dataset), dataset).astype(np.float64)
    values = (values - values.min()) / (values.max() - values.min())
    regions = measure.regionprops(measure.label(values > 0.05))
    top, left, bottom, right = max(regions, key=_area).bbox
    crop = values[top:bottom, left:right]
    scale = min(INPUT_HEIGHT_PX / crop.shape[0], INPUT_WIDTH_PX / crop.shape[1])
    shape = (round(crop.shape[0] * scale), round(crop.shape[1] * scale))
    resized = np.asarray(skimage_transform.resize(crop, shape, anti_aliasing=True))
    network_input = np.zeros((INPUT_HEIGHT_PX, INPUT_WIDTH_PX), np.uint8)
    network_input[: shape[0], : shape[1]] = np.rint(255 * resized)
    return network_input


def common_whole(data: bytes) -> NDArray[np.uint8]:
    """pydicom, then the above."""
    dataset = dcmread(BytesIO(data))
    return common_preprocessing(dataset, dataset.pixel_array)


def draw_mammogram(rows: int, columns: int) -> NDArray[np.uint16]:
    """Draw a 12-bit breast with texture and noise, background 0."""
    generator = np.random.default_rng(0)
    row, column = np.mgrid[:rows:8, :columns:8] / np.array([[[rows]], [[columns]]])
    depth = 1 - ((row - 0.5) / 0.45) ** 2 - (column / 0.75) ** 2
    texture = cv2.GaussianBlur(generator.normal(0, 1, depth.shape), (0, 0), 6)
    tissue = np.where(depth > 0, 800 + 1800 * np.sqrt(np.clip(depth, 0, 1)) + 4000 * texture, 0)
    whole = cv2.resize(tissue.astype(np.float32), (columns, rows))
    noisy = np.clip(whole + generator.normal(0, 12, whole.shape), 1, 4095)
    return np.where(whole > 0, noisy, 0).astype(np.uint16)
