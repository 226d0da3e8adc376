"""The programme's indicators, declared once: who counts, what is counted, what it needs.

Pages, reports and exports derive from `INDICATORS`; their words are the app's texts. A count
that could single a woman out is hidden, and so is what it would follow from.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import polars as pl

from tasks.publish.programme import FOLLOW_UP_MONTHS, GES_DAYS
from tasks.publish.proportions import Proportion
from tasks.publish.suppression import hide_small, is_small, rounded, tells_of_few

Scale = Literal[100, 1000]

_read, _recalled = pl.col("is_recalled").is_not_null(), pl.col("is_recalled")
_known, _cancer = pl.col("is_cancer").is_not_null(), pl.col("is_cancer")
_EVERY = pl.lit(value=True)
_followed = pl.col("follow_up_months") >= FOLLOW_UP_MONTHS
# Of younger exams only those recalled are known by now: sensitivity would be 1, specificity 0.
_is_year_old = pl.col("day").dt.offset_by(f"{FOLLOW_UP_MONTHS}mo") <= pl.col("as_of")
_invasive, _size_mm = pl.col("is_invasive"), pl.col("tumour_size_mm")


@dataclass(frozen=True)
class Indicator:
    """A share of exams.

    Args:
        name: Such as recall_rate.
        denominator: Which exams count.
        numerator: Which of them are counted.
        needs: Columns; where no exam of the programme knows one, nothing can be computed.
        benchmark: The line to hold it to, on the share's own scale 0-1; None without one.
        is_upper: Whether the benchmark is a ceiling rather than a floor.
        scale: Shown per hundred or per thousand.
    """

    name: str
    denominator: pl.Expr
    numerator: pl.Expr
    needs: tuple[str, ...]
    benchmark: float | None = None
    is_upper: bool = False
    scale: Scale = 100


INDICATORS = (
    Indicator("recall_rate", _read, _recalled, ("is_recalled",), 0.07, is_upper=True),
    Indicator(
        "recall_first", _read & pl.col("is_first_screen"), _recalled,
        ("is_recalled", "is_first_screen"), 0.07, is_upper=True,
    ),
    Indicator(
        "recall_subsequent", _read & ~pl.col("is_first_screen"), _recalled,
        ("is_recalled", "is_first_screen"), 0.05, is_upper=True,
    ),
    Indicator(
        "detection_rate", _read, _recalled & _cancer, ("is_recalled", "is_cancer"), 0.0051,
        scale=1000,
    ),
    Indicator(
        "invasive_detection_rate", _read, _recalled & _cancer & _invasive,
        ("is_recalled", "is_cancer", "is_invasive"), scale=1000,
    ),
    Indicator("ppv1", _recalled & _known, _cancer, ("is_recalled", "is_cancer"), 0.044),
    Indicator(
        "ppv2", pl.col("biopsy_recommended") & _known, _cancer,
        ("biopsy_recommended", "is_cancer"), 0.256,
    ),
    Indicator(
        "ppv3", pl.col("biopsy_done") & _known, _cancer, ("biopsy_done", "is_cancer"), 0.286
    ),
    Indicator(
        "sensitivity", _read & _cancer & _is_year_old, _recalled,
        ("is_recalled", "is_cancer", "follow_up_months"), 0.869,
    ),
    Indicator(
        "specificity", _read & ~_cancer & (_recalled | _followed) & _is_year_old, ~_recalled,
        ("is_recalled", "is_cancer", "follow_up_months"), 0.889,
    ),
    Indicator(
        "interval_rate", ~_recalled & _followed, _cancer,
        ("is_recalled", "is_cancer", "follow_up_months"), 0.0008, is_upper=True, scale=1000,
    ),
    Indicator(
        "small_tumours", _cancer & _invasive & _size_mm.is_not_null(), _size_mm <= 10,
        ("is_invasive", "tumour_size_mm"), 0.25,
    ),
    Indicator(
        "large_tumours", _cancer & _invasive & _size_mm.is_not_null(), _size_mm > 20,
        ("is_invasive", "tumour_size_mm"),
    ),
    Indicator(
        "minimal_cancers", _cancer & (~_invasive | _size_mm.is_not_null()),
        ~_invasive | (_size_mm <= 10), ("is_invasive", "tumour_size_mm"),
    ),
    Indicator(
        "node_negative", _cancer & pl.col("is_node_positive").is_not_null(),
        ~pl.col("is_node_positive"), ("is_node_positive",), 0.70,
    ),
    Indicator(
        "benign_biopsies", pl.col("is_open_biopsy") & _known, ~_cancer,
        ("is_open_biopsy", "is_cancer"), 1 / 3, is_upper=True,
    ),
    Indicator(
        "mastectomy", _cancer & pl.col("is_mastectomy").is_not_null(), pl.col("is_mastectomy"),
        ("is_mastectomy",),
    ),
    Indicator(
        "technical_recall", pl.col("technical_recall").is_not_null(),
        pl.col("technical_recall"), ("technical_recall",), 0.03, is_upper=True,
    ),
    Indicator(
        "ges_diagnosis",
        pl.col("diagnosis_days").is_not_null() | (pl.col("overdue_days") > GES_DAYS),
        pl.col("diagnosis_days") <= GES_DAYS, ("is_recalled", "diagnosis_date"),
    ),
    Indicator(
        "ges_staging", _cancer & pl.col("staging_days").is_not_null(),
        pl.col("staging_days") <= GES_DAYS, ("diagnosis_date", "staging_date"),
    ),
    Indicator(
        "top_tenth", _cancer & pl.col("is_top_tenth").is_not_null(), pl.col("is_top_tenth"),
        ("is_cancer",), 0.907,
    ),
)  # fmt: skip
"""In reading order; DOMAIN's benchmarks: EU 4th edition, BCSC, NHS, Norway."""

SPREADS = {
    "turnaround": ("turnaround_days", "read_date"),
    "to_diagnosis": ("diagnosis_days", "diagnosis_date"),
    "to_staging": ("staging_days", "staging_date"),
    "to_treatment": ("treatment_days", "treatment_date"),
}
"""Durations in days: their column, and what they need."""


class Group(NamedTuple):
    """One group's figure; None where showing it would tell of few women."""

    value: str
    share: Proportion | None


def missing(indicator: Indicator, exams: pl.DataFrame) -> list[str]:
    """The needed columns that no exam knows."""
    return missing_columns(indicator.needs, exams)


def missing_columns(needs: Sequence[str], exams: pl.DataFrame) -> list[str]:
    """Those of some columns that no exam knows."""
    return [name for name in needs if exams[name].is_null().all()]


def count(indicator: Indicator, exams: pl.DataFrame, where: pl.Expr = _EVERY) -> Proportion:
    """How many of how many exams.

    Args:
        indicator: Which share.
        exams: Columns of `tasks.publish.programme.with_durations`, and is_top_tenth.
        where: Which of them; only the columns that are needed are filtered.
    """
    counts = exams.lazy().filter(where).select(_counts(indicator)).collect()
    return Proportion(*counts.row(0))


def count_groups(
    indicator: Indicator, exams: pl.DataFrame, column: str, where: pl.Expr = _EVERY
) -> dict[str, Proportion]:
    """The same in each group of a column, by value; exams without one are "", and last."""
    groups = exams.lazy().filter(where).group_by(pl.col(column).fill_null(""))
    counts = groups.agg(_counts(indicator)).collect()
    shares = {value: Proportion(*numbers) for value, *numbers in counts.iter_rows()}
    return {value: shares[value] for value in sorted(shares, key=lambda one: (one == "", one))}


def _counts(indicator: Indicator) -> list[pl.Expr]:
    counted = indicator.denominator
    return [
        (counted & indicator.numerator).sum().alias("n_events"), counted.sum().alias("n")
    ]  # fmt: skip


def shown_part(whole: Proportion, part: Proportion) -> Proportion | None:
    """A part of the programme, unless it or what is left of the whole tells of few women."""
    rest = Proportion(whole.n_events - part.n_events, whole.n - part.n)
    hidden = hidden_shares([part, rest])
    return None if hidden[0] else part


def shown_choice(
    indicator: Indicator, exams: pl.DataFrame, column: str, chosen: Collection[str]
) -> Proportion | None:
    """The groups of one column that were chosen, unless two choices together tell of few.

    Args:
        indicator: Which share.
        exams: The whole programme's; a group without a value is "".
        column: Such as site.
        chosen: Values of the column.
    """
    groups = count_groups(indicator, exams, column)
    shares = list(groups.values())
    asked = [value in chosen for value in groups]
    vectors = (
        [share.n_events for share in shares],
        [share.n - share.n_events for share in shares],
        [share.n for share in shares],
    )
    if any(tells_of_few(vector, asked) for vector in vectors):
        return None
    sums = [sum(itertools.compress(vector, asked)) for vector in (vectors[0], vectors[2])]
    return Proportion(*sums)


def rounded_share(share: Proportion, outer: Collection[Proportion] = ()) -> Proportion | None:
    """A share of fives; None where it, or what it leaves over of an outer one, is small.

    Where filters cross, no choice of cells keeps every difference of two answers from telling;
    a rounded count tells a difference to within five.

    Args:
        share: Where filters cross.
        outer: What is told of more exams, these among them.
    """
    rests = [Proportion(one.n_events - share.n_events, one.n - share.n) for one in outer]
    counts = [n for one in (share, *rests) for n in (one.n_events, one.n - one.n_events, one.n)]
    if any(map(is_small, counts)):
        return None
    if share in outer:  # the same exams, and told already
        return share
    return Proportion(min(rounded(share.n_events), rounded(share.n)), rounded(share.n))


def by_group(indicator: Indicator, exams: pl.DataFrame, column: str) -> list[Group]:
    """The indicator in each group; what is hidden follows from no other group and no total."""
    groups = {"": Proportion(0, 0)} | count_groups(indicator, exams, column)
    hidden = hidden_shares(list(groups.values()))
    return sorted(
        (
            Group(value, None if is_hidden else share)
            for (value, share), is_hidden in zip(groups.items(), hidden, strict=True)
            if value or share.n
        ),
        key=lambda group: group.value == "",
    )


def hidden_shares(shares: Sequence[Proportion]) -> list[bool]:
    """Which shares stay hidden, whose sums are known: for events, for others, and for both."""
    vectors = (
        [share.n_events for share in shares],
        [share.n - share.n_events for share in shares],
        [share.n for share in shares],
    )
    choices = [hide_small(vector).cells for vector in vectors]
    return [any(cells) for cells in zip(*choices, strict=True)]


def equity_ratio(groups: Sequence[Group]) -> float | None:
    """The lowest group's share over the highest one's; None with fewer than two to compare."""
    values = [
        group.share.value
        for group in groups
        if group.value and group.share is not None and group.share.value is not None
    ]
    if len(values) < 2 or not max(values):
        return None
    return min(values) / max(values)
