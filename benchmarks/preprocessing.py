"""Decoding and preprocessing in CPU ms an image, against the fastest and the common way.

One process, one thread, one run. All take turns in every round, so that a busy moment slows
each alike; the medians of the rounds' times and ratios are printed. `--quick` is for a look.

    python -m benchmarks.preprocessing [--rounds N] [--quick] [--json PATH]
"""

import argparse
import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread, uid

from benchmarks.decoding_rivals import (
    Work,
    common_preprocessing,
    common_whole,
    draw_mammogram,
    libraries,
    pydicom_pixels,
)
from benchmarks.worker_scaling import measure_workers
from tasks.preprocess.codecs import CODECS, decode
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import PREPROCESSING_VERSION, make_network_input, prepare
from tasks.synthetic.dicom import build_mammogram_bytes

SIZES = ((4096, 3328), (3328, 2560))
COMMON = (
    uid.ExplicitVRLittleEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.RLELossless,
    uid.JPEGLosslessSV1,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
    uid.HTJ2KLossless,
)
"""Measured at both sizes; all others at the larger one alone."""
SLOW_EVERY = 3
"""The common way takes part in every third round: it is tens of times slower."""

Times = dict[str, list[float]]


def take_turns(works: Mapping[str, Work], slow: Mapping[str, Work], rounds: int) -> Times:
    """CPU ms of each work by round, after one call of each that warms up."""
    for work in (*works.values(), *slow.values()):
        work()
    taken: Times = defaultdict(list)
    for number in range(rounds):
        for name, work in {**works, **(slow if number % SLOW_EVERY == 0 else {})}.items():
            start = time.process_time()
            work()
            taken[name].append(1000 * (time.process_time() - start))
    return taken


def fastest_of(times: Times) -> list[float]:
    """The times of the library with the lowest median."""
    rivals = [values for name, values in times.items() if name.startswith("library")]
    return min(rivals, key=statistics.median)


def ratio(slower: list[float], faster: list[float]) -> float:
    """The median of the ratios of the rounds that both took part in."""
    step = SLOW_EVERY if len(slower) < len(faster) else 1
    pairs = zip(slower, faster[::step], strict=True)
    return statistics.median(one / other for one, other in pairs)


def measure_syntax(
    stored: NDArray[np.uint16], syntax: uid.UID, rounds: int
) -> dict[str, float]:
    """Measure one transfer syntax: times in CPU ms, and what ours takes of each rival's."""
    is_8_bit = syntax == uid.JPEGBaseline8Bit
    values = (stored >> 4).astype(np.uint8) if is_8_bit else stored
    data = build_mammogram_bytes(values, transfer_syntax_uid=syntax)
    dataset = read_dataset(data)
    times = take_turns(
        {
            **{f"library {n}": work for n, work in enumerate(libraries(data, syntax))},
            "ours": (lambda: decode(dataset))
            if syntax.is_encapsulated
            else lambda: decode(read_dataset(data)),
            "whole": lambda: make_network_input(data),
        },
        {"pydicom": lambda: pydicom_pixels(data), "common": lambda: common_whole(data)},
        rounds,
    )
    library = fastest_of(times)
    return {
        "library_ms": statistics.median(library),
        **{f"{name}_ms": statistics.median(times[name]) for name in ("ours", "pydicom")},
        "ours_to_library": ratio(times["ours"], library),
        "whole_ms": statistics.median(times["whole"]),
        "common_ms": statistics.median(times["common"]),
        "common_to_whole": ratio(times["common"], times["whole"]),
    }


def measure_preprocessing(stored: NDArray[np.uint16], rounds: int) -> dict[str, float]:
    """Everything but decoding, quality and the search for text included, for either side."""
    data = build_mammogram_bytes(stored, transfer_syntax_uid=uid.ExplicitVRLittleEndian)
    ours, theirs = read_dataset(data), dcmread(BytesIO(data))
    turned = np.ascontiguousarray(stored[:, ::-1])
    times = take_turns(
        {"left": lambda: prepare(ours, stored), "right": lambda: prepare(ours, turned)},
        {"common": lambda: common_preprocessing(theirs, stored)},
        3 * rounds,
    )
    return {
        **{f"{name}_ms": statistics.median(values) for name, values in times.items()},
        "common_to_left": ratio(times["common"], times["left"]),
    }


def print_size(size: tuple[int, int], rows: dict[str, dict[str, float]]) -> None:
    """Print one size's table as Markdown."""
    print(f"\nCPU ms an image of {size[0]} x {size[1]}, one thread, medians.\n")
    print(
        "| transfer syntax | decoder | fastest library | ours | ours / library | pydicom "
        "| whole, ours | whole, common way | times faster |"
    )
    print("|---" * 9 + "|")
    for name, row in rows.items():
        syntax = next(one for one in CODECS if one.name == name)
        print(
            f"| {name.replace(' Image Compression', '').split(', Non-Hier')[0]} "
            f"{'.' + syntax.rsplit('.', 1)[1] if syntax.is_encapsulated else ''} "
            f"| {CODECS[syntax].name} | {row['library_ms']:.1f} | {row['ours_ms']:.1f} "
            f"| {row['ours_to_library']:.2f} | {row['pydicom_ms']:.0f} | {row['whole_ms']:.0f} "
            f"| {row['common_ms']:.0f} | {row['common_to_whole']:.1f} |"
        )


def print_preprocessing(size: tuple[int, int], times: dict[str, float]) -> None:
    """Print what preprocessing without decoding takes at one size."""
    print(
        f"\nPreprocessing without decoding, {size[0]} x {size[1]}: {times['left_ms']:.1f} ms "
        f"(right breasts, which are turned: {times['right_ms']:.1f}); the common way "
        f"{times['common_ms']:.0f} ms, {times['common_to_left']:.1f} times as much."
    )


def print_workers(workers: dict[str, float]) -> None:
    """Print how whole images scale over worker processes, and what one takes."""
    print(
        f"\nWhole images, JPEG Lossless, {SIZES[0][0]} x {SIZES[0][1]}: "
        f"{workers['images_per_s_one']:.1f} a second in one worker process, "
        f"{workers['images_per_s_two']:.1f} in two: {workers['scaling']:.2f} times. Peak "
        f"memory of a worker: {workers['peak_mb_after_ten']:.0f} MB after ten images, "
        f"{workers['peak_mb']:.0f} MB at the end."
    )


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rounds = SLOW_EVERY if options.quick else options.rounds
    print(f"Load {os.getloadavg()[0]:.1f} over {os.cpu_count()} cores; {rounds} rounds.")
    record: dict[str, object] = {"preprocessing_version": PREPROCESSING_VERSION}
    for size in SIZES:
        stored = draw_mammogram(*size)
        if size == SIZES[0]:
            data = build_mammogram_bytes(stored, transfer_syntax_uid=uid.JPEGLosslessSV1)
            record["workers"] = workers = measure_workers(data)
            print_workers(workers)
        syntaxes = CODECS if size == SIZES[0] and not options.quick else COMMON
        rows = {one.name: measure_syntax(stored, one, rounds) for one in syntaxes}
        print_size(size, rows)
        preprocessing = measure_preprocessing(stored, rounds)
        print_preprocessing(size, preprocessing)
        record[f"{size[0]}x{size[1]}"] = {"syntaxes": rows, "preprocessing": preprocessing}
    if options.json:
        options.json.write_text(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
