"""The gate: limits hold on both sides, and a figure that is missing proves nothing."""

import math

import pytest

from tasks.redeploy.gate import RULES, Rule, check_gate


def holds(rule: Rule, figures: dict) -> bool:
    [finding] = check_gate({rule.source: figures}, [rule])
    return finding.holds


LEAST = Rule("least", "comparison", "auc.low", "enough", at_least=-0.03)
MOST = Rule("most", "comparison", "psi", "little", at_most=0.25)


@pytest.mark.parametrize(("low", "wanted"), [(-0.03, True), (-0.031, False), (0.5, True)])
def test_a_lower_limit_holds_at_the_limit(low, wanted):
    assert holds(LEAST, {"auc": {"low": low}}) is wanted


@pytest.mark.parametrize(("psi", "wanted"), [(0.25, True), (0.26, False)])
def test_an_upper_limit_holds_at_the_limit(psi, wanted):
    assert holds(MOST, {"psi": psi}) is wanted


@pytest.mark.parametrize("figures", [{}, {"auc": None}, {"auc": {"low": math.nan}}])
def test_what_was_not_measured_is_not_proven(figures):
    assert not holds(LEAST, figures)


def test_an_optional_figure_may_be_missing_but_not_fail():
    rule = Rule("memory", "verification", "ratio", "little", at_most=1.5, is_optional=True)
    assert holds(rule, {})
    assert not holds(rule, {"ratio": 2})


def test_without_any_report_only_optional_rules_hold():
    findings = check_gate({})
    assert [finding.holds for finding in findings] == [rule.is_optional for rule in RULES]
    assert findings[0].sentence.startswith("tensor_contract: no figure; asked: ")
