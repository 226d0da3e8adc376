"""The section on calibration: reliability, before and after the prevalence correction.

It reads the tree that evaluation.json holds and computes nothing.
"""

from typing import Any

from reports_app.evaluation.sections import shown_scorers
from reports_app.evaluation.views import (
    SHARES,
    Axis,
    Grid,
    Plot,
    Section,
    Series,
    number,
    style,
)
from reports_app.palette import MUTED

Tree = dict[str, Any]


def calibration(report: Tree) -> Section:
    """Reliability, and its figures before and after the prevalence correction."""
    header = [
        "Scorer",
        "n",
        "ECE",
        "Brier",
        "Slope",
        "Intercept",
        "Mean score",
        "Share of cancer",
    ]
    names = {
        "in_sample": "in the sample, as given",
        "in_programme_uncorrected": "at the programme's prevalence, as given",
        "in_programme_corrected": "at the programme's prevalence, corrected",
    }
    return Section(
        "Calibration",
        [
            "ECE over ten equal bins. Slope 1 and intercept 0 are perfect; the fit is on the "
            "score's log odds. The correction moves the log odds by the difference between the "
            "sample's and the programme's, and weights both classes to the programme's "
            f"prevalence ({report['settings']['prevalence']:.2%} of exams). Bins of few "
            "rows jump; their n is in evaluation.json. pF1 serves only to compare with RSNA's."
        ],
        [_reliability(report, level) for level in report["levels"]],
        [
            Grid(f"{level.capitalize()} level, {words}", [*header, *_pf1_head(key)], rows)
            for level in report["levels"]
            for key, words in names.items()
            if (rows := _calibration_rows(report, level, key))
        ],
    )


def _pf1_head(key: str) -> list[str]:
    """pF1 is of the sample, at whose prevalence alone it can be compared."""
    return ["pF1"] if key == "in_sample" else []


def _calibration_rows(report: Tree, level: str, key: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for name in shown_scorers(report):
        figures = report["scorers"][name][level]
        found = figures["calibration"].get(key)
        if found is None:
            reason = figures["calibration"]["not_computable"]
            blank = [""] * (5 + len(_pf1_head(key)))
            rows.append([name, str(figures["n"]), f"not computable: {reason}", *blank])
            continue
        keys = ("ece", "brier", "slope", "intercept", "mean_score", "cancer_share")
        pf1 = [number(figures["pf1"])] if _pf1_head(key) else []
        values = [number(found[part], 4 if part in keys[:2] else 3) for part in keys]
        rows.append([name, str(figures["n"]), *values, *pf1])
    return rows


def _reliability(report: Tree, level: str) -> Plot:
    lines: list[Series] = []
    for place, name in enumerate(shown_scorers(report)):
        found = report["scorers"][name][level]["calibration"].get("in_sample", {"bins": []})
        x = [part["mean_score"] for part in found["bins"]]
        y = [part["cancer_share"] for part in found["bins"]]
        lines.append(Series(name, x, y, *style(place), has_markers=True))
    perfect = Series("perfect", [0.0, 1.0], [0.0, 1.0], MUTED, "dot")
    axes = (
        Axis("mean score", SHARES, is_percent=False, decimals=1),
        Axis("share of cancer", SHARES),
    )
    return Plot(f"Reliability in the sample, {level} level", *axes, [*lines, perfect])
