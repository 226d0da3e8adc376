"""Serving against the network alone: what Triton adds, by batch size; Markdown out.

`python -m benchmarks.serving`. Both sides run the same ONNX by OpenVINO in Triton's
environment, arranged the same way, in turns, so that other load hits both. `--quick` takes
three rounds of two sizes; `--url host:port` times a Triton that runs elsewhere, such as a GPU
host's with another instance count or precision in its configuration, by batches and by how
many are in flight.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated

import numpy as np
import typer

from flows.stack.triton_server import EmbeddedTriton
from models.contract import IMAGE, MODEL_NAME
from tasks.redeploy.triton_configs import CPU_PRECISION
from tasks.score.triton import Limits, TritonModel

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-triton"
REPOSITORY = ROOT / "triton_repo"
VERSION = "1"
BATCH_SIZES = (1, 4, 8, 64)
"""64 is what a night sends at once: eight full batches, two in flight."""

QUICK_SIZES = (1, 8)
IN_FLIGHT = (1, 2, 4, 8)
REPEATS, QUICK_REPEATS = 15, 3


class InProcess:
    """The network in a process of Triton's environment, asked over a pipe: a count, seconds."""

    def __init__(self, precision: str) -> None:
        python = ENVIRONMENT / "bin" / "python"
        model = REPOSITORY / MODEL_NAME / VERSION / "model.onnx"
        self._process = subprocess.Popen(
            [python, Path(__file__).with_name("openvino_alone.py"), model, precision],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, n_images: int) -> float:
        """Time of scoring so many images."""
        assert self._process.stdin
        assert self._process.stdout
        print(n_images, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def time_served(model: TritonModel, n_images: int) -> float:
    """Time of scoring so many images through Triton."""
    images = np.random.default_rng(1).integers(0, 256, (n_images, *IMAGE.shape), np.uint8)
    start = perf_counter()
    model.score(images)
    return perf_counter() - start


def in_turns(
    sides: list[Callable[[int], float]], n_images: int, n_rounds: int
) -> list[tuple[float, float]]:
    """Median and best milliseconds an image, for each side."""
    rounds = [[side(n_images) for side in sides] for _ in range(n_rounds + 1)][1:]
    by_side = [np.array(times) / n_images * 1e3 for times in zip(*rounds, strict=True)]
    return [(float(np.median(times)), float(times.min())) for times in by_side]


def time_elsewhere(url: str, version: str, *, quick: bool) -> None:
    """Print images a second of a running Triton, by images at once and batches in flight."""
    sizes = QUICK_SIZES if quick else BATCH_SIZES
    n_rounds = QUICK_REPEATS if quick else REPEATS
    print("| images at once | batches in flight | ms an image (best) | images/s |")
    print("|---|---|---|---|")
    for n_in_flight in IN_FLIGHT:
        limits = Limits(n_in_flight=n_in_flight)
        with TritonModel(url, version, limits=limits) as model:
            for n_images in sizes:
                [(middle, best)] = in_turns([partial(time_served, model)], n_images, n_rounds)
                cells = f"{middle:.2f} ({best:.2f}) | {1e3 / middle:.0f}"
                print(f"| {n_images} | {n_in_flight} | {cells} |")


def time_here(*, quick: bool) -> None:
    """Print what the embedded server adds to the network alone."""
    sizes = QUICK_SIZES if quick else BATCH_SIZES
    n_rounds = QUICK_REPEATS if quick else REPEATS
    f32, bf16 = InProcess("f32"), InProcess("bf16")
    with (
        tempfile.TemporaryDirectory() as home,
        EmbeddedTriton(Path(home), ENVIRONMENT, REPOSITORY, 0) as server,
        TritonModel(server.url, VERSION) as model,
    ):
        sides = [f32.seconds, bf16.seconds, partial(time_served, model)]
        print(
            f"Milliseconds an image, median (best) of {n_rounds}; served in {CPU_PRECISION}.\n"
        )
        print("| images at once | alone f32 | alone bf16 | served | served / alone |")
        print("|---|---|---|---|---|")
        for n_images in sizes:
            alone, alone_bf16, served = in_turns(sides, n_images, n_rounds)
            same = {"f32": alone, "bf16": alone_bf16}[CPU_PRECISION]
            ratio = (served[0] / same[0], served[1] / same[1])
            cells = (alone, alone_bf16, served, ratio)
            row = " | ".join(f"{middle:.2f} ({best:.2f})" for middle, best in cells)
            print(f"| {n_images} | {row} |")
    f32.close()
    bf16.close()


def main(
    url: Annotated[
        str | None, typer.Option(help="host:port of a Triton that runs elsewhere.")
    ] = None,
    version: Annotated[str, typer.Option(help="Version to ask there.")] = VERSION,
    quick: Annotated[bool, typer.Option(help="Few rounds of two sizes.")] = False,
) -> None:
    """Print the table."""
    if url:
        time_elsewhere(url, version, quick=quick)
    else:
        time_here(quick=quick)


if __name__ == "__main__":
    typer.run(main)
