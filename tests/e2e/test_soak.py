"""A process that works through very many exams holds no more memory and no more files.

The steps of a night, in one process, night after night over new exams; what was read leaves
the list, and each week the small files that nights leave are joined, as in a programme.
`SOAK_EXAMS=2000` makes it shorter.
"""

import ctypes
import gc
import os
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import psutil
import pytest

from benchmarks.scale import copy_of
from flows.services import build_services, load_settings
from flows.upkeep import compact_lake
from tasks.ingest.intake import discover_objects, read_batch, unread_batches
from tasks.ingest.shards import waiting_shards
from tasks.lake.schemas import EXAM_SCORES, OBJECTS, OUTCOMES, PRIORITY_LISTS
from tasks.preprocess.shard import preprocess_shard
from tasks.publish.publication import publish_list
from tasks.redeploy.record import ensure_calibration
from tasks.run import Run
from tasks.score.exams import aggregate
from tasks.score.shard import score_shard
from tasks.services import Services
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tests.support.night import LIST_DATE, Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.long]

N_EXAMS = int(os.environ.get("SOAK_EXAMS", "5000"))
EXAMS_PER_NIGHT = 50
NIGHTS_PER_WEEK = 7
WARM_UP_EXAMS = max(500, N_EXAMS // 4)
"""Until then caches fill: connections, compiled loops, allocators' arenas. A run that is not
four times as long says nothing of memory, and is held to descriptors and completeness alone."""

MB_PER_1000_EXAMS = 1.0
"""RELIABILITY.md, test 18; of anonymous memory: mapped files come and go as the machine has
room for them, and are the process's alone only while no other one maps them."""

NIGHTS_PER_LOW = 10
"""The lowest of so many nights counts: a buffer of pixels more or less is 50 MB, by chance."""

LIBC = ctypes.CDLL("libc.so.6")
SMAPS = Path("/proc/self/smaps_rollup")


def run_night(services: Services, number: int) -> None:
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
    lake.insert_new(OUTCOMES, OUTCOMES.frame([reading(key, run) for key in listed]))


def reading(exam_key: str, run: Run) -> dict[str, object]:
    decided = {"exam_key": exam_key, "breast": "R", "source": "reader", "recalled": False}
    return {**dict.fromkeys(OUTCOMES.schema), **decided, "recorded_at": run.started_at}


def held_mb() -> float:
    """What is held, without what is freed and kept by the allocator for later."""
    gc.collect()
    LIBC.malloc_trim(0)
    fields = dict(re.findall(r"(\w+): +(\d+) kB", SMAPS.read_text()))
    return (int(fields["Anonymous"]) - int(fields["LazyFree"])) / 1000


def slope_mb_per_1000(memory: Sequence[tuple[int, float]]) -> float:
    parts = [memory[n : n + NIGHTS_PER_LOW] for n in range(0, len(memory), NIGHTS_PER_LOW)]
    lows = [min(part, key=lambda night: night[1]) for part in parts]
    return float(np.polyfit(*zip(*lows, strict=True), deg=1)[0]) * 1000


def test_memory_and_descriptors_stay_flat_over_very_many_exams(campaign: Campaign):
    plan = CampaignPlan(EXAMS_PER_NIGHT, seed=5, size_scale=0.12, trouble=False)
    objects = list(generate_campaign(plan))
    services, process = build_services(load_settings()), psutil.Process()
    memory: list[tuple[int, float]] = []
    descriptors: list[int] = []
    with services.pool:
        for number in range(N_EXAMS // EXAMS_PER_NIGHT):
            for item in objects:  # generating others would be most of the work
                campaign.store.write(*copy_of(item.object_key, item.data, number))
            run_night(services, number)
            if number % NIGHTS_PER_WEEK == NIGHTS_PER_WEEK - 1:
                list(compact_lake(is_dry=False, by_exam=False))
            n_exams = (number + 1) * EXAMS_PER_NIGHT
            memory.append((n_exams, held_mb()))
            descriptors.append(process.num_fds())
            print(f"{n_exams} exams: {memory[-1][1]:.1f} MB, {descriptors[-1]} files")  # noqa: T201
    assert campaign.read(EXAM_SCORES).height == N_EXAMS
    assert set(campaign.read(OBJECTS)["state"]) == {"scored"}
    assert max(descriptors) <= descriptors[len(descriptors) // 4] + 5
    if N_EXAMS < 4 * WARM_UP_EXAMS:
        return
    slope = slope_mb_per_1000([(n, mb) for n, mb in memory if n > WARM_UP_EXAMS])
    assert slope < MB_PER_1000_EXAMS, f"{slope:+.2f} MB a 1 000 exams"
