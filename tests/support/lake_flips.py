"""Harms a lake's files in seeded ways and counts what its check notices.

`python -m tests.support.lake_flips [N]` prints the counts as JSON: N flips of one bit and N
truncations a table, and of the flips that went unnoticed how many changed what is read.
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
from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows

SEED = 16


def count_noticed(n: int) -> dict[str, dict[str, int]]:
    """Harm the only data file of two tables, `n` times each way; counts by kind of harm."""
    counts: dict[str, Counter[str]] = {"flips": Counter(), "truncations": Counter()}
    with TemporaryDirectory() as folder:
        lake = Lake(folder)
        lake.upsert(OBJECTS, object_rows(range(500)))
        pixels = random.Random(SEED).randbytes(1 << 14)
        lake.insert_new(IMAGES, image_rows(range(8), pixels=pixels))
        for table in (OBJECTS, IMAGES):
            sound = lake.read(table)
            for kind in harm(lake, table, n):
                counts[kind][outcome(lake, table, sound)] += 1
    return {kind: dict(found) for kind, found in counts.items()}


def harm(lake: Lake, table: Table, n: int) -> Iterator[str]:
    """Harm the file anew for each turn of the caller, and mend it at the end."""
    [file] = Path(lake.url, table.name).rglob("part-*.parquet")
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
    try:
        checked = check_table(lake, files_of(lake), table, with_values=True)
        if checked.problems:
            return "noticed"
        return "harmless" if lake.read(table).equals(sound) else "unnoticed"
    except SmartMammoError:
        return "noticed"


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    sys.stdout.write(json.dumps(count_noticed(n), indent=2) + "\n")
