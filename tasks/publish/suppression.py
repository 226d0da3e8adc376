"""Small counts: which numbers of a table stay hidden so that none of 1 to 4 can be derived.

Primary suppression hides them; complementary suppression hides others, since a total is shown.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

SMALLEST_SHOWN = 5


class Hidden(NamedTuple):
    """What stays hidden.

    Args:
        cells: True for each count that is not shown.
        total: Whether their sum may not be shown either.
    """

    cells: tuple[bool, ...]
    total: bool


def is_small(n: int) -> bool:
    """Whether a count could single somebody out; none at all does not."""
    return 0 < n < SMALLEST_SHOWN


def hide_small(counts: Sequence[int]) -> Hidden:
    """Choose what to hide of counts that stand beside their sum.

    Whoever knows the sum, the counts that are shown, and that a hidden one is at least 1, is
    left with several values for each hidden one, and with 5 or more for them together; where no
    choice achieves that, all are hidden and the sum with them.

    Args:
        counts: Of groups that do not overlap.
    """
    hidden = {place for place, n in enumerate(counts) if is_small(n)}
    if not hidden:
        return Hidden((False,) * len(counts), total=False)
    others = sorted(set(range(len(counts))) - hidden, key=lambda place: (counts[place], place))
    for place in (place for place in others if counts[place]):
        if _is_ambiguous(hidden, counts):
            break
        hidden.add(place)
    total = is_small(sum(counts)) or not _is_ambiguous(hidden, counts)
    return Hidden(tuple(total or place in hidden for place in range(len(counts))), total)


def tells_of_few(counts: Sequence[int], chosen: Sequence[bool]) -> bool:
    """Whether the sum of chosen counts, beside any other choice's sum, tells of 1 to 4.

    Choices are told where they hold all of what stays hidden or nothing of it: then two of
    them differ by counts that are shown, or by the hidden ones together.

    Args:
        counts: Of groups that do not overlap.
        chosen: Which of them are added up.
    """
    hidden = set(itertools.compress(range(len(counts)), hide_small(counts).cells))
    asked = set(itertools.compress(range(len(counts)), chosen))
    is_whole = hidden <= asked or not hidden & asked
    return not is_whole or is_small(sum(counts[place] for place in asked))


def rounded(n: int) -> int:
    """A count to the nearest five, for tables whose overlaps nobody can keep apart."""
    return SMALLEST_SHOWN * round(n / SMALLEST_SHOWN)


def shown_count(whole: int, part: int) -> int | None:
    """A part's count to the nearest five; None where it, or what it leaves over, is small.

    Args:
        whole: What is told of more, the part among them.
        part: The count; told as it is where it is the whole.
    """
    if is_small(part) or is_small(whole - part):
        return None
    return part if part == whole else rounded(part)


def _is_ambiguous(hidden: set[int], counts: Sequence[int]) -> bool:
    """Whether other positive counts in the hidden places have the same sum, none of 1 to 4."""
    together = sum(counts[place] for place in hidden)
    return len(hidden) > 1 and together > len(hidden) and not is_small(together)
