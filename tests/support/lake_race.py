"""Processes that write the same rows to one lake at the same moment."""

import multiprocessing
from multiprocessing.synchronize import Barrier

from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows


def insert_in_parts(lake: Lake, barrier: Barrier, first: int) -> int:
    """Insert twelve images in three commits, starting with another part in each process."""
    barrier.wait()
    starts = [(first + part) % 3 * 4 for part in range(3)]
    return sum(
        lake.insert_new(IMAGES, image_rows(range(start, start + 4), run_id=f"{first}"))
        for start in starts
    )


def upsert_own_rows(lake: Lake, barrier: Barrier, first: int) -> int:
    """Set the state of two objects that no other process touches, and insert one of its own."""
    barrier.wait()
    own = object_rows(range(2 * first, 2 * first + 2), state="scored")
    return lake.upsert(OBJECTS, own.vstack(object_rows(range(100 + first, 101 + first))))


def race(function, lake: Lake, n_processes: int = 8) -> list[int]:
    """Run a function in processes that start together; its results in their order."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        barrier = manager.Barrier(n_processes)
        with context.Pool(n_processes) as pool:
            return pool.starmap(
                function, [(lake, barrier, number) for number in range(n_processes)]
            )
