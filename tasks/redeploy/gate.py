"""The gate: what must hold before a version may be served, as data.

It reads figures and computes none; a figure that is missing fails its rule, since a version is
served for what it has proven.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from tasks.redeploy.reports import COMPARISON, VERIFICATION

REGISTRY = "registry"
"""What the lake holds for the version, beside the reports."""

MARGIN_AUC = 0.03
"""Non-inferiority margin: the most AUC that a version may lose, at the interval's lower end."""


@dataclass(frozen=True)
class Rule:
    """One condition on one figure.

    Args:
        name: Of the rule.
        source: verification, comparison or registry.
        figure: Its place in that report, such as "auc.low".
        asks: What the rule demands, in words.
        at_least: Lower limit, if any.
        at_most: Upper limit, if any.
        is_optional: Holds where the figure could not be measured.
    """

    name: str
    source: str
    figure: str
    asks: str
    at_least: float | None = None
    at_most: float | None = None
    is_optional: bool = False


def _verified(name: str, figure: str, asks: str, at_most: float, **options: bool) -> Rule:
    return Rule(name, VERIFICATION, figure, asks, at_most=at_most, **options)


RULES = (
    _verified("tensor_contract", "contract.n_differences", "tensors as the contract says", 0),
    _verified(
        "golden_set", "golden.share_of_tolerance", "golden answers within their tolerance", 1
    ),
    _verified("repeatability", "repeatability.largest_difference", "equal answers twice", 1e-5),
    _verified("latency", "latency.ratio", "at most 1.5 times the served version's time", 1.5),
    _verified("memory", "memory.ratio", "at most 1.5 times its memory", 1.5, is_optional=True),
    Rule("calibration", REGISTRY, "n_calibrations", "a calibration", at_least=1),
    Rule("operating_points", REGISTRY, "n_operating_points", "operating points", at_least=1),
    Rule(
        "auc_non_inferiority",
        COMPARISON,
        "auc.low",
        f"DeLong's interval of the AUC difference above -{MARGIN_AUC}",
        at_least=-MARGIN_AUC,
    ),
    Rule(
        "sensitivity",
        COMPARISON,
        "operating_points.sensitivity_90.sensitivity.difference",
        "at most 0.02 of sensitivity lost at sensitivity_90",
        at_least=-0.02,
    ),
    Rule(
        "recall_rate",
        COMPARISON,
        "operating_points.sensitivity_90.recall_rate.difference",
        "a recall rate at most 0.03 higher at sensitivity_90",
        at_most=0.03,
    ),
    Rule(
        "top_decile_cancers",
        COMPARISON,
        "top_decile.n_cancers_lost",
        "as many known cancers in the top decile",
        at_most=0,
    ),
    Rule(
        "band_churn",
        COMPARISON,
        "bands.share_moved_far",
        "at most a fifth of exams moved by three bands or more",
        at_most=0.2,
    ),
    Rule(
        "score_shift",
        COMPARISON,
        "shift.calibrated_score.psi",
        "a population stability index of the calibrated score of at most 0.25",
        at_most=0.25,
    ),
    Rule(
        "subgroups",
        COMPARISON,
        "worst_subgroup.difference",
        "at most 0.10 of AUC lost in any subgroup",
        at_least=-0.10,
        is_optional=True,
    ),
)


@dataclass(frozen=True)
class Finding:
    """A rule, the figure found, and whether it holds."""

    rule: Rule
    figure: float | None
    holds: bool

    @property
    def sentence(self) -> str:
        """Such as "auc_non_inferiority: -0.114, asked …"."""
        found = "no figure" if self.figure is None else f"{self.figure:.4g}"
        return f"{self.rule.name}: {found}; asked: {self.rule.asks}"


def check_gate(
    reports: Mapping[str, Mapping[str, Any]], rules: Sequence[Rule] = RULES
) -> list[Finding]:
    """Hold figures to rules.

    Args:
        reports: Figures by source.
        rules: In the order of the findings.
    """
    return [_check(rule, _find(reports.get(rule.source, {}), rule.figure)) for rule in rules]


def _check(rule: Rule, figure: float | None) -> Finding:
    if figure is None:
        return Finding(rule, None, rule.is_optional)
    is_above = rule.at_least is None or figure >= rule.at_least
    is_below = rule.at_most is None or figure <= rule.at_most
    return Finding(rule, figure, is_above and is_below)


def _find(figures: Mapping[str, Any], place: str) -> float | None:
    value: Any = figures
    for name in place.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    is_number = isinstance(value, int | float) and isfinite(value)
    return float(value) if is_number else None
