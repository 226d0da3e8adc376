"""The conformance set: what any mammograph may send, each with what must be made of it.

A case is a file built in memory with its declared outcome. Nothing here is run against
anything: that is `tasks.ingest.conformance`'s work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Build = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """One file and what must be made of it.

    Args:
        vendor: Whose conventions it follows; any where they do not matter.
        group: Of the table.
        title: What is particular about it.
        build: Makes the file.
        expected: Facts of its inspection, by name; state is accepted unless it is there.
        tolerance: Greatest difference from the network input of the picture that the file
            shows, in its 255 levels; None where that is not compared.
    """

    vendor: str
    group: str
    title: str
    build: Build
    expected: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tolerance: int | None = None

    @property
    def outcome(self) -> dict[str, Any]:
        """The expected facts, state first."""
        return {"state": "accepted", **self.expected}


def rejected(reason: str, **expected: Any) -> dict[str, Any]:
    """The facts of a file that is set aside."""
    return {"state": "rejected", "reason": reason, **expected}
