"""How images reach a Triton on the same host: gRPC's bytes against system shared memory.

One batch at a time, both ways in turns on the embedded server; what a batch takes otherwise is
the network, the same for both. Prints Markdown.

    python -m benchmarks.transports [--rounds 15]
"""

import argparse
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import InferenceServerClient, InferInput
from tritonclient.utils import shared_memory

from benchmarks.serving import ENVIRONMENT, REPOSITORY, VERSION
from flows.stack.triton_server import EmbeddedTriton
from models.contract import IMAGE, MAX_BATCH_SIZE, MODEL_NAME

BATCH_SIZES = (1, 4, MAX_BATCH_SIZE)
REGION = "images"

Ask = Callable[[NDArray[np.uint8]], object]


def ask_by_bytes(client: InferenceServerClient) -> Ask:
    """Send the images in the request."""

    def ask(images: NDArray[np.uint8]) -> object:
        tensor = InferInput(IMAGE.name, list(images.shape), IMAGE.triton_dtype)
        tensor.set_data_from_numpy(images)
        return client.infer(MODEL_NAME, [tensor], model_version=VERSION)

    return ask


@contextmanager
def asking_by_memory(client: InferenceServerClient) -> Generator[Ask]:
    """Lay the images into memory that the server maps, and name it in the request."""
    size = MAX_BATCH_SIZE * int(np.prod(IMAGE.shape))
    region = shared_memory.create_shared_memory_region(REGION, f"/{REGION}", size)
    client.register_system_shared_memory(REGION, f"/{REGION}", size)

    def ask(images: NDArray[np.uint8]) -> object:
        shared_memory.set_shared_memory_region(region, [images])
        tensor = InferInput(IMAGE.name, list(images.shape), IMAGE.triton_dtype)
        tensor.set_shared_memory(REGION, images.nbytes)
        return client.infer(MODEL_NAME, [tensor], model_version=VERSION)

    try:
        yield ask
    finally:
        client.unregister_system_shared_memory(REGION)
        shared_memory.destroy_shared_memory_region(region)


def seconds(ask: Ask, images: NDArray[np.uint8]) -> float:
    """Wall time of one request."""
    start = perf_counter()
    ask(images)
    return perf_counter() - start


def take_turns(ways: list[Ask], images: NDArray[np.uint8], rounds: int) -> NDArray[np.float64]:
    """[rounds, ways] seconds; who begins changes from round to round, the first is left out."""
    taken = np.empty((rounds + 1, len(ways)))
    for number in range(rounds + 1):
        for place in np.roll(range(len(ways)), number):
            taken[number, place] = seconds(ways[place], images)
    return taken[1:]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print("| images | bytes, ms (median) | memory, ms (median) | memory / bytes |")
    print("|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as home,
        EmbeddedTriton(Path(home), ENVIRONMENT, REPOSITORY, 0) as server,
        InferenceServerClient(server.url) as client,
        asking_by_memory(client) as by_memory,
    ):
        by_bytes = ask_by_bytes(client)
        for n_images in BATCH_SIZES:
            shape = (n_images, *IMAGE.shape)
            images = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
            taken = take_turns([by_bytes, by_memory], images, rounds)
            bytes_ms, memory_ms = np.median(taken, axis=0) * 1e3
            ratio = np.median(taken[:, 1] / taken[:, 0])
            print(f"| {n_images} | {bytes_ms:.1f} | {memory_ms:.1f} | {ratio:.3f} |")


if __name__ == "__main__":
    main()
