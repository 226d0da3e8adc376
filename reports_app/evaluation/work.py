"""The sections on a programme's work: triage and the decision curve.

It reads the tree that evaluation.json holds and computes nothing.
"""

from typing import Any

from reports_app.evaluation.sections import CHANCE, curve_series, shown_scorers
from reports_app.evaluation.views import (
    SHARES,
    TO,
    Axis,
    Grid,
    Plot,
    Section,
    Series,
    missing,
    number,
    round_ticks,
    style,
)
from reports_app.palette import MUTED

Tree = dict[str, Any]


def triage(report: Tree) -> Section:
    """Cancers near the top of the list, and days until they are read."""
    names = shown_scorers(report)
    exams = {name: report["scorers"][name]["exam"] for name in names}
    tops = list(exams[names[0]]["triage"])
    held = [[name, *(_held(figures, top) for top in tops)] for name, figures in exams.items()]
    counts = report["levels"]["exam"]
    grids = [
        Grid(
            f"Share of cancer exams in the top of the list, % (n = {counts['n_cancers']} of "
            f"{counts['n']} exams)",
            ["Scorer", *(f"top {top} %" for top in tops)],
            held,
        )
    ]
    if reads := _time_rows(exams):
        grids.append(reads)
    return Section(
        "Triage",
        [
            "Exam level; exams sorted by score, the top x % are the first round(x · "
            "n). Tied exams "
            "share what their places hold. The order removes no exam."
        ],
        [
            Plot(
                "Cancers found by reading from the top, exam level",
                Axis("share of the list read", SHARES),
                Axis("share of cancer exams", SHARES),
                [*curve_series(report, "exam", "triage_curve"), CHANCE],
            )
        ],
        grids,
    )


def _held(figures: Tree, top: str) -> str:
    low, high = figures["triage_ci"][top]
    return f"{100 * figures['triage'][top]:.1f} ({100 * low:.0f}{TO}{100 * high:.0f})"


def _time_rows(exams: dict[str, Tree]) -> Grid | None:
    rows = [
        (name, figures["time_to_read"])
        for name, figures in exams.items()
        if "time_to_read" in figures
    ]
    if not rows:
        return None
    keys = (
        "median_day",
        "median_day_first_in_first_out",
        "p90_day",
        "p90_day_first_in_first_out",
    )
    per_day = rows[0][1]["exams_per_day"]
    return Grid(
        f"Day on which cancer exams are read, {per_day} exams a day",
        [
            "Scorer",
            "median, by score",
            "median, first in first out",
            "90 %, by score",
            "90 %, first in first out",
        ],
        [
            [name, *(number(found[key], 0 if "first" not in key else 1) for key in keys)]
            for name, found in rows
        ],
    )


def decision(report: Tree) -> Section:
    """Net benefit by threshold probability."""
    found = {
        name: curve
        for name in shown_scorers(report)
        if (curve := report["scorers"][name]["exam"].get("decision_curve"))
    }
    if not found:
        return missing("Decision curve", "no system gives scores of 0 to 1.")
    first = next(iter(found.values()))
    lines = [
        Series(
            name,
            curve["threshold"],
            [1000 * value for value in curve["net_benefit"]],
            *style(place),
        )
        for place, (name, curve) in enumerate(found.items())
    ]
    prevalence = report["settings"]["prevalence"]
    x_ticks = round_ticks(0, first["threshold"][-1], 5)
    y_ticks = round_ticks(-0.2 * 1000 * prevalence, 1000 * prevalence, 6)
    bottom = y_ticks[0]
    kept = [
        (x, 1000 * y)
        for x, y in zip(first["threshold"], first["recall_all"], strict=True)
        if 1000 * y >= bottom
    ]
    everyone = Series("recall all", [x for x, _ in kept], [y for _, y in kept], MUTED, "dot")
    axes = (
        Axis("threshold probability of cancer", x_ticks, decimals=1),
        Axis("net benefit per 1 000 exams", y_ticks, is_percent=False, decimals=1),
    )
    clipped = [
        Series(s.name, s.x, [max(y, bottom) for y in s.y], s.color, s.dash) for s in lines
    ]
    return Section(
        "Decision curve",
        [
            "Exam level, scores corrected to the programme's prevalence. Net benefit "
            "counts cancers "
            "recalled less false recalls at the odds of the threshold; recalling "
            "none is 0. Lines "
            "are cut at the lower edge."
        ],
        [Plot("Decision curve, exam level", *axes, [*clipped, everyone])],
    )
