"""A process that writes to a lake until it is killed."""

import sys

from tasks.lake.schemas import IMAGES, OBJECTS
from tasks.lake.store import Lake
from tests.support.lake_rows import image_rows, object_rows


def write_forever(lake: Lake) -> None:
    """Insert images and then mark their objects, eight at a time, always starting anew."""
    number = 0
    while True:
        numbers = range(number, number + 8)
        lake.insert_new(IMAGES, image_rows(numbers, pixels=bytes(50_000)))
        lake.upsert(OBJECTS, object_rows(numbers, state="scored"))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 8


if __name__ == "__main__":
    write_forever(Lake(sys.argv[1]))
