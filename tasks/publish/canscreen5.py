"""Counts by age in the shape of CanScreen5's quantitative form for breast screening.

It counts what the programme's tables know; an empty cell is not known. What would tell of few
women is hidden with its whole age band, and so is what that would follow from.

References:
    IARC, Cancer Screening in Five Continents, "Data sources and methods",
    https://canscreen5.iarc.fr/?page=datasources (quantitative form, breast).
    Zhang et al., Nat. Med. 29 (2023) 1135.
"""

from collections.abc import Sequence

import polars as pl

from tasks.publish.suppression import hide_small, is_small

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


def canscreen5(
    exams: pl.DataFrame, targets: pl.DataFrame, age_bands: Sequence[str]
) -> pl.DataFrame:
    """Count the form's items by age band.

    Args:
        exams: With `age_band`, and the columns of `tasks.publish.programme.programme_facts`.
        targets: Rows of `targets`; its population and invitations are the register's.
        age_bands: In order; exams of unknown age count in the total alone.

    Returns:
        age_group and the items, as text: a count, `HIDDEN`, or nothing where it is not known.
    """
    bands = [exams.filter(age_band=band) for band in age_bands]
    unknown = exams.filter(~pl.col("age_band").is_in(list(age_bands)))
    hidden = _hidden([*bands, unknown])[: len(age_bands)]
    rows = [
        {"age_group": band, **_register(targets.filter(age_band=band)), **_counts(part, small)}
        for band, part, small in zip(age_bands, bands, hidden, strict=True)
    ]
    total = {"age_group": TOTAL, **_register(targets), **_totals(exams)}
    schema = dict.fromkeys(("age_group", *ITEMS), pl.String())
    return pl.DataFrame([*rows, total], schema=schema)


def _hidden(parts: Sequence[pl.DataFrame]) -> list[bool]:
    """Which parts have a count that could single somebody out, or would give one away."""
    choices = [
        hide_small([part.filter(condition).height for part in parts]).cells
        for condition in (*_APART, pl.lit(value=True))
    ]
    return [any(cells) for cells in zip(*choices, strict=True)]


def _counts(part: pl.DataFrame, is_hidden: bool) -> dict[str, str | None]:
    """A band's items: all of them hidden, or none needs to be."""
    return {name: _shown(part, name, is_hidden=is_hidden) for name in _COUNTED}


def _totals(exams: pl.DataFrame) -> dict[str, str | None]:
    """The items of all ages; one is hidden where it or what another leaves over is small."""
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
    return {name: _shown(exams, name, is_hidden=name in hidden) for name in _COUNTED}


def _shown(part: pl.DataFrame, name: str, *, is_hidden: bool) -> str | None:
    _, needs = _COUNTED[name]
    if any(part[need].is_null().all() for need in needs):
        return None
    return HIDDEN if is_hidden else str(_count(part, name))


def _count(part: pl.DataFrame, name: str) -> int:
    return part.filter(_COUNTED[name][0]).height


def _register(targets: pl.DataFrame) -> dict[str, str | None]:
    """Populations and invitations: counts of comunas, not of exams."""
    columns = {"target_population": "n_women", "invited": "n_invited"}
    return {
        name: None if targets[column].is_null().all() else str(targets[column].sum())
        for name, column in columns.items()
    }
