"""Night after night in one process, and what it holds after each.

The steps of a night over new exams; what was read leaves the list, and each week the small
files that nights leave are joined, as in a programme.
"""

import ctypes
import gc
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
import psutil

from benchmarks.scale import copy_of
from flows.services import bucket_location, build_services, load_settings
from flows.upkeep import compact_lake
from tasks.ingest.intake import discover_objects, read_batch, unread_batches
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.shards import waiting_shards
from tasks.lake.schemas import OUTCOMES, PRIORITY_LISTS
from tasks.preprocess.shard import preprocess_shard
from tasks.publish.publication import publish_list
from tasks.redeploy.record import ensure_calibration
from tasks.run import Run
from tasks.score.exams import aggregate
from tasks.score.shard import score_shard
from tasks.services import Services
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import LIST_DATE

EXAMS_PER_NIGHT = 50
NIGHTS_PER_WEEK = 7

PLAIN_ALLOCATORS = {
    "PYTHONMALLOC": "malloc",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0",
}
"""The environment in which it can be said what is in use: Python and Arrow ask the C library,
which knows what is free in its one heap; polars and Delta give back what they free. Else memory
is also what allocators choose to keep, tens of megabytes more or less by chance."""

LIBC = ctypes.CDLL("libc.so.6")
LIBC.open_memstream.restype = ctypes.c_void_p
LIBC.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
LIBC.fclose.argtypes = [ctypes.c_void_p]
SMAPS = Path("/proc/self/smaps")


class Night(NamedTuple):
    """What the process holds after a night.

    Args:
        n_exams: Since it began.
        in_use_mb: Memory that nobody has given back.
        resident_mb: With what is free in the C library's heap, between what is in use. Both are
            of anonymous memory: mapped files come and go as the machine has room for them.
        n_files: Open.
    """

    n_exams: int
    in_use_mb: float
    resident_mb: float
    n_files: int


def work_through(n_nights: int) -> list[Night]:
    """Work through nights on the servers that the environment names."""
    return [_tell(night) for night in _nights(n_nights)]


def _nights(n_nights: int) -> Iterator[Night]:
    plan = CampaignPlan(EXAMS_PER_NIGHT, seed=5, size_scale=0.12, trouble=False)
    objects = list(generate_campaign(plan))
    settings, process = load_settings(), psutil.Process()
    store, services = ObjectStore(bucket_location(settings)), build_services(settings)
    with services.pool:
        for number in range(n_nights):
            for item in objects:  # generating others would be most of the work
                store.write(*copy_of(item.object_key, item.data, number))
            _run_night(services, number)
            if number % NIGHTS_PER_WEEK == NIGHTS_PER_WEEK - 1:
                list(compact_lake(is_dry=False, by_exam=False))
            yield Night((number + 1) * EXAMS_PER_NIGHT, *_memory_mb(), process.num_fds())


def _tell(night: Night) -> Night:
    print(  # noqa: T201
        f"{night.n_exams} exams: {night.in_use_mb:.1f} MB in use, {night.resident_mb:.1f} MB "
        f"resident, {night.n_files} files",
        flush=True,
    )
    return night


def _run_night(services: Services, number: int) -> None:
    """What `flows.campaign` does, without Prefect."""
    lake, version = services.lake, services.model.version
    run = Run.begin(LIST_DATE + timedelta(days=number))
    discover_objects(lake, services.store, run)
    for object_keys in unread_batches(lake):
        read_batch(object_keys, services, run)
    for exam_keys in waiting_shards(lake, version, services.settings.exams_per_shard):
        preprocess_shard(exam_keys, services, run)
        score_shard(exam_keys, lake, services.model, run)
    ensure_calibration(lake, services.settings.model_repository, version)
    aggregate(
        lake, version, run, since=run.started_at - timedelta(seconds=1) if number else None
    )
    publish_list(lake, version, run)
    is_todays = pl.col("list_date") == run.list_date
    listed = lake.read(PRIORITY_LISTS, columns=["exam_key"], where=is_todays)["exam_key"]
    lake.insert_new(OUTCOMES, OUTCOMES.frame([_reading(key, run) for key in listed]))


def _reading(exam_key: str, run: Run) -> dict[str, object]:
    decided = {"exam_key": exam_key, "breast": "R", "source": "reader", "recalled": False}
    return {**dict.fromkeys(OUTCOMES.schema), **decided, "recorded_at": run.started_at}


def _memory_mb() -> tuple[float, float]:
    """What is in use, and what is resident."""
    gc.collect()
    LIBC.malloc_trim(0)
    heap, elsewhere = _anonymous_mb()
    return _heap_in_use_mb() + elsewhere, heap + elsewhere


def _anonymous_mb() -> tuple[float, float]:
    """Anonymous memory of the C library's heap, and of all other mappings (proc(5))."""
    heap = elsewhere = 0.0
    for mapping in re.split(
        r"^(?=[0-9a-f]+-[0-9a-f]+ )", SMAPS.read_text(), flags=re.MULTILINE
    ):
        fields = dict(re.findall(r"^(\w+): +(\d+) kB", mapping, re.MULTILINE))
        mb = (int(fields.get("Anonymous", 0)) - int(fields.get("LazyFree", 0))) / 1000
        if "[heap]" in mapping.partition("\n")[0]:
            heap += mb
        else:
            elsewhere += mb
    return heap, elsewhere


def _heap_in_use_mb() -> float:
    """What the heap holds for others (malloc_info(3)): all of it but what is free."""
    text, size = ctypes.c_char_p(), ctypes.c_size_t()
    stream = LIBC.open_memstream(ctypes.byref(text), ctypes.byref(size))
    LIBC.malloc_info(0, stream)
    LIBC.fclose(stream)
    totals = (text.value or b"").decode().rpartition("</heap>")[2]
    LIBC.free(text)
    free = sum(
        int(n) for n in re.findall(r'total type="(?:fast|rest)".*? size="(\d+)"', totals)
    )
    [whole] = re.findall(r'system type="current" size="(\d+)"', totals)
    return (int(whole) - free) / 1e6
