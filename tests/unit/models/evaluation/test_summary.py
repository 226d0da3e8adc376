"""The whole tree of a small table at three levels."""

import json

import numpy as np
import polars as pl
import pytest

from models.evaluation.checks import Columns
from models.evaluation.summary import plain, summarise
from models.evaluation.systems import Settings
from models.evaluation.table import read_table


def _frame(n_exams: int = 40) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    exam = np.repeat(np.arange(n_exams), 4)
    truth = (exam % 5 == 0) & (np.arange(exam.size) % 4 < 2)
    return pl.DataFrame(
        {
            "exam": exam,
            "breast": np.tile(["L", "L", "R", "R"], n_exams),
            "view": np.tile(["CC", "MLO"], 2 * n_exams),
            "truth": truth.astype(int),
            "site": np.where(exam < 20, "a", "b"),
            "ai": np.clip(rng.random(exam.size) * 0.6 + 0.3 * truth, 0, 1),
            "logit": rng.normal(size=exam.size),
        }
    )


@pytest.fixture(scope="module")
def tree() -> dict[str, object]:
    columns = Columns("exam", "truth", "breast", "view", subgroups=("site",))
    return summarise(read_table(_frame(), columns), Settings(n_draws=100))


def test_every_scorer_has_every_level(tree: dict):
    assert list(tree["scorers"]["ai"]) == ["image", "breast", "exam"]
    assert tree["levels"]["image"]["n"] == 160
    assert tree["levels"]["exam"]["programme_prevalence"] == pytest.approx(0.0051)
    assert tree["levels"]["breast"]["programme_prevalence"] == pytest.approx(0.0051 / 2)


def test_scores_that_are_no_probabilities_say_what_cannot_be_had(tree: dict):
    figures = tree["scorers"]["logit"]["exam"]
    assert (figures["ece"], figures["brier"]) == (None, None)
    assert "calibrate them first" in figures["calibration"]["not_computable"]
    assert "decision_curve" not in figures


def test_the_tree_is_json_without_nan(tree: dict):
    assert json.loads(json.dumps(tree, allow_nan=False)) == tree


def test_subgroups_failures_and_pairs_are_there(tree: dict):
    figures = tree["scorers"]["ai"]["breast"]
    assert [group["value"] for group in figures["subgroups"]["site"]] == ["a", "b"]
    assert figures["failures"][0]["kind"] == "missed"
    assert len(tree["comparisons"]["exam"]["delong"]) == 1


def test_a_number_that_is_none_becomes_null():
    assert plain({"a": (np.float64("nan"), np.int64(3), [float("inf")])}) == {
        "a": [None, 3, [None]]
    }
