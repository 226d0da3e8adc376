"""A shadow gives way to nights, and takes its exams from published lists only."""

import pytest

from tasks.errors import ContractViolation, Retryable
from tasks.lake.schemas import PRIORITY_LISTS
from tasks.redeploy import shadow
from tasks.redeploy.shadow import give_way, published_exams
from tests.support.lake_fixture import MemoryLake, fill_lake


@pytest.fixture
def lake():
    filled = MemoryLake()
    fill_lake(filled, n_exams=12)
    return filled


def test_more_nights_hold_more_exams_and_each_exam_once(lake):
    lists = lake.read(PRIORITY_LISTS)
    one, all_of_them = published_exams(lake, 1), published_exams(lake, 99)
    newest = lists.filter(list_date=lists["list_date"].max())
    assert set(one) == set(newest["exam_key"])
    assert all_of_them == sorted(lists["exam_key"].unique())


def test_without_a_list_the_remedy_is_a_night():
    with pytest.raises(ContractViolation, match="mammo campaign"):
        published_exams(MemoryLake(), 7)


def test_it_waits_as_long_as_a_night_is_scoring(monkeypatch):
    waits, answers = [], iter([True, True, False])
    monkeypatch.setattr(shadow, "sleep", waits.append)
    give_way(lambda: next(answers))
    assert len(waits) == 2


def test_a_night_that_never_ends_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(shadow, "PATIENCE_S", -1.0)
    with pytest.raises(Retryable, match="shadow again"):
        give_way(lambda: True)
