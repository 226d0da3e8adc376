"""Decoding and preprocessing in CPU ms an image, against the fastest and the common way.

One run, one process, one thread, side by side; medians. It measures nothing over a network.

    python -m benchmarks.preprocessing [--rounds N] [--json PATH]
"""

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread, uid
from pydicom.encaps import get_frame
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from skimage import measure
from skimage import transform as skimage_transform

from models.contract import INPUT_HEIGHT_PX, INPUT_WIDTH_PX
from tasks.preprocess.codecs import CODECS, decode
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import PREPROCESSING_VERSION, make_network_input, prepare
from tasks.synthetic.dicom import build_mammogram_bytes

ROWS, COLUMNS = 4096, 3328

Frame = bytes
FASTEST: dict[uid.UID, list[Callable[[Any], Any]]] = {
    uid.RLELossless: [lambda frame: imagecodecs.dicomrle_decode(frame, "<u2")],
    uid.JPEGLosslessSV1: [
        imagecodecs.ljpeg_decode,
        imagecodecs.jpegsof3_decode,
        imagecodecs.jpeg8_decode,
    ],
    uid.JPEGLSLossless: [imagecodecs.jpegls_decode],
    uid.JPEG2000Lossless: [imagecodecs.jpeg2k_decode],
    uid.HTJ2KLossless: [imagecodecs.htj2k_decode],
}
"""The libraries that are compared for one frame; the fastest of them counts."""

RAW = (uid.ExplicitVRLittleEndian, uid.DeflatedExplicitVRLittleEndian)


@dataclass(frozen=True)
class Row:
    """One transfer syntax; CPU milliseconds an image, medians."""

    transfer_syntax: str
    decoder: str
    fastest_library_ms: float
    ours_decode_ms: float
    pydicom_decode_ms: float
    ours_whole_ms: float
    common_whole_ms: float


def draw_mammogram() -> NDArray[np.uint16]:
    """A 12-bit breast of ROWS x COLUMNS with texture and noise, background 0."""
    generator = np.random.default_rng(0)
    row, column = np.mgrid[:ROWS:8, :COLUMNS:8] / np.array([[[ROWS]], [[COLUMNS]]])
    depth = 1 - ((row - 0.5) / 0.45) ** 2 - (column / 0.75) ** 2
    texture = cv2.GaussianBlur(generator.normal(0, 1, depth.shape), (0, 0), 6)
    tissue = np.where(depth > 0, 800 + 1800 * np.sqrt(np.clip(depth, 0, 1)) + 4000 * texture, 0)
    whole = cv2.resize(tissue.astype(np.float32), (COLUMNS, ROWS))
    noisy = np.clip(whole + generator.normal(0, 12, whole.shape), 1, 4095)
    return np.where(whole > 0, noisy, 0).astype(np.uint16)


def cpu_ms(work: Callable[[], Any], rounds: int) -> float:
    """Median CPU time of a call over `rounds`, after one that warms up."""
    work()
    taken: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1000 * statistics.median(taken)


def fastest_ms(data: bytes, syntax: uid.UID, rounds: int) -> float:
    """The fastest library on the frame alone; for raw syntaxes, pydicom on the file."""
    if syntax in RAW:
        return cpu_ms(lambda: dcmread(BytesIO(data)).pixel_array, rounds)
    frame = get_frame(dcmread(BytesIO(data)).PixelData, 0, number_of_frames=1)
    return min(cpu_ms(lambda: one(frame), rounds) for one in FASTEST[syntax])  # noqa: B023


def ours_decode_ms(data: bytes, syntax: uid.UID, rounds: int) -> float:
    """Our decoding of what the fastest library is given."""
    if syntax in RAW:
        return cpu_ms(lambda: decode(read_dataset(data)), rounds)
    dataset = read_dataset(data)
    return cpu_ms(lambda: decode(dataset), rounds)


def common_preprocessing(dataset: Dataset, stored: NDArray[Any]) -> NDArray[np.uint8]:
    """VOI, breast, crop and resize as most public code writes it."""
    values = apply_voi_lut(apply_modality_lut(stored, dataset), dataset).astype(np.float64)
    values = (values - values.min()) / (values.max() - values.min())
    regions = measure.regionprops(measure.label(values > 0.05))
    top, left, bottom, right = max(regions, key=lambda region: region.area).bbox
    crop = values[top:bottom, left:right]
    scale = min(INPUT_HEIGHT_PX / crop.shape[0], INPUT_WIDTH_PX / crop.shape[1])
    shape = (round(crop.shape[0] * scale), round(crop.shape[1] * scale))
    resized = skimage_transform.resize(crop, shape, anti_aliasing=True)
    network_input = np.zeros((INPUT_HEIGHT_PX, INPUT_WIDTH_PX), np.uint8)
    network_input[: shape[0], : shape[1]] = np.rint(255 * resized)
    return network_input


def common_whole(data: bytes) -> NDArray[np.uint8]:
    """pydicom, then the above."""
    dataset = dcmread(BytesIO(data))
    return common_preprocessing(dataset, dataset.pixel_array)


def measure_syntax(stored: NDArray[np.uint16], syntax: uid.UID, rounds: int) -> Row:
    """Measure one transfer syntax."""
    data = build_mammogram_bytes(stored, transfer_syntax_uid=syntax)
    few = max(1, rounds // 3)
    return Row(
        transfer_syntax=syntax.name.split(" (Process")[0].replace(" Image Compression", ""),
        decoder=CODECS[syntax].name,
        fastest_library_ms=fastest_ms(data, syntax, rounds),
        ours_decode_ms=ours_decode_ms(data, syntax, rounds),
        pydicom_decode_ms=cpu_ms(lambda: dcmread(BytesIO(data)).pixel_array, few),
        ours_whole_ms=cpu_ms(lambda: make_network_input(data), rounds),
        common_whole_ms=cpu_ms(lambda: common_whole(data), few),
    )


def measure_preprocessing(stored: NDArray[np.uint16], rounds: int) -> dict[str, float]:
    """Everything but decoding, ours and the common way, for either side."""
    data = build_mammogram_bytes(stored, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    ours, theirs = read_dataset(data), dcmread(BytesIO(data))
    turned = np.ascontiguousarray(stored[:, ::-1])
    times = {
        "ours_ms": cpu_ms(lambda: prepare(ours, stored), rounds),
        "ours_flipped_ms": cpu_ms(lambda: prepare(ours, turned), rounds),
        "common_ms": cpu_ms(lambda: common_preprocessing(theirs, stored), max(1, rounds // 3)),
    }
    return {**times, "ratio": times["common_ms"] / times["ours_ms"]}


def print_table(rows: list[Row], preprocessing: dict[str, float]) -> None:
    """Print markdown for `docs/results.md`."""
    print(f"CPU ms an image of {ROWS} x {COLUMNS}, 12 bit, one thread, medians.\n")
    print(
        "| transfer syntax | decoder | fastest library | ours | ratio | pydicom "
        "| whole, ours | whole, common | ratio |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.transfer_syntax} | {row.decoder} | {row.fastest_library_ms:.0f} "
            f"| {row.ours_decode_ms:.0f} "
            f"| {row.fastest_library_ms / row.ours_decode_ms:.2f} "
            f"| {row.pydicom_decode_ms:.0f} | {row.ours_whole_ms:.0f} "
            f"| {row.common_whole_ms:.0f} | {row.common_whole_ms / row.ours_whole_ms:.1f} |"
        )
    print(
        f"\nPreprocessing without decoding: {preprocessing['ours_ms']:.1f} ms (right breasts, "
        f"which are turned: {preprocessing['ours_flipped_ms']:.1f}); as commonly written "
        f"{preprocessing['common_ms']:.0f} ms, {preprocessing['ratio']:.0f} times as much."
    )


def peak_memory_mb(data: bytes, n_images: int) -> float:
    """Peak resident memory of a process of its own that makes `n_images` inputs."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        for _ in range(n_images):
            make_network_input(data)
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        os.write(writer, str(peak_kb).encode())
        os._exit(0)
    os.wait()
    return int(os.read(reader, 32)) / 1024


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    stored = draw_mammogram()
    # Before this process grows with the common way's arrays: a fork inherits the peak.
    raw = build_mammogram_bytes(stored, transfer_syntax_uid=uid.JPEGLosslessSV1)
    peak = peak_memory_mb(raw, 20)
    rows = [measure_syntax(stored, syntax, options.rounds) for syntax in (*RAW, *FASTEST)]
    preprocessing = measure_preprocessing(stored, options.rounds)
    print_table(rows, preprocessing)
    print(f"Peak memory of a process over 20 images, generating included: {peak:.0f} MB.")
    if options.json:
        record = {
            "preprocessing_version": PREPROCESSING_VERSION,
            "syntaxes": [asdict(row) for row in rows],
            "preprocessing": preprocessing,
            "peak_memory_mb": peak,
        }
        options.json.write_text(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
