"""Pairs of scores: exams that both versions scored, under calibrations that hold now."""

import polars as pl
import pytest

from tasks.errors import ContractViolation
from tasks.lake.schemas import CALIBRATIONS, EXAM_SCORES
from tasks.redeploy.paired_exams import pair_exams
from tests.support.lake_fixture import MemoryLake, fill_lake


@pytest.fixture
def lake():
    filled = MemoryLake()
    fill_lake(filled, n_exams=12)
    return filled


def served_version(lake) -> str:
    return lake.read(EXAM_SCORES)["model_version"][0]


def score_as(lake, version: str, n_exams: int) -> list[str]:
    """Have another version score some exams as the served one did; their keys."""
    is_served = pl.col("model_version") == served_version(lake)
    renamed = pl.lit(version).alias("model_version")
    named = pl.lit(f"of-{version}").alias("calibration_id")
    lake.insert_new(
        CALIBRATIONS,
        lake.read(CALIBRATIONS, where=is_served).head(1).with_columns(renamed, named),
    )
    scores = lake.read(EXAM_SCORES, where=is_served).sort("exam_key").head(n_exams)
    lake.insert_new(EXAM_SCORES, scores.with_columns(renamed, named))
    return scores["exam_key"].to_list()


def test_only_exams_that_both_scored_are_paired(lake):
    both = score_as(lake, "99", 4)
    pairs = pair_exams(lake, "99", served_version(lake))
    assert pairs["exam_key"].to_list() == both
    assert pairs["exam_score_candidate"].equals(pairs["exam_score_serving"], check_names=False)


def test_a_candidate_that_scored_nothing_says_what_to_do(lake):
    with pytest.raises(ContractViolation, match="mammo model shadow 99"):
        pair_exams(lake, "99", served_version(lake))
