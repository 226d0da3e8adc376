"""The rows of a list that the grid asks for: searched, filtered, sorted and cut on the server.

Whatever is asked, the unscorable lane stays on top. What the grid does not know how to ask is
refused with a sentence, never guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import polars as pl

BLOCK_ROWS = 100
"""Rows that the grid fetches at a time."""

SEARCHED = ("reason", "site", "flags", "driving", "reading", "exam_key")
FILTERED = {
    "band": "number", "waiting_days": "number", "age": "number", "driving": "text",
    "reason": "text", "site": "text", "flags": "text", "reading": "text", "exam_date": "date",
}  # fmt: skip
"""Columns with a filter, and AG Grid's name for its kind."""

SORTED = (*FILTERED, "rank", "score", "exam_key")

_Test = Callable[[pl.Expr, Any, Any], pl.Expr]
_ORDERED: dict[str, _Test] = {
    "equals": lambda column, one, _: column == one,
    "notEqual": lambda column, one, _: column != one,
    "lessThan": lambda column, one, _: column < one,
    "lessThanOrEqual": lambda column, one, _: column <= one,
    "greaterThan": lambda column, one, _: column > one,
    "greaterThanOrEqual": lambda column, one, _: column >= one,
    "inRange": lambda column, one, other: column.is_between(one, other),
    "blank": lambda column, _, __: column.is_null(),
    "notBlank": lambda column, _, __: column.is_not_null(),
}
_IN_WORDS: dict[str, _Test] = {
    "contains": lambda column, one, _: column.str.contains(one, literal=True),
    "notContains": lambda column, one, _: ~column.str.contains(one, literal=True),
    "equals": _ORDERED["equals"],
    "notEqual": _ORDERED["notEqual"],
    "startsWith": lambda column, one, _: column.str.starts_with(one),
    "endsWith": lambda column, one, _: column.str.ends_with(one),
    "blank": lambda column, _, __: column == "",
    "notBlank": lambda column, _, __: column != "",
}
_IN_TIME: dict[str, _Test] = {
    **_ORDERED, "before": _ORDERED["lessThan"], "after": _ORDERED["greaterThan"],
}  # fmt: skip
_BLANK = ("blank", "notBlank")


@dataclass(frozen=True)
class ListQuery:
    """What the grid asks for.

    Args:
        search: Words, each of which a row must hold somewhere.
        filters: By column, as AG Grid's filter model writes it.
        sort: (column, whether descending), the first one first.
    """

    search: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    sort: tuple[tuple[str, bool], ...] = ()

    @classmethod
    def of(cls, request: Mapping[str, Any], search: str | None) -> "ListQuery":
        """Read what the grid sends.

        Raises:
            ValueError: If it names a column or an order that the list does not have.
        """
        sort = tuple(
            (one["colId"], one["sort"] == "desc") for one in request.get("sortModel") or ()
        )
        filters = request.get("filterModel") or {}
        unknown = {name for name, _ in sort} - set(SORTED) | (filters.keys() - FILTERED.keys())
        if unknown:
            raise ValueError(f"The list has no such column: {sorted(unknown)}.")
        return cls(search or "", filters, sort)

    def run(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that fulfil it, in its order.

        Args:
            rows: lane, rank, and the columns of `SORTED`.

        Raises:
            ValueError: If a filter is none that the grid has.
        """
        conditions = [
            *(_holds(word) for word in self.search.lower().split()),
            *(_condition(name, model) for name, model in self.filters.items()),
        ]
        found = rows.filter(conditions) if conditions else rows
        order = [name for name, _ in self.sort]
        return found.sort(
            pl.col("lane") != "unscorable", *order, "rank",
            descending=[False, *(is_descending for _, is_descending in self.sort), False],
            nulls_last=True,
        )  # fmt: skip


def _holds(word: str) -> pl.Expr:
    text = pl.concat_str(SEARCHED, separator="\n", ignore_nulls=True).str.to_lowercase()
    return text.str.contains(word, literal=True)


def _condition(name: str, model: Mapping[str, Any]) -> pl.Expr:
    if parts := model.get("conditions"):
        join = or_ if model.get("operator") == "OR" else and_
        return reduce(join, (_condition(name, part) for part in parts))
    kind = FILTERED[name]
    tests = {"text": _IN_WORDS, "date": _IN_TIME, "number": _ORDERED}[kind]
    asked = model.get("type")
    if asked not in tests:
        raise ValueError(f"The list has no filter {asked!r} on {name}.")
    column = pl.col(name).str.to_lowercase() if kind == "text" else pl.col(name)
    given = (None, None) if asked in _BLANK else _given(kind, model)
    return tests[asked](column, *given).fill_null(value=False)


def _given(kind: str, model: Mapping[str, Any]) -> Sequence[Any]:
    if kind == "date":
        days = model.get("dateFrom"), model.get("dateTo")
        return [date.fromisoformat(day[:10]) if day else None for day in days]
    values = model.get("filter"), model.get("filterTo")
    if kind == "text":
        return [str(values[0] or "").lower(), None]
    return [None if value is None else float(value) for value in values]
