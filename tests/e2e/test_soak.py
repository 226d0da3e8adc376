"""A process that works through very many exams holds no more memory and no more files.

`SOAK_EXAMS=2000` makes it shorter.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from tasks.lake.schemas import EXAM_SCORES, OBJECTS
from tests.support.night import Campaign
from tests.support.soak import EXAMS_PER_NIGHT, PLAIN_ALLOCATORS, work_through

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.long]

N_EXAMS = int(os.environ.get("SOAK_EXAMS", "5000"))
WARM_UP_EXAMS = max(500, N_EXAMS // 4)
"""Until then caches fill: connections, compiled loops, allocators' arenas. A run that is not
four times as long says nothing of memory, and is held to descriptors and completeness alone."""

MB_PER_1000_EXAMS = 1.0
"""RELIABILITY.md, test 18."""


def test_memory_and_descriptors_stay_flat_over_very_many_exams(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
):
    for name, value in PLAIN_ALLOCATORS.items():
        monkeypatch.setenv(name, value)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        nights = apart.submit(work_through, N_EXAMS // EXAMS_PER_NIGHT).result()
    assert campaign.read(EXAM_SCORES).height == N_EXAMS
    assert set(campaign.read(OBJECTS)["state"]) == {"scored"}
    n_files = [night.n_files for night in nights]
    assert max(n_files) <= n_files[len(n_files) // 4] + 5
    if N_EXAMS < 4 * WARM_UP_EXAMS:
        return
    warm = [night for night in nights if night.n_exams > WARM_UP_EXAMS]
    n_exams, in_use_mb = ([night[place] for night in warm] for place in (0, 1))
    slope = float(np.polyfit(n_exams, in_use_mb, deg=1)[0]) * 1000
    assert slope < MB_PER_1000_EXAMS, f"{slope:+.2f} MB a 1 000 exams"
