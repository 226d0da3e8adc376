"""The section on exams that nobody reads, and on the designs of published trials.

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
    missing,
    number,
    percent,
    style,
)

Tree = dict[str, Any]


def rule_out(report: Tree) -> Section:
    """What is missed if the lowest scores are not read, and the trials' designs."""
    systems = [name for name in shown_scorers(report) if name in report["data"]["systems"]]
    if not systems:
        return missing("Rule-out and trial designs", "no system among the scorers.")
    notes = [
        "Exam level, each exam weighted so that cancers make up the programme's "
        f"{1000 * report['settings']['prevalence']:.1f} per 1 000. Gross: every "
        "cancer among the "
        "exams that nobody reads. Net: those that a reader would have recalled."
    ]
    rule = report["readers"].get("decision_rule")
    notes.append(
        f"Readers' decisions: {rule}."
        if rule
        else "Net and detection: not available, because no "
        "column holds a human reader's scores or decisions."
    )
    designs = [report["scorers"][name]["exam"]["designs"] for name in systems]
    notes.append("Designs: " + "; ".join(f"{d['name']}: {d['rule']}" for d in designs[0]) + ".")
    return Section(
        "Rule-out and trial designs",
        notes,
        [
            _rule_out_plot(report, systems, kind)
            for kind in (["gross", "net"] if rule else ["gross"])
        ],
        [_designs(report, systems), _rule_out_grid(report, systems)],
    )


def _rule_out_plot(report: Tree, systems: list[str], kind: str) -> Plot:
    lines = [
        Series(name, found["ruled_out"], found[f"{kind}_missed"], *style(place))
        for place, name in enumerate(systems)
        for found in [report["scorers"][name]["exam"]["rule_out"]]
    ]
    axes = (
        Axis("share of exams not read", SHARES),
        Axis(f"share of cancers missed, {kind}", SHARES),
    )
    return Plot(f"Rule-out, {kind}", *axes, lines)


def _rule_out_grid(report: Tree, systems: list[str]) -> Grid:
    rows: list[list[str]] = []
    for name in systems:
        found = report["scorers"][name]["exam"]["rule_out"]
        for place in (5, 9, 13):
            values = [found[key] for key in ("gross_false_omission", "net_false_omission")]
            missed = [found[key] for key in ("gross_missed", "net_missed")]
            rows.append(
                [
                    name,
                    percent(found["ruled_out"][place]),
                    *(number(value and 1000 * value[place], 2) for value in values),
                    *(percent(value and value[place]) for value in missed),
                ]
            )
    header = [
        "System",
        "Exams not read",
        "False omission per 1 000, gross",
        "False omission per 1 000, net",
        "Cancers missed, gross",
        "Cancers missed, net",
    ]
    return Grid("Rule-out at about 30, 50 and 70 % of exams", header, rows)


def _designs(report: Tree, systems: list[str]) -> Grid:
    rows = [
        [
            name,
            design["name"],
            number(design["reads_per_exam"], 2),
            percent(design["reads_change"]),
            percent(design["sensitivity"]),
            percent(design["recall_rate"]),
            number(design["cancers_per_1000"], 2),
        ]
        for name in systems
        for design in report["scorers"][name]["exam"]["designs"]
    ]
    header = [
        "System",
        "Design",
        "Reads an exam",
        "Reads against two readers",
        "Sensitivity",
        "Recalled",
        "Cancers per 1 000",
    ]
    return Grid("Designs of published trials, replayed", header, rows, n_words=2)
