"""Serving against the network alone: what Triton adds, by batch size; Markdown out.

`python -m benchmarks.serving`. Both sides run the same ONNX by OpenVINO in Triton's
environment, arranged the same way, in turns, so that other load hits both.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from flows.triton_server import EmbeddedTriton
from models.contract import IMAGE, MODEL_NAME
from tasks.redeploy.repository import CPU_PRECISION
from tasks.score.triton import TritonModel

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-triton"
REPOSITORY = ROOT / "triton_repo"
VERSION = "1"
BATCH_SIZES = (1, 4, 8, 64)
"""64 is what a night sends at once: eight full batches, two in flight."""

REPEATS = 15


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


def in_turns(sides: list[Callable[[int], float]], n_images: int) -> list[tuple[float, float]]:
    """Median and best milliseconds an image, for each side."""
    rounds = [[side(n_images) for side in sides] for _ in range(REPEATS + 1)][1:]
    by_side = [np.array(times) / n_images * 1e3 for times in zip(*rounds, strict=True)]
    return [(float(np.median(times)), float(times.min())) for times in by_side]


def main() -> None:
    """Print the table."""
    f32, bf16 = InProcess("f32"), InProcess("bf16")
    with (
        tempfile.TemporaryDirectory() as home,
        EmbeddedTriton(Path(home), ENVIRONMENT, REPOSITORY, 0) as server,
        TritonModel(server.url, VERSION) as model,
    ):
        sides = [f32.seconds, bf16.seconds, lambda n: time_served(model, n)]
        print(
            f"Milliseconds an image, median (best) of {REPEATS}; served in {CPU_PRECISION}.\n"
        )
        print("| images at once | alone f32 | alone bf16 | served | served / alone |")
        print("|---|---|---|---|---|")
        for n_images in BATCH_SIZES:
            alone, alone_bf16, served = in_turns(sides, n_images)
            same = {"f32": alone, "bf16": alone_bf16}[CPU_PRECISION]
            ratio = (served[0] / same[0], served[1] / same[1])
            cells = (alone, alone_bf16, served, ratio)
            row = " | ".join(f"{middle:.2f} ({best:.2f})" for middle, best in cells)
            print(f"| {n_images} | {row} |")
    f32.close()
    bf16.close()


if __name__ == "__main__":
    main()
