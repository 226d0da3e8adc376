"""Our JPEG Lossless decoder against the library's: CPU ms an image, one core, one run.

The two take turns on each image, so that a busy machine slows both; every result is compared.

    python -m benchmarks.jpeg_lossless [--rounds N] [--json PATH]
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from benchmarks.plans import COLUMNS, ROWS, plan_of
from tasks.preprocess.jpeg_lossless import decode_jpeg_lossless
from tasks.synthetic.equipment import (
    FUJI_AMULET,
    HOLOGIC_DIMENSIONS,
    PLANMED_CLARITY,
    Equipment,
    Unit,
)
from tasks.synthetic.exams import generate_image, plan_exam
from tasks.synthetic.jpeg_lossless import encode_jpeg_lossless

Pixels = NDArray[np.uint16]


@dataclass(frozen=True)
class Row:
    """One kind of image; CPU milliseconds an image, medians."""

    kind: str
    bits_per_pixel: float
    library_ms: float
    ours_ms: float
    library_per_s: float
    ours_per_s: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.library_ms / self.ours_ms


def draw(equipment: Equipment) -> Pixels:
    """A generated MLO view of the equipment, at full size."""
    plan = plan_of(1, (Unit(1, "UNIDAD-1", equipment),))
    return generate_image(plan, plan_exam(plan, 0), "L", "MLO").stored_values


def with_noise(values: Pixels, deviation: float, bits: int) -> Pixels:
    """The same with noise everywhere, background included, on a pedestal."""
    noise = np.random.default_rng(0).normal(10 * deviation, deviation, values.shape)
    return np.clip(np.rint(values + noise), 0, 2**bits - 1).astype(np.uint16)


def images() -> dict[str, tuple[Pixels, int]]:
    """Stored values and their bits, by kind."""
    black, deep = draw(HOLOGIC_DIMENSIONS), draw(PLANMED_CLARITY)
    return {
        "12 bit, black background": (black, 12),
        "12 bit, MONOCHROME1": (draw(FUJI_AMULET), 12),
        "14 bit, padded background": (deep, 14),
        "12 bit, faint noise everywhere": (with_noise(black, 2, 12), 12),
        "12 bit, noise everywhere": (with_noise(black, 8, 12), 12),
        "14 bit, strong noise everywhere": (with_noise(deep, 40, 14), 14),
    }


def cpu_ms_in_turn(decoders: list[Callable[[], Pixels]], rounds: int) -> list[float]:
    """Median CPU time of each, over rounds in which each is called once."""
    taken: list[list[float]] = [[] for _ in decoders]
    for _ in range(rounds):
        for decoder, times in zip(decoders, taken, strict=True):
            start = time.process_time()
            decoder()
            times.append(1000 * (time.process_time() - start))
    return [statistics.median(times) for times in taken]


def images_per_s(
    decoder: Callable[[], Pixels], n_threads: int = 2, n_images: int = 16
) -> float:
    """Wall-clock images a second of `n_threads` threads: neither decoder holds the GIL."""
    with ThreadPoolExecutor(n_threads) as pool:
        start = time.perf_counter()
        for future in [pool.submit(decoder) for _ in range(n_images)]:
            future.result()
        return n_images / (time.perf_counter() - start)


def compare(kind: str, values: Pixels, bits: int, rounds: int) -> Row:
    """Measure one image.

    Raises:
        AssertionError: If a decoder is not bit-exact.
    """
    frame = encode_jpeg_lossless(values, bits)
    ours = partial(decode_jpeg_lossless, frame, rows=ROWS, columns=COLUMNS, bits_stored=bits)
    library = partial(imagecodecs.ljpeg_decode, frame)
    np.testing.assert_array_equal(ours(), values)
    np.testing.assert_array_equal(library(), values)
    library_ms, ours_ms = cpu_ms_in_turn([library, ours], rounds)
    return Row(
        kind,
        8 * len(frame) / values.size,
        library_ms,
        ours_ms,
        images_per_s(library),
        images_per_s(ours),
    )


def as_markdown(rows: list[Row]) -> str:
    """The table for `docs/results.md`."""
    head = [
        f"CPU ms an image of {ROWS} x {COLUMNS}, one core, medians; images/s by two threads.",
        "",
        "| image | bit/pixel | imagecodecs.ljpeg ms | ours ms | times faster "
        "| imagecodecs images/s | ours images/s |",
        "|---|---|---|---|---|---|---|",
    ]
    body = [
        f"| {row.kind} | {row.bits_per_pixel:.1f} | {row.library_ms:.1f} | {row.ours_ms:.1f} "
        f"| {row.ratio:.1f} | {row.library_per_s:.1f} | {row.ours_per_s:.1f} |"
        for row in rows
    ]
    return "\n".join(head + body)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [
        compare(kind, values, bits, options.rounds) for kind, (values, bits) in images().items()
    ]
    print(as_markdown(rows))
    if options.json:
        records = [{**asdict(row), "ratio": row.ratio} for row in rows]
        options.json.write_text(json.dumps(records, indent=1))


if __name__ == "__main__":
    main()
