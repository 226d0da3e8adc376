"""What the stages of a night cost alone, in process, on all cores: the floors it is held to.

Each stage is given what the one before it left in memory, and one forked process a core; the
network runs in Triton's environment as the server runs it.
"""

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

import boto3
import imagecodecs
from botocore.config import Config
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.encaps import get_frame

from benchmarks.serving import InProcess
from tasks.ingest.object_store import S3Location
from tasks.preprocess.codecs import decode
from tasks.preprocess.jpeg_lossless import decode_jpeg_lossless
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.transform import prepare
from tasks.redeploy.triton_configs import CPU_PRECISION

IMAGES_PER_EXAM = 4
N_CORES = os.cpu_count() or 1
N_IMAGES_AT_ONCE = 64
N_NETWORK_ROUNDS = 3

Item = TypeVar("Item")


@dataclass(frozen=True)
class Floors:
    """Wall seconds an exam of each stage alone."""

    s3_read: float
    decode_ours: float
    decode_library: float
    preprocess: float
    network: float

    @property
    def decode(self) -> float:
        """By the fastest decoder."""
        return min(self.decode_ours, self.decode_library)

    @property
    def total(self) -> float:
        """One stage after the other."""
        return self.s3_read + self.decode + self.preprocess + self.network


@dataclass(frozen=True)
class _Frame:
    data: bytes
    rows: int
    columns: int


def measure_floors(location: S3Location, keys: Sequence[str]) -> Floors:
    """Measure every stage on the images of some exams."""
    s3_read = _on_all_cores(partial(_read, location), keys)
    files = [_read(location, key) for key in keys]
    frames = [_frame(data) for data in files]
    ours = _on_all_cores(_decode_ours, frames)
    library = _on_all_cores(_decode_library, frames)
    decoded = [(dataset, decode(dataset)) for dataset in map(read_dataset, files)]
    preprocess = _on_all_cores(_preprocess, decoded)
    seconds = [stage / len(keys) for stage in (s3_read, ours, library, preprocess)]
    return Floors(*(IMAGES_PER_EXAM * one for one in (*seconds, _network())))


def _on_all_cores(work: Callable[[Item], Any], items: Sequence[Item]) -> float:
    """Wall seconds that one forked process a core takes over all items."""
    context = multiprocessing.get_context("fork")
    parts = [items[core::N_CORES] for core in range(N_CORES)]
    processes = [context.Process(target=_do_all, args=(work, part)) for part in parts]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    if any(process.exitcode for process in processes):
        raise RuntimeError(f"{work} failed in a process.")
    return seconds


def _do_all(work: Callable[[Item], Any], items: Sequence[Item]) -> None:
    for item in items:
        work(item)


def _read(location: S3Location, key: str) -> bytes:
    """The bare minimum: one GET, nothing verified."""
    return _client(location.endpoint).get_object(Bucket=location.bucket, Key=key)["Body"].read()


_clients: dict[int, Any] = {}


def _client(endpoint: str) -> Any:
    """One client a process."""
    if os.getpid() not in _clients:
        config = Config(s3={"addressing_style": "path"})
        _clients[os.getpid()] = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", config=config
        )
    return _clients[os.getpid()]


def _frame(data: bytes) -> _Frame:
    dataset = dcmread(BytesIO(data))
    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    return _Frame(frame, dataset.Rows, dataset.Columns)


def _decode_ours(frame: _Frame) -> None:
    decode_jpeg_lossless(frame.data, rows=frame.rows, columns=frame.columns)


def _decode_library(frame: _Frame) -> None:
    imagecodecs.ljpeg_decode(frame.data)


def _preprocess(image: tuple[Dataset, NDArray[Any]]) -> None:
    prepare(*image)


def _network() -> float:
    """Seconds an image, arranged and at the precision as the server runs it; the median."""
    alone = InProcess(CPU_PRECISION)
    taken = [alone.seconds(N_IMAGES_AT_ONCE) for _ in range(N_NETWORK_ROUNDS + 1)]
    alone.close()
    return statistics.median(taken[1:]) / N_IMAGES_AT_ONCE
