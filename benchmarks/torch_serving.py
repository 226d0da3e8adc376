"""Torch in Triton against torch alone and against the arithmetic limit; Markdown out.

For a machine with a GPU: by precision, instances and images at once, the server of the wheel
beside the same network in this process, in turns. Without a GPU it runs on the CPU, float32
alone, which shows that it works and says nothing of a GPU.

    python -m benchmarks.torch_serving [--quick]
"""

import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated

import numpy as np
import torch
import typer
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.serving import (
    BATCH_SIZES,
    ENVIRONMENT,
    QUICK_REPEATS,
    QUICK_SIZES,
    REPEATS,
    REPOSITORY,
    VERSION,
    in_turns,
    time_served,
)
from flows.stack.torch_triton import TorchTriton
from models.contract import IMAGE, MAX_BATCH_SIZE, MODEL_NAME
from models.packaged import load_packaged
from tasks.redeploy.repository import copy_versions
from tasks.redeploy.triton_configs import TORCH_CONFIG, PythonEngine, python_config
from tasks.score.triton import Limits, TritonModel

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
INSTANCES = (1, 2, 4)
MATRIX_SIDE, MATRIX_REPEATS = 4096, 10
N_IN_FLIGHT = 4
"""Batches under way at once: enough to keep every instance at work."""


class Alone:
    """The network in this process, as `model.py` runs it, without a server."""

    def __init__(self, device: str, precision: str) -> None:
        self._device, self._dtype = torch.device(device), DTYPES[precision]
        network = load_packaged(REPOSITORY / MODEL_NAME / VERSION).to(self._device)
        self._network = network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  # torch's types lack it

    def score(self, images: torch.Tensor) -> None:
        """Score images batch by batch, their way to the device and back included."""
        is_reduced = self._dtype != torch.float32
        autocast = torch.autocast(self._device.type, self._dtype, enabled=is_reduced)
        with torch.inference_mode(), autocast:
            for batch in images.split(MAX_BATCH_SIZE):
                for values in self._network(batch.to(self._device)).values():
                    values.float().cpu()

    def seconds(self, n_images: int) -> float:
        """Time of scoring so many images."""
        images = torch.randint(0, 256, (n_images, *IMAGE.shape), dtype=torch.uint8)
        start = perf_counter()
        self.score(images)
        return perf_counter() - start

    def flops_an_image(self) -> int:
        """Operations on numbers that one image takes; multiply and add are two."""
        with FlopCounterMode(display=False) as counter:
            self.score(torch.zeros((1, *IMAGE.shape), dtype=torch.uint8))
        return counter.get_total_flops()

    def peak_flops(self) -> float:
        """Operations a second of a large product of matrices: what the device can do."""
        shape = (MATRIX_SIDE, MATRIX_SIDE)
        one = torch.rand(shape, device=self._device, dtype=self._dtype)
        seconds = [self._seconds_of_product(one) for _ in range(MATRIX_REPEATS)]
        return 2 * MATRIX_SIDE**3 / min(seconds)

    def _seconds_of_product(self, one: torch.Tensor) -> float:
        start = perf_counter()
        (one @ one)[0, 0].item()  # waits for the device
        return perf_counter() - start


@contextmanager
def served(engine: PythonEngine) -> Generator[TritonModel]:
    """The wheel's Triton with one version by an engine."""
    with tempfile.TemporaryDirectory() as folder:
        home, repository = Path(folder), Path(folder) / "models"
        copy_versions(REPOSITORY, [VERSION], repository)
        configuration = repository / MODEL_NAME / "configs" / f"{TORCH_CONFIG}.pbtxt"
        configuration.write_text(python_config(engine, [VERSION]))
        with (
            TorchTriton(home, ENVIRONMENT, repository, 0) as server,
            TritonModel(server.url, VERSION, limits=Limits(n_in_flight=N_IN_FLIGHT)) as model,
        ):
            yield model


def print_precision(
    device: str, precision: str, instances: tuple[int, ...], sizes: tuple[int, ...], n: int
) -> None:
    """Print one precision's rows: the limit, alone, and served by each count of instances."""
    alone = Alone(device, precision)
    limit_ms = 1e3 * alone.flops_an_image() / alone.peak_flops()
    for count in instances:
        kind = "KIND_GPU" if device == "cuda" else "KIND_CPU"
        with served(PythonEngine("torch", kind, count, precision)) as model:
            sides: list[Callable[[int], float]] = [alone.seconds, partial(time_served, model)]
            for n_images in sizes:
                (ours, _), (theirs, _) = in_turns(sides, n_images, n)
                cells = f"{limit_ms:.3f} | {ours:.2f} | {theirs:.2f} | {theirs / ours:.2f}"
                print(f"| {precision} | {count} | {n_images} | {cells} | {1e3 / theirs:.0f} |")


def main(quick: Annotated[bool, typer.Option(help="Few rounds of two sizes.")] = False) -> None:
    """Print the table."""
    is_here = torch.cuda.is_available()
    device = "cuda" if is_here else "cpu"
    where = torch.cuda.get_device_name() if is_here else "no GPU: the CPU"
    sizes, n = (QUICK_SIZES, QUICK_REPEATS) if quick else (BATCH_SIZES, REPEATS)
    print(
        f"torch {torch.__version__}, numpy {np.__version__}, {where}; ms an image, medians.\n"
    )
    print(
        "| precision | instances | images at once | arithmetic limit | alone | served "
        "| served / alone | images/s served |"
    )
    print("|---" * 8 + "|")
    for precision in DTYPES if is_here else ["f32"]:
        instances = INSTANCES if is_here else INSTANCES[:1]
        print_precision(device, precision, instances, sizes, n)


if __name__ == "__main__":
    typer.run(main)
