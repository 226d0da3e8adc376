"""A process that commits on a disk that fails, and says what came of it."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from tasks.errors import Retryable
from tasks.lake.schemas import OBJECTS, PRIORITY_LISTS
from tasks.lake.store import Lake
from tests.support.lake_rows import object_rows

PAGE_KB = 4
N_SIZES = 16
LIST_DATE = date(2026, 11, 24)
PARTS = {
    "begin": (range(8), "pending", 3),
    "change": (range(4, 12), "scored", 5),
}


def commit(part: str, folder: Path) -> str:
    """Upsert objects, then publish a list; what there is to say of a failure."""
    numbers, state, n_exams = PARTS[part]
    lake = Lake(str(folder))
    try:
        lake.upsert(OBJECTS, object_rows(numbers, state=state))
        lake.replace_where(PRIORITY_LISTS, list_rows(n_exams), {"list_date": LIST_DATE})
    except Retryable as error:
        return str(error)
    return ""


def list_rows(n_exams: int) -> pl.DataFrame:
    """A list of so many exams."""
    plain = {
        pl.String: "x",
        pl.Date: LIST_DATE,
        pl.Datetime: datetime(2026, 11, 24, tzinfo=UTC),
    }
    schema = PRIORITY_LISTS.schema
    row = {name: plain.get(dtype.base_type(), 1) for name, dtype in schema.items()}
    rows = [row | {"rank": rank, "exam_key": f"exam-{rank}"} for rank in range(n_exams)]
    return pl.DataFrame(rows, schema=schema)


def content(folder: Path) -> tuple[dict[str, str], int]:
    """State by object key, and how many exams the list has."""
    lake = Lake(str(folder))
    rows = lake.read(OBJECTS).select("object_key", "state")
    return dict(rows.iter_rows()), lake.read(PRIORITY_LISTS).height


def fill(disk: Path) -> list[list[object]]:
    """Commit on disks that have so many pages left, then give them room and commit again.

    Returns:
        For each disk the sentence, the content, and both after the second commit.
    """
    begun = disk / "begun"
    commit("begin", begun)
    sizes = [file.stat().st_size for file in begun.rglob("*") if file.is_file()]
    used_kb = sum(PAGE_KB * (1 + size // (1024 * PAGE_KB)) for size in sizes)
    said: list[list[object]] = []
    for n_pages in range(N_SIZES):
        small = disk / str(n_pages)
        small.mkdir()
        _mount(small, f"size={used_kb + PAGE_KB * n_pages}k")
        lake = small / "lake"
        shutil.copytree(begun, lake)
        said.append([commit("change", lake), content(lake)])
        _mount(small, "remount,size=10000k")
        said[-1] += [commit("change", lake), content(lake)]
    return said


def _mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)


if __name__ == "__main__":
    part, place = sys.argv[1], Path(sys.argv[2])
    sys.stdout.write(json.dumps(fill(place) if part == "fill" else commit(part, place)))
