"""An attacker asks for every filter that the page allows, and subtracts what it shows."""

from datetime import date
from itertools import combinations, product

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports_app.campaign import EVERYTHING, CampaignFilter
from reports_app.programme import groups_under, shown_under
from tasks.publish.indicators import INDICATORS
from tasks.publish.suppression import is_small

RECALL = INDICATORS[0]
SITES, COMUNAS = ("A", "B", "C"), ("Ancud", "Castro")
DAYS = (date(2026, 3, 2), date(2026, 3, 9))
CELLS = list(product(SITES, COMUNAS, DAYS))
GROUPS = ("site", "comuna", "week")
PERIODS = ((None, None), (DAYS[0], None), (DAYS[1], None), (None, DAYS[0]))


def choices(values):
    """Every choice of some values; none is all."""
    return [(), *(one for n in range(1, len(values)) for one in combinations(values, n))]


FILTERS = [
    CampaignFilter(first_day, last_day, sites, comunas=comunas)
    for first_day, last_day in PERIODS
    for sites in choices(SITES)
    for comunas in choices(COMUNAS)
]


def programme(cells):
    """Exams by cell: how many recalled, how many not."""
    rows = [
        (*cell, str(cell[-1]), is_recalled)
        for cell, numbers in zip(CELLS, cells, strict=True)
        for is_recalled, n in zip((True, False), numbers, strict=True)
        for _ in range(n)
    ]
    schema = {
        "site": pl.String, "comuna": pl.String, "day": pl.Date, "week": pl.String,
        "is_recalled": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def possible(share, *, is_exact):
    """Of recalls, others and both: the numbers that a shown one may stand for."""
    counts = (share.n_events, share.n - share.n_events, share.n)
    widths = (2, 4, 2)
    return [
        {n}
        if is_exact or share.n % 5 or share.n_events % 5
        else {near for near in range(max(n - width, 0), n + width + 1) if not is_small(near)}
        for n, width in zip(counts, widths, strict=True)
    ]


def give_away(outer, inner):
    """Whether an attacker who subtracts knows that 1 to 4 are left."""
    for place, rest in enumerate(outer):
        left = rest
        for part in inner:
            left = {a - b for a in left for b in part[place]}
        if any(map(is_small, left)) and all(n < 0 or is_small(n) for n in left):
            return True
    return False


def refines(inner, outer):
    """Whether a filter keeps only exams of another one, as its words say."""
    periods = outer.first_day in (None, inner.first_day) and outer.last_day in (
        None,
        inner.last_day,
    )
    pairs = ((inner.sites, outer.sites), (inner.comunas, outer.comunas))
    return periods and all(
        not larger or (smaller and set(smaller) <= set(larger)) for smaller, larger in pairs
    )


NESTED = [
    (outer, inner)
    for outer, inner in product(FILTERS, FILTERS)
    if outer != inner and refines(inner, outer)
]
n_exams = st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 30))
programmes = st.lists(
    st.tuples(n_exams, n_exams), min_size=len(CELLS), max_size=len(CELLS)
).map(programme)


def by_site(*recalled):
    """That many recalled of each site, all on the first day, beside others."""
    return programme([cell for n in recalled for cell in ((n, 20), (0, 20), (0, 20), (0, 20))])


@settings(max_examples=30, deadline=None)
@given(programmes)
@example(by_site(3, 10, 20))
@example(
    programme([(3, 0) if n == 1 else (5, 0) if n in (7, 9) else (0, 0) for n in range(12)])
)
def test_no_two_filters_differ_by_a_count_that_is_known_to_be_small(whole):
    told = {
        chosen: possible(share, is_exact=not chosen.is_crossed)
        for chosen in FILTERS
        if (share := shown_under(RECALL, whole, chosen)) is not None
    }
    for outer, inner in NESTED:
        if outer in told and inner in told:
            assert not give_away(told[outer], [told[inner]])


@settings(max_examples=10, deadline=None)
@given(programmes)
@example(programme([(0, {3: 2, 4: 5, 11: 1}.get(place, 0)) for place in range(12)]))
def test_a_filter_without_its_shown_groups_leaves_no_count_that_is_known_to_be_small(whole):
    for chosen, column in product(FILTERS, GROUPS):
        total = shown_under(RECALL, whole, chosen)
        groups = groups_under(RECALL, whole, column, chosen)
        parts = [
            possible(one.share, is_exact=chosen == EVERYTHING)
            for one in groups
            if one.share is not None
        ]
        if total is not None:
            outer = possible(total, is_exact=not chosen.is_crossed)
            assert not give_away(outer, parts)


def test_a_hidden_site_stays_hidden_in_a_period_that_leaves_nobody_out():
    whole = by_site(3, 10, 20)
    for site in SITES[:2]:
        assert shown_under(RECALL, whole, CampaignFilter(sites=(site,))) is None
        everyone = CampaignFilter(first_day=DAYS[0], sites=(site,))
        assert shown_under(RECALL, whole, everyone) is None
