"""The sections on scores themselves: discrimination, operating points, calibration.

It reads the tree that evaluation.json holds and computes nothing.
"""

from typing import Any

from reports_app.evaluation.views import (
    SHARES,
    Axis,
    Grid,
    Plot,
    Section,
    Series,
    interval,
    number,
    percent,
    share,
    style,
)
from reports_app.palette import MUTED

Tree = dict[str, Any]
CHANCE = Series("chance", [0.0, 1.0], [0.0, 1.0], MUTED, "dot")


def shown_scorers(report: Tree) -> list[str]:
    """The systems, the best at the finest level first; the readers where there is no system."""
    names = report["data"]["systems"] or report["data"]["readers"]
    return _best_first(report, names)


def all_scorers(report: Tree) -> list[str]:
    """The systems, then the readers, each best first."""
    readers = report["data"]["readers"] if report["data"]["systems"] else []
    return shown_scorers(report) + _best_first(report, readers)


def _best_first(report: Tree, names: list[str]) -> list[str]:
    level = next(iter(report["levels"]))
    auc = {name: float(report["scorers"][name][level]["auc"]) for name in names}
    return sorted(names, key=lambda name: -auc[name])


def curve_series(report: Tree, level: str, curve: str) -> list[Series]:
    """A named curve of every scorer shown."""
    lines: list[Series] = []
    for place, name in enumerate(shown_scorers(report)):
        points = report["scorers"][name][level][curve]
        lines.append(Series(name, points["x"], points["y"], *style(place)))
    return lines


def discrimination(report: Tree) -> Section:
    """AUC and its kin, by level."""
    clustered = report["data"]["clustered_by"]
    return Section(
        "Discrimination",
        [
            f"AUC with a percentile bootstrap interval by {clustered}: whatever belongs to one "
            f"{clustered} is drawn together, {report['settings']['n_draws']:,} draws. Other "
            "intervals are Wilson's, exact (Clopper-Pearson) where events or "
            "non-events are under "
            "ten. The partial AUC covers specificities above 90 %, scaled so that "
            "chance is 0.5. A specificity of 0 at 90 % sensitivity says that no threshold "
            "short of recalling everybody reaches it."
        ],
        [
            plot
            for level in report["levels"]
            for plot in (_roc(report, level), _precision_recall(report, level))
        ],
        [_discrimination_grid(report, level) for level in report["levels"]],
    )


def _roc(report: Tree, level: str) -> Plot:
    axes = Axis("1 - specificity", SHARES), Axis("sensitivity", SHARES)
    return Plot(f"ROC, {level} level", *axes, [*curve_series(report, level, "roc"), CHANCE])


def _precision_recall(report: Tree, level: str) -> Plot:
    counts = report["levels"][level]
    title = (
        f"Precision and recall, {level} level ({counts['n_cancers']} of {counts['n']} cancer)"
    )
    axes = Axis("recall (sensitivity)", SHARES), Axis("precision (PPV in the sample)", SHARES)
    share = counts["n_cancers"] / counts["n"]
    chance = Series("chance", [0.0, 1.0], [share, share], MUTED, "dot")
    return Plot(title, *axes, [*curve_series(report, level, "precision_recall"), chance])


def _discrimination_grid(report: Tree, level: str) -> Grid:
    counts = report["levels"][level]
    header = [
        "Scorer",
        "AUC (95 % CI)",
        "Partial AUC",
        "Average precision",
        "Sensitivity at 90 % specificity, %",
        "Sensitivity at 95 % specificity, %",
        "Specificity at 90 % sensitivity, %",
    ]
    rows = [
        _discrimination_row(name, report["scorers"][name][level])
        for name in all_scorers(report)
    ]
    title = (
        f"{level.capitalize()} level: n = {counts['n']:,}, {counts['n_cancers']:,} with cancer"
    )
    return Grid(title, header, rows)


def _discrimination_row(name: str, figures: Tree) -> list[str]:
    shares = (
        "sensitivity_at_90_specificity",
        "sensitivity_at_95_specificity",
        "specificity_at_90_sensitivity",
    )
    return [
        name,
        interval(figures["auc"], figures["auc_ci"]),
        number(figures["partial_auc_above_90_specificity"]),
        number(figures["average_precision"]),
        *(_hundredfold(figures[key], figures[f"{key}_ci"]) for key in shares),
    ]


def _hundredfold(value: float, ends: list[float]) -> str:
    return interval(100 * value, [100 * end for end in ends], 1)


def operating_points(report: Tree) -> Section:
    """Every operating point of every system, by level."""
    prevalence = 1000 * report["settings"]["prevalence"]
    header = [
        "Scorer",
        "Point",
        "Threshold",
        "Sensitivity",
        "Specificity",
        "PPV",
        "NPV",
        "PPV in programme",
        "Recalled in programme",
        "Cancers per 1 000",
    ]
    grids = [
        Grid(
            f"{level.capitalize()} level",
            header,
            [
                _point_row(name, point)
                for name in shown_scorers(report)
                for point in report["scorers"][name][level]["operating_points"].values()
            ],
            n_words=2,
        )
        for level in report["levels"]
    ]
    first = report["scorers"][shown_scorers(report)[0]]
    points = next(iter(first.values()))["operating_points"].values()
    rules = "; ".join(f"{point['name']}: {point['rule']}" for point in points)
    return Section(
        "Operating points",
        [
            "A score above the threshold is positive. " + rules + ".",
            "They were chosen on the data that they are measured on, which flatters "
            "them; PPV and "
            "NPV hold at the sample's prevalence, the columns “in programme” at "
            f"{prevalence:.1f} cancers per 1 000 exams.",
        ],
        [],
        grids,
    )


def _point_row(name: str, point: Tree) -> list[str]:
    return [
        name,
        point["name"],
        f"{point['threshold']:.4g}",
        *(share(point[key]) for key in ("sensitivity", "specificity", "ppv", "npv")),
        percent(point["ppv_in_programme"]),
        percent(point["recall_rate_in_programme"]),
        number(point["cancer_detection_rate_in_programme"], 2),
    ]
