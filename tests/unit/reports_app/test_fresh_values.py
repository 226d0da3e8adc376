"""What is kept is as fresh as its tables, and not more than memory should hold."""

from collections import Counter

import pytest

from reports_app.fresh_values import N_KEPT, FreshValues
from tasks.lake.columns import Table
from tasks.lake.schemas import OBJECTS, RUNS
from tasks.lake.store import Lake


class Versions(Lake):
    """The tables' versions, and how often each was asked for."""

    def __init__(self) -> None:
        super().__init__("nowhere")
        self.of = {OBJECTS: 1, RUNS: 1}
        self.asked = Counter[Table]()

    def version(self, table: Table) -> int:
        self.asked[table] += 1
        return self.of[table]


@pytest.fixture
def versions() -> Versions:
    return Versions()


@pytest.fixture
def values(versions: Versions) -> FreshValues:
    return FreshValues(versions)


def test_a_value_is_built_again_when_one_of_its_tables_has_a_new_version(values, versions):
    built = iter(range(9))
    answers = [values.get("sum", (OBJECTS, RUNS), lambda: next(built)) for _ in range(2)]
    versions.of[RUNS] += 1
    answers.append(values.get("sum", (OBJECTS, RUNS), lambda: next(built)))
    assert answers == [0, 0, 1]


def test_what_a_value_is_built_of_stands_on_the_same_versions(values, versions):
    def build() -> int:
        versions.of[OBJECTS] += 1  # a night commits meanwhile
        return values.get("part", (OBJECTS,), lambda: 1)

    values.get("whole", (OBJECTS,), build)
    assert versions.asked[OBJECTS] == 1


def test_a_value_that_could_not_be_built_is_tried_again(values):
    with pytest.raises(ZeroDivisionError):
        values.get("share", (OBJECTS,), lambda: 1 / 0)
    assert values.get("share", (OBJECTS,), lambda: 2.0) == 2.0


@pytest.mark.parametrize("kind", ["exam", "list", "pixels of", "views"])
def test_the_oldest_of_many_are_forgotten(values, kind):
    values.get("campaign", (OBJECTS,), lambda: "kept")
    for number in range(5 * N_KEPT):
        values.get(f"{kind} {number}", (OBJECTS,), lambda: number)  # noqa: B023
    assert len(values) == N_KEPT + 1
    assert values.get("campaign", (OBJECTS,), lambda: "built again") == "kept"
    newest = f"{kind} {5 * N_KEPT - 1}"
    assert values.get(newest, (OBJECTS,), lambda: "built again") == 5 * N_KEPT - 1
