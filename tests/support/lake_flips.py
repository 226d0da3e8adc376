"""Harms a lake's files in seeded ways and counts what its check notices.

`python -m tests.support.lake_flips [N]` prints the counts as JSON: N flips of one bit and N
truncations of each of two data files and two entries of the log, and of the flips that went
unnoticed how many changed what is read.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tasks.errors import SmartMammoError
from tasks.lake.backup import files_of
from tasks.lake.check import check_table
from tasks.lake.columns import Table
from tasks.lake.digests import record
from tasks.lake.schemas import IMAGES, LAKE_FILES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows

SEED = 16
TABLES = (OBJECTS, IMAGES)


def count_noticed(n: int) -> dict[str, dict[str, int]]:
    """Harm each file of two tables that has a digest, `n` times each way; counts by harm."""
    counts: dict[str, Counter[str]] = {"flips": Counter(), "truncations": Counter()}
    with TemporaryDirectory() as folder:
        lake = small_lake(folder)
        for table in TABLES:
            sound = lake.read(table)
            for file in recorded_files(lake, table):
                for kind in harm(file, n):
                    counts[kind][outcome(lake, table, sound)] += 1
    return {kind: dict(found) for kind, found in counts.items()}


def small_lake(url: str) -> Lake:
    """Two tables of one data file each, with their digests."""
    lake = Lake(url)
    lake.upsert(OBJECTS, object_rows(range(500)))
    pixels = random.Random(SEED).randbytes(1 << 14)
    lake.insert_new(IMAGES, image_rows(range(8), pixels=pixels))
    record(lake, files_of(lake), TABLES)
    return lake


def recorded_files(lake: Lake, table: Table) -> list[Path]:
    """The data file of a table, and the entry of its log that names it."""
    [data] = Path(lake.url, table.name).rglob("part-*.parquet")
    files = [data, Path(lake.url, table.name, "_delta_log", f"{1:020}.json")]
    digests = lake.read(LAKE_FILES)["path"].to_list()
    assert {str(file.relative_to(lake.url)) for file in files} <= set(digests)
    return files


def harm(file: Path, n: int) -> Iterator[str]:
    """Harm a file anew for each turn of the caller, and mend it at the end."""
    whole, chance = file.read_bytes(), random.Random(SEED)
    for _ in range(n):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
        yield "flips"
        file.write_bytes(whole[: chance.randrange(len(whole))])
        yield "truncations"
    file.write_bytes(whole)


def outcome(lake: Lake, table: Table, sound: pl.DataFrame) -> str:
    """noticed, harmless where what is read is the same, or unnoticed."""
    digests = lake.read(LAKE_FILES)
    try:
        checked = check_table(lake, files_of(lake), table, with_values=True, digests=digests)
        if checked.problems:
            return "noticed"
        return "harmless" if lake.read(table).equals(sound) else "unnoticed"
    except SmartMammoError:
        return "noticed"


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    sys.stdout.write(json.dumps(count_noticed(n), indent=2) + "\n")
