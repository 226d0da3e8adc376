"""The check of a lake on files that were harmed at random: `lake_flips`."""

from pathlib import Path

import polars as pl
import pytest

from tasks.errors import SmartMammoError
from tasks.lake.backup import files_of
from tasks.lake.check import check_table
from tasks.lake.digests import strangers
from tasks.lake.schemas import LAKE_FILES, TABLES
from tests.support.lake_flips import count_noticed, harm, small_lake

N_FILES = 4


@pytest.mark.parametrize("n", [8, pytest.param(50, marks=pytest.mark.long)])
def test_every_flip_and_truncation_of_a_recorded_file_is_noticed(n, capfd):
    noticed = {"noticed": n * N_FILES}
    assert count_noticed(n) == {"flips": noticed, "truncations": noticed}


@pytest.mark.parametrize("n", [8, pytest.param(200, marks=pytest.mark.long)])
def test_what_a_flip_makes_the_digests_say_is_noticed(tmp_path, capfd, n):
    lake = small_lake(str(tmp_path))
    [file] = Path(lake.url, LAKE_FILES.name).glob("part-*.parquet")
    sound = lake.read(LAKE_FILES)
    for _ in harm(file, n):
        try:
            digests = lake.read(LAKE_FILES)
        except SmartMammoError:
            continue
        without_times = [frame.drop("recorded_at") for frame in (digests, sound)]
        assert without_times[0].equals(without_times[1]) or has_problem(lake, digests)


def has_problem(lake, digests: pl.DataFrame) -> bool:
    files = files_of(lake)
    checked = (check_table(lake, files, table, digests=digests) for table in TABLES)
    lacks = any(found.problems or found.n_unrecorded for found in checked)
    return bool(strangers(TABLES, digests)) or lacks
