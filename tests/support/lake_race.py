"""Processes that write to one lake at the same moment."""

import multiprocessing
from multiprocessing.synchronize import Barrier

from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows


def insert_in_parts(lake: Lake, number: int) -> int:
    """Insert twelve images in three commits, starting with another part in each process."""
    starts = [(number + part) % 3 * 4 for part in range(3)]
    return sum(
        lake.insert_new(IMAGES, image_rows(range(start, start + 4), run_id=f"{number}"))
        for start in starts
    )


def upsert_own_rows(lake: Lake, number: int) -> int:
    """Set the state of two objects that no other process touches, and insert one of its own."""
    own = object_rows(range(2 * number, 2 * number + 2), state="scored")
    return lake.upsert(OBJECTS, own.vstack(object_rows(range(100 + number, 101 + number))))


def write_at_once(lake: Lake, barrier: Barrier, number: int) -> tuple[int, int]:
    """Wait for the others, then do both; how many rows were inserted and changed."""
    barrier.wait()
    return insert_in_parts(lake, number), upsert_own_rows(lake, number)


def race(lake: Lake, n_processes: int) -> list[tuple[int, int]]:
    """Run `write_at_once` in so many processes that start together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier = manager.Barrier(n_processes)
        with context.Pool(n_processes) as pool:
            return pool.starmap(
                write_at_once, [(lake, barrier, number) for number in range(n_processes)]
            )
