"""Two versions on the same exams: an equal one changes nothing, one upside down all."""

import json

import polars as pl
import pytest

from tasks.redeploy.comparison import compare
from tasks.redeploy.gate import RULES, check_gate
from tests.support.paired_rows import POINTS, paired_exams

EQUAL = compare(paired_exams(), POINTS)
WORSE = compare(paired_exams(worse=True), POINTS)


def test_an_equal_version_moves_nothing():
    assert EQUAL["auc"]["difference"] == 0
    assert EQUAL["displacement"]["largest"] == 0
    assert EQUAL["bands"]["share_moved"] == 0
    assert EQUAL["top_decile"]["share_changed"] == 0
    assert EQUAL["shift"]["calibrated_score"]["psi"] == 0


def test_only_points_that_both_have_are_compared():
    assert list(EQUAL["operating_points"]) == ["sensitivity_90"]


def test_counts_are_those_of_the_exams():
    counts = [EQUAL[name] for name in ("n_exams", "n_exams_with_truth", "n_cancers")]
    assert counts == [200, 200, 40]
    assert sum(map(sum, EQUAL["bands"]["counts"])) == 200


def test_a_version_upside_down_loses_its_cancers():
    assert WORSE["auc"]["difference"] < -0.5
    assert WORSE["top_decile"]["n_cancers_lost"] == len(WORSE["top_decile"]["cancers_leaving"])
    assert WORSE["top_decile"]["n_cancers_lost"] > 0
    assert WORSE["worst_subgroup"]["difference"] < -0.5


def test_subgroups_are_by_manufacturer_and_age():
    groups = EQUAL["subgroups"]
    assert {group["column"] for group in groups} == {"manufacturer", "age"}
    by_maker = [group["n_exams"] for group in groups if group["column"] == "manufacturer"]
    assert by_maker == [100, 100]


def test_without_truth_the_list_is_compared_all_the_same():
    unknown = paired_exams().with_columns(is_malignant=pl.lit(None, pl.Boolean))
    found = compare(unknown, POINTS)
    assert found["auc"] is None
    assert found["worst_subgroup"] is None
    assert found["bands"]["share_moved"] == 0


@pytest.mark.parametrize("report", [EQUAL, WORSE])
def test_a_comparison_is_plain_json(report):
    assert json.loads(json.dumps(report, allow_nan=False))["n_exams"] == 200


@pytest.mark.parametrize(("report", "wanted"), [(EQUAL, True), (WORSE, False)])
def test_the_gate_knows_equal_from_worse(report, wanted):
    rules = [rule for rule in RULES if rule.source == "comparison"]
    findings = check_gate({"comparison": report}, rules)
    assert all(finding.holds for finding in findings) is wanted
