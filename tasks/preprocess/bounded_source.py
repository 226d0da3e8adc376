"""A source that pydicom parses from within a budget, and without noise.

A file of 4 MB can hold half a million nested items, which take pydicom 7 s and 700 MB; every
one of them costs a read, and skipped values cost nothing.
"""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO

from pydicom import config

_READS_PER_ELEMENT = 3
"""Tag, long length, value."""


class OverBudget(Exception):  # noqa: N818 - only ever seen within a parser
    """The file makes its reader do more than any honest one."""


class Budget:
    """What parsing one file may take.

    Args:
        max_elements: Data elements, those nested in sequences included.
        max_value_bytes: Of all values that are read and not skipped.
    """

    def __init__(self, max_elements: int, max_value_bytes: int) -> None:
        self._reads_left = _READS_PER_ELEMENT * max_elements
        self._bytes_left = max_value_bytes
        self.excess = ""
        """What there was too much of: pydicom turns `OverBudget` into errors of its own."""

    def spend(self, n_bytes: int) -> None:
        """Count one read.

        Raises:
            OverBudget: If the budget does not cover it.
        """
        self._reads_left -= 1
        self._bytes_left -= n_bytes
        if self._reads_left < 0:
            self.excess = "It holds too many elements."
        elif self._bytes_left < 0:
            self.excess = "Its values are too long."
        if self.excess:
            raise OverBudget(self.excess)


class BoundedSource(BytesIO):
    """Bytes that are read within a budget; seeking is free."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        super().__init__(data)
        self._size = len(data)
        self._budget = budget

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as BytesIO does.

        Raises:
            OverBudget: If the budget does not cover it.
        """
        n_present = max(self._size - self.tell(), 0)
        n_bytes = n_present if size is None or size < 0 else min(size, n_present)
        self._budget.spend(n_bytes)
        return super().read(n_bytes)


@contextmanager
def quiet() -> Generator[None]:
    """Keep pydicom from warning and logging: its messages quote values."""
    logger = logging.getLogger("pydicom")
    former = logger.disabled
    logger.disabled = True
    try:
        with config.disable_value_validation(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = former
