"""What a page or document of an evaluation is made of: sections of notes, plots and tables.

It knows no figure and no format: HTML, PDF and model card draw the same sections.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10
from typing import Any

from reports_app.palette import CATEGORIES

MAX_UNBROKEN = 8
DASHES = ("solid", "dash", "dot", "dashdot")
PERCENT = "\N{NO-BREAK SPACE}%"
NO_VALUE = "\N{EN DASH}"
TO = "\N{WORD JOINER}\N{EN DASH}\N{WORD JOINER}"
"""Between the ends of an interval, which no line break may part."""


@dataclass(frozen=True)
class Series:
    """One line of a plot; colour and dash both tell it from the others."""

    name: str
    x: list[float]
    y: list[float]
    color: str
    dash: str = "solid"
    has_markers: bool = False


@dataclass(frozen=True)
class Axis:
    """A linear axis from the first to the last tick."""

    label: str
    ticks: Sequence[float]
    is_percent: bool = True
    decimals: int = 0

    def tick_text(self, value: float) -> str:
        """A tick as it is printed."""
        scaled = 100 * value if self.is_percent else value
        return f"{scaled:.{self.decimals}f}" + (" %" if self.is_percent else "")


@dataclass(frozen=True)
class Plot:
    """Lines over two axes."""

    title: str
    x: Axis
    y: Axis
    series: list[Series]


@dataclass(frozen=True)
class Grid:
    """A table; its first `n_words` columns are words, the others figures unless all is text."""

    title: str
    header: list[str]
    rows: list[list[str]]
    is_text: bool = False
    n_words: int = 1

    @property
    def is_wide(self) -> bool:
        """Whether its cells must break to fit a page."""
        return len(self.header) > MAX_UNBROKEN


@dataclass(frozen=True)
class Section:
    """One part of a report; a missing one has a note on what it lacks."""

    title: str
    notes: list[str] = field(default_factory=list[str])
    plots: list[Plot] = field(default_factory=list[Plot])
    grids: list[Grid] = field(default_factory=list[Grid])
    is_missing: bool = False


def missing(title: str, why: str) -> Section:
    """A section that could not be made."""
    return Section(title, [f"Not available: {why}"], is_missing=True)


def round_ticks(low: float, high: float, n: int) -> list[float]:
    """About `n` ticks at 1, 2 or 5 times a power of ten, the last one not below `high`."""
    power = 10 ** floor(log10((high - low) / n))
    step = power * next(k for k in (1, 2, 5, 10) if k * power * n >= 0.9 * (high - low))
    return [step * k for k in range(round(low / step), ceil(round(high / step, 6)) + 1)]


SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def style(place: int) -> tuple[str, str]:
    """Colour and dash of the line at a place; the pair repeats after 28 lines."""
    return CATEGORIES[place % len(CATEGORIES)], DASHES[place % len(DASHES)]


def number(value: float | None, decimals: int = 3) -> str:
    """A number, or a dash where there is none."""
    return NO_VALUE if value is None else f"{value:.{decimals}f}"


def percent(value: float | None, decimals: int = 1) -> str:
    """A share of 0-1 as a percentage."""
    if value is None:
        return NO_VALUE
    return f"{round(100 * value, decimals) + 0:.{decimals}f}{PERCENT}"


def interval(value: float | None, ends: Sequence[float | None], decimals: int = 3) -> str:
    """A value with its interval: such as 0.881 (0.836 to 0.920)."""
    if value is None:
        return NO_VALUE
    low, high = (number(end, decimals) for end in ends)
    joined = (
        f"{low}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{high}"
        if "-" in low
        else f"{low}{TO}{high}"
    )
    return f"{value:.{decimals}f} ({joined})"


def estimate(found: dict[str, Any], decimals: int = 3) -> str:
    """A tree's value, low and high."""
    return interval(found["value"], (found["low"], found["high"]), decimals)


def share(found: dict[str, Any]) -> str:
    """A tree's share with its interval and counts: 60.7 % (47 to 73), 37/61."""
    if found["value"] is None:
        return f"{NO_VALUE} (0/0)"
    ends = f"{100 * found['low']:.1f}{TO}{100 * found['high']:.1f}"
    counts = f"{found['n_events']}/{found['n']}"
    return f"{100 * found['value']:.1f}{PERCENT}\N{NO-BREAK SPACE}({ends}), {counts}"
