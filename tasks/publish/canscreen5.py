"""Counts by age in the shape of CanScreen5's quantitative form for breast screening.

It counts what the programme's tables know; an empty cell is not known. What would tell of few
women is hidden with its whole age band, and so is what that would follow from. Counts that a
filter left are of fives: no choice of hidden cells holds against every other filter's file.

References:
    IARC, Cancer Screening in Five Continents, "Data sources and methods",
    https://canscreen5.iarc.fr/?page=datasources (quantitative form, breast).
    Zhang et al., Nat. Med. 29 (2023) 1135.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tasks.publish.suppression import hide_small, is_small, rounded

HIDDEN = "suppressed"
TOTAL = "total"

_read, _recalled = pl.col("is_recalled").is_not_null(), pl.col("is_recalled")
_found = _recalled & pl.col("is_cancer")
_assessed = _recalled & (
    pl.col("is_cancer").is_not_null() | pl.col("diagnosis_date").is_not_null()
)
_COUNTED = {
    "screened": (pl.lit(value=True), ()),
    "screen_positive": (_recalled, ("is_recalled",)),
    "attended_further_assessment": (_assessed, ("is_recalled",)),
    "cancers_detected": (_found, ("is_recalled", "is_cancer")),
    "carcinoma_in_situ_detected": (_found & ~pl.col("is_invasive"), ("is_invasive",)),
    "invasive_cancers_detected": (_found & pl.col("is_invasive"), ("is_invasive",)),
}
"""Of each item: which exams count, and what must be known for that."""

_APART = (
    ~_recalled,
    ~_read,
    _recalled & ~_assessed,
    _assessed & ~_found.fill_null(value=False),
    _found & pl.col("is_invasive"),
    _found & ~pl.col("is_invasive"),
    _found & pl.col("is_invasive").is_null(),
)
"""Parts that do not overlap, from which every item is a sum: none of them may be derived."""

_NESTED = ("screened", "screen_positive", "attended_further_assessment", "cancers_detected")
"""Each is a part of the one before."""

_KINDS = ("carcinoma_in_situ_detected", "invasive_cancers_detected")

ITEMS = ("target_population", "invited", *_COUNTED)


@dataclass(frozen=True)
class Filtered:
    """What a filter left its exams from.

    Args:
        whole: The programme's exams; of everything their counts are told exactly.
        age_bands: Those that the filter chose; none where it left ages alone.
    """

    whole: pl.DataFrame
    age_bands: Sequence[str]


def canscreen5(
    exams: pl.DataFrame,
    targets: pl.DataFrame,
    age_bands: Sequence[str],
    filtered: Filtered | None = None,
) -> pl.DataFrame:
    """Count the form's items by age band.

    Args:
        exams: With `age_band`, and the columns of `tasks.publish.programme.programme_facts`.
        targets: Rows of `targets`; its population and invitations are the register's.
        age_bands: In order; exams of unknown age count in the total alone.
        filtered: Where `exams` are a part of the programme's.

    Returns:
        age_group and the items, as text: a count, `HIDDEN`, or nothing where it is not known.
    """
    hidden = _hidden_bands(filtered.whole if filtered else exams, age_bands)
    rows = [
        {
            "age_group": band,
            **_register(targets.filter(age_band=band)),
            **_items(
                exams.filter(age_band=band),
                is_hidden=band in hidden,
                is_exact=filtered is None,
            ),
        }
        for band in age_bands
    ]
    asked = set(filtered.age_bands) if filtered else set[str]()
    items = _items(
        exams, is_hidden=bool(asked & hidden and hidden - asked), is_exact=filtered is None
    )
    total = {"age_group": TOTAL, **_register(targets), **items}
    schema = dict.fromkeys(("age_group", *ITEMS), pl.String())
    return pl.DataFrame([*rows, total], schema=schema)


def _hidden_bands(exams: pl.DataFrame, age_bands: Sequence[str]) -> set[str]:
    """The bands with a count that could single somebody out, or would give one away."""
    named = pl.col("age_band")
    bands = [exams.filter(named == band) for band in age_bands]
    parts = [*bands, exams.filter(~named.is_in(list(age_bands)))]
    choices = [
        hide_small([part.filter(condition).height for part in parts]).cells
        for condition in (*_APART, pl.lit(value=True))
    ]
    hidden = [any(cells) for cells in zip(*choices, strict=True)]
    return set(itertools.compress([*age_bands, ""], hidden))


def _items(exams: pl.DataFrame, *, is_hidden: bool, is_exact: bool) -> dict[str, str | None]:
    """The items; one is hidden where it or what another leaves over is small."""
    hidden = set(_COUNTED) if is_hidden else _hidden_items(exams)
    told = {name: _count(exams, name) for name in _COUNTED}
    shown = told if is_exact else {name: rounded(n) for name, n in told.items()}
    return {
        name: None if _is_unknown(exams, name) else HIDDEN if name in hidden else str(n)
        for name, n in shown.items()
    }


def _hidden_items(exams: pl.DataFrame) -> set[str]:
    counts = {name: _count(exams, name) for name in _COUNTED}
    hidden: set[str] = set()
    outer = counts[_NESTED[0]]
    for name in _NESTED:
        if is_small(counts[name]) or is_small(outer - counts[name]):
            hidden.add(name)
        else:
            outer = counts[name]
    n_cancers = counts["cancers_detected"]
    kinds = [counts[name] for name in _KINDS]
    if any(hide_small([*kinds, n_cancers - sum(kinds)]).cells):
        hidden |= set(_KINDS)
    return hidden


def _is_unknown(part: pl.DataFrame, name: str) -> bool:
    _, needs = _COUNTED[name]
    return any(part[need].is_null().all() for need in needs)


def _count(part: pl.DataFrame, name: str) -> int:
    return part.filter(_COUNTED[name][0]).height


def _register(targets: pl.DataFrame) -> dict[str, str | None]:
    """Populations and invitations: counts of comunas, not of exams."""
    columns = {"target_population": "n_women", "invited": "n_invited"}
    return {
        name: None if targets[column].is_null().all() else str(targets[column].sum())
        for name, column in columns.items()
    }
