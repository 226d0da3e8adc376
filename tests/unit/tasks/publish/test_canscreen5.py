"""CanScreen5's counts equal hand counts, and nothing small can be derived from them."""

from datetime import date
from itertools import chain, combinations, pairwise, product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.lake.schemas import TARGETS
from tasks.publish.canscreen5 import HIDDEN, TOTAL, Filtered, canscreen5
from tasks.publish.suppression import is_small, rounded

BANDS = ("50_59", "60_69")
NESTED = ("screened", "screen_positive", "attended_further_assessment", "cancers_detected")
DAY = date(2026, 1, 1)


def exams_of(counts):
    """By age band: negative, open recalls, cleared recalls, in situ, invasive, unknown kind."""
    outcomes = (
        (False, None, None), (True, None, None), (True, False, None),
        (True, True, False), (True, True, True), (True, True, None),
    )  # fmt: skip
    rows = [
        (band, *outcome)
        for band, numbers in counts.items()
        for outcome, n in zip(outcomes, numbers, strict=True)
        for _ in range(n)
    ]
    schema = {
        "age_band": pl.String,
        "is_recalled": pl.Boolean,
        "is_cancer": pl.Boolean,
        "is_invasive": pl.Boolean,
    }
    exams = pl.DataFrame(rows, schema=schema, orient="row")
    return exams.with_columns(diagnosis_date=pl.lit(None, pl.Date))


def targets_of(**n_women):
    rows = [
        {
            "comuna": "Ancud", "age_band": band, "first_day": DAY, "last_day": DAY,
            "n_women": n, "n_invited": None,
        }
        for band, n in n_women.items()
    ]  # fmt: skip
    return TARGETS.frame(rows)


def test_the_items_equal_the_hand_count():
    exams = exams_of({"50_59": (80, 5, 10, 5, 6, 0), "60_69": (100, 6, 12, 7, 8, 0)})
    rows = canscreen5(exams, targets_of(**{"50_59": 400, "60_69": 300}), BANDS)
    first, _, total = rows.rows(named=True)
    assert first == {
        "age_group": "50_59",
        "target_population": "400",
        "invited": None,
        "screened": "106",
        "screen_positive": "26",
        "attended_further_assessment": "21",
        "cancers_detected": "11",
        "carcinoma_in_situ_detected": "5",
        "invasive_cancers_detected": "6",
    }
    assert (total["age_group"], total["target_population"]) == (TOTAL, "700")
    assert (total["screened"], total["cancers_detected"]) == ("239", "26")


def test_what_no_register_knows_is_left_empty():
    exams = exams_of({"50_59": (80, 20, 0, 0, 0, 0)})
    total = canscreen5(exams, TARGETS.schema.to_frame(), BANDS).row(-1, named=True)
    assert total["screen_positive"] == "20"
    assert total["cancers_detected"] is None
    assert total["target_population"] is None


numbers = st.tuples(*[st.integers(0, 12)] * 6)


@given(st.fixed_dictionaries(dict.fromkeys((*BANDS, "unknown"), numbers)))
def test_no_small_count_follows_from_what_is_shown(counts):
    exams = exams_of(counts)
    rows = canscreen5(exams, TARGETS.schema.to_frame(), BANDS)
    for row in rows.rows(named=True):
        shown = [int(row[name]) for name in NESTED if row[name] not in (None, HIDDEN)]
        left_over = [outer - inner for outer, inner in pairwise(shown)]
        assert not {1, 2, 3, 4} & {*shown, *left_over}
        kinds = [row["carcinoma_in_situ_detected"], row["invasive_cancers_detected"]]
        if HIDDEN not in kinds and None not in kinds:
            assert not {1, 2, 3, 4} & set(map(int, kinds))
    for name in NESTED:
        cells = rows[name].to_list()
        if None not in cells and cells[-1] != HIDDEN:
            n_hidden = cells[:-1].count(HIDDEN)
            known = sum(int(cell) for cell in cells[:-1] if cell != HIDDEN)
            unknown_age = int(cells[-1]) - known if not n_hidden else 0
            assert unknown_age not in {1, 2, 3, 4}


EVERY_AGE = (*BANDS, "")
MOST = 14


def screened_in_files(counts):
    """What each file tells of exams: of everything first, then of every choice of ages."""
    exams = exams_of({age: (n, 0, 0, 0, 0, 0) for age, n in counts.items()})
    targets = TARGETS.schema.to_frame()
    choices = chain.from_iterable(combinations(EVERY_AGE, n) for n in range(1, 3))
    told = {(): canscreen5(exams, targets, BANDS)["screened"].to_list()}
    for ages in choices:
        part = exams.filter(pl.col("age_band").is_in(list(ages)))
        filtered = Filtered(exams, ages)
        told[ages] = canscreen5(part, targets, BANDS, filtered)["screened"].to_list()
    return told


def is_possible(told, numbers):
    """Whether these numbers of exams by age lead to the same files, hidden cells apart."""
    by_age = dict(zip(EVERY_AGE, numbers, strict=True))
    for ages, cells in told.items():
        kept = [by_age[age] if not ages or age in ages else 0 for age in BANDS]
        total = sum(by_age[age] for age in ages or EVERY_AGE)
        for n, cell in zip([*kept, total], cells, strict=True):
            if cell != HIDDEN and (n if not ages else rounded(n)) != int(cell):
                return False
    return True


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(EVERY_AGE, st.integers(1, MOST))))
def test_no_small_count_follows_from_the_files_of_all_choices_of_ages(counts):
    told = screened_in_files(counts)
    every = product(range(1, MOST + 5), repeat=len(EVERY_AGE))
    possible = [numbers for numbers in every if is_possible(told, numbers)]
    actual = tuple(counts[age] for age in EVERY_AGE)
    assert actual in possible
    for place, n in enumerate(actual):
        if is_small(n):
            assert len({numbers[place] for numbers in possible}) > 1
