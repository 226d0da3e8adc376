"""Promotions and rollbacks as rows: who is served, who was, and what stays loaded."""

import pytest

from tasks.errors import Misconfigured
from tasks.lake.schemas import DEPLOYMENTS
from tasks.redeploy.deployment import (
    Decision,
    former_version,
    promote,
    read_moves,
    roll_back,
    served_in_turn,
    versions_to_load,
)
from tests.support.lake_fixture import MemoryLake

DECISION = Decision("ana", "comparison-2")


@pytest.fixture
def lake():
    return MemoryLake()


def turn(lake, pinned="1"):
    return served_in_turn(read_moves(lake), pinned)


def test_without_a_move_the_pinned_version_is_served(lake):
    assert turn(lake) == ["1"]


def test_promotions_and_rollbacks_are_kept_and_undone_in_order(lake):
    promote(lake, "1", "2", DECISION)
    promote(lake, "2", "3", DECISION)
    assert turn(lake) == ["1", "2", "3"]
    assert roll_back(lake, "3", DECISION) == "2"
    assert roll_back(lake, "2", DECISION) == "1"
    assert turn(lake) == ["1"]
    assert lake.read(DEPLOYMENTS).height == 4


def test_a_move_says_who_and_why(lake):
    promote(lake, "1", "2", Decision("ana", "none", "the mammograph changed"))
    row = read_moves(lake).row(0, named=True)
    assert (row["operator"], row["override"]) == ("ana", "the mammograph changed")
    assert (row["model_version"], row["former_model_version"]) == ("2", "1")


def test_there_is_nothing_before_the_first(lake):
    with pytest.raises(Misconfigured, match="first that was served"):
        former_version(lake, "1")


def test_a_served_version_is_not_promoted(lake):
    with pytest.raises(Misconfigured, match="served already"):
        promote(lake, "1", "1", DECISION)


def test_the_version_before_stays_loaded():
    assert versions_to_load(["1", "2", "10"], "3") == ["2", "3", "10"]
    assert versions_to_load(["1"]) == ["1"]
