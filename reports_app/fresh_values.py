"""Values made of the lake's tables, kept until one of the tables has a new version."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock, local
from typing import TypeVar, cast

from tasks.lake.columns import Table
from tasks.lake.store import Lake

Value = TypeVar("Value")

N_KEPT = 8
"""Exams, lists and exams' pixels that are kept: four views are 2 MB."""

KINDS = ("exam ", "list ", "pixels of ", "views ")
"""How the names begin of values of which there are as many as exams or days."""


class FreshValues:
    """What was built, by name; safe to share between a server's threads.

    Args:
        lake: Asked for its tables' versions at each use.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._lock = Lock()
        self._asking = local()
        self._kept: dict[str, tuple[tuple[int | None, ...], object]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, name: str, tables: Sequence[Table], build: Callable[[], Value]) -> Value:
        """The kept value of a name, built again when one of its tables has a new version."""
        with self._versions() as version_of:
            versions = tuple(version_of(table) for table in tables)
            with self._lock:
                kept = self._kept.get(name)
            if kept is not None and kept[0] == versions:
                return cast("Value", kept[1])
            value = build()
        with self._lock:
            self._kept[name] = (versions, value)
            for kind in KINDS:
                self._forget_oldest(kind)
        return value

    @contextmanager
    def _versions(self) -> Generator[Callable[[Table], int | None]]:
        """Each table's version, asked for once: what a value is built of stands on the same."""
        is_outermost = not hasattr(self._asking, "version_of")
        if is_outermost:
            self._asking.version_of = cache(self._lake.version)
        try:
            yield self._asking.version_of
        finally:
            if is_outermost:
                del self._asking.version_of

    def _forget_oldest(self, kind: str) -> None:
        names = [name for name in self._kept if name.startswith(kind)]
        for name in names[:-N_KEPT]:
            del self._kept[name]
