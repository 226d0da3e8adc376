"""What exploring needs of the pixels: brightness, thumbnails and hashes, in one pass.

It keeps a few images in memory at a time, and no full-size one.
"""

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.datasets.leakage import Hash, perceptual_hash, read_images
from tasks.lake.store import Lake

N_BINS = 32
PER_LABEL = 8
THUMBNAIL_PX = 192

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class PixelFacts:
    """What one pass over the images gave.

    Args:
        n_images: With pixels.
        n_different: Images of different pixels.
        hashes: Perceptual hashes by key.
        histograms: Label to the share of breast pixels in each of N_BINS steps of brightness.
        gallery: sop_instance_key, label and png (base64), some of each label.
    """

    n_images: int
    n_different: int
    hashes: dict[str, Hash]
    histograms: dict[str, list[float]]
    gallery: list[dict[str, str]]


def read_pixel_facts(lake: Lake, labels: Mapping[str, str]) -> PixelFacts:
    """Look at every image once.

    Args:
        lake: Holds the images.
        labels: A word for each image, by key; the gallery and histograms go by it.
    """
    hashes: dict[str, Hash] = {}
    sums: dict[str, NDArray[np.float64]] = {}
    shown: Counter[str] = Counter()
    gallery: list[dict[str, str]] = []
    digests: set[str] = set()
    for row, pixels in read_images(lake):
        key, digest = str(row["sop_instance_key"]), str(row["pixels_sha256"])
        label = labels.get(key, "unknown")
        hashes[key] = perceptual_hash(pixels)
        digests.add(digest)
        sums[label] = sums.get(label, np.zeros(N_BINS)) + brightness(pixels)
        if shown[label] < PER_LABEL:
            shown[label] += 1
            gallery.append({"sop_instance_key": key, "label": label, "png": thumbnail(pixels)})
    histograms = {name: (total / total.sum()).tolist() for name, total in sorted(sums.items())}
    gallery.sort(key=lambda one: one["label"])
    return PixelFacts(len(hashes), len(digests), hashes, histograms, gallery)


def brightness(pixels: Image) -> NDArray[np.float64]:
    """Shares of the breast's pixels by brightness; background, which is zero, left out."""
    counts = np.bincount(pixels.ravel() // (256 // N_BINS), minlength=N_BINS)
    counts[0] -= int(np.count_nonzero(pixels == 0))
    return counts / max(1, counts.sum())


def thumbnail(pixels: Image) -> str:
    """A small PNG as base64."""
    scale = THUMBNAIL_PX / max(pixels.shape)
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    is_written, png = cv2.imencode(".png", small)
    if not is_written:
        raise ValueError(f"Pixels of the shape {pixels.shape} cannot be written as PNG.")
    return base64.b64encode(png.tobytes()).decode("ascii")


def as_uri(picture: Mapping[str, Any]) -> str:
    """A gallery's picture as an address that carries it."""
    return f"data:image/png;base64,{picture['png']}"
