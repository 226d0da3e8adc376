"""What the grid asks of a list: whatever it is, the unscorable lane comes first and whole."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_app.list_query import SORTED, ListQuery
from reports_app.list_rows import NO_STATES, in_words
from reports_app.texts import Texts
from tests.support.lake_fixture import LIST_DATES


@pytest.fixture(scope="module")
def told(reports):
    return in_words(Texts("es"), reports.priority_list(LIST_DATES[-1]), NO_STATES)


def asked(told, search="", sort=(), **filters):
    request = {"sortModel": [{"colId": n, "sort": d} for n, d in sort], "filterModel": filters}
    return ListQuery.of(request, search).run(told)


def text(kind, value):
    return {"filterType": "text", "type": kind, "filter": value}


def number(kind, value, to=None):
    return {"filterType": "number", "type": kind, "filter": value, "filterTo": to}


@given(
    st.lists(st.tuples(st.sampled_from(SORTED), st.sampled_from(["asc", "desc"])), max_size=3)
)
def test_however_it_is_sorted_no_row_is_lost_and_the_unscorable_lane_is_on_top(told, sort):
    found = asked(told, sort=sort)
    assert sorted(found["rank"]) == told["rank"].to_list()
    lanes = found["lane"].to_list()
    n_unscorable = lanes.count("unscorable")
    assert n_unscorable > 0
    assert lanes[:n_unscorable] == ["unscorable"] * n_unscorable


def test_within_its_lane_a_column_is_sorted_with_unknown_values_last(told):
    ages = asked(told, sort=[("age", "desc")]).filter(lane="ranked")["age"]
    assert ages.drop_nulls().is_sorted(descending=True)
    assert ages[: ages.null_count() * -1 or None].null_count() == 0


@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        ({"age": number("greaterThan", 60)}, pl.col("age") > 60),
        ({"age": number("inRange", 50, 60)}, pl.col("age").is_between(50, 60)),
        ({"age": {"type": "blank"}}, pl.col("age").is_null()),
        ({"site": text("equals", "móvil 2")}, pl.col("site") == "Móvil 2"),
        ({"reason": text("contains", "MASA")}, pl.col("reason").str.contains("Masa")),
        ({"flags": {"type": "notBlank"}}, pl.col("flags") != ""),
        ({"exam_date": {"type": "lessThan", "dateFrom": "2026-11-10 00:00:00"}},
         pl.col("exam_date") < date(2026, 11, 10)),
        ({"age": {"operator": "OR",
                  "conditions": [number("lessThan", 45), number("equals", 60)]}},
         (pl.col("age") < 45) | (pl.col("age") == 60)),
        ({"age": number("lessThan", 60), "site": text("startsWith", "mó")},
         (pl.col("age") < 60) & pl.col("site").str.starts_with("Mó")),
    ],
)  # fmt: skip
def test_a_filter_leaves_what_fulfils_it(told, filters, condition):
    expected = told.filter(condition)["rank"].to_list()
    assert sorted(asked(told, **filters)["rank"]) == expected


def test_every_word_of_a_search_must_stand_somewhere(told):
    found = asked(told, "MÓVIL truncado")
    assert found["reason"].str.contains("truncado").all()
    assert found.height >= 1
    assert asked(told, "truncado nowhere").is_empty()
    assert asked(told, "(.*").is_empty()  # words, not patterns


@pytest.mark.parametrize(
    "request_",
    [
        {"sortModel": [{"colId": "patient", "sort": "asc"}]},
        {"filterModel": {"lane": text("equals", "x")}},
        {"filterModel": {"age": {"type": "regexp", "filter": 1}}},
    ],
)
def test_what_the_list_does_not_have_is_refused(told, request_):
    with pytest.raises(ValueError, match="The list has no"):
        ListQuery.of(request_, "").run(told)
