"""Runs the conformance set against the system as installed, and says where they differ.

Each file goes the way of any other through header and pixels; only the table is made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.ingest.inspection import inspect_bytes
from tasks.synthetic.conformance import Case
from tasks.synthetic.conformance_cases import CASES
from tasks.synthetic.conformance_picture import picture_bytes


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Args:
        number: Its place in `CASES`.
        differences: One sentence each; none where all is as declared.
    """

    number: int
    differences: tuple[str, ...]


def run_case(number: int) -> Verdict:
    """Build a case's file, inspect it and compare; runs in a worker process."""
    case = CASES[number]
    inspection = inspect_bytes(case.build())
    differences = [
        f"{name} is {_shown(inspection.facts[name])}, not {_shown(expected)}"
        for name, expected in case.outcome.items()
        if inspection.facts[name] != expected
    ]
    if inspection.pixels and case.tolerance is not None:
        worst = _distance(inspection.pixels.network_input.pixels)
        if worst > case.tolerance:
            differences.append(f"a pixel is off by {worst}, not by {case.tolerance} or less")
    return Verdict(number, tuple(differences))


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)


def _distance(pixels: NDArray[np.uint8]) -> int:
    return int(np.abs(pixels.astype(np.int16) - reference_pixels()).max())


@cache
def reference_pixels() -> NDArray[np.uint8]:
    """The network input of the set's picture, stored as finely as it can be."""
    data = picture_bytes(
        BitsStored=16, WindowCenter=32768, WindowWidth=65536, VOILUTFunction="LINEAR_EXACT"
    )
    pixels = inspect_bytes(data).pixels
    if pixels is None:
        raise RuntimeError("The conformance set's own picture is rejected.")
    return pixels.network_input.pixels


def table(cases: Sequence[Case] = CASES) -> str:
    """The declared cases by vendor, as Markdown."""
    lines = ["| vendor | group | case | declared |", "|---|---|---|---|"]
    lines += [
        f"| {case.vendor} | {case.group} | {case.title} | {declared(case)} |" for case in cases
    ]
    return "\n".join(lines)


def declared(case: Case) -> str:
    """A case's outcome in a few words."""
    facts = dict(case.outcome)
    words = [str(facts.pop("state"))]
    words += [f"{name} {_shown(value)}" for name, value in facts.items() if name not in _LONG]
    if case.tolerance is not None:
        words.append(f"pixels ±{case.tolerance}")
    return "; ".join(words)


_LONG = frozenset({"transfer_syntax_uid", "manufacturer"})
"""Facts that the case's title tells already."""
