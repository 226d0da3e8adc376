"""The sections that look closer: subgroups, repeatability, single failures.

It reads the tree that evaluation.json holds and computes nothing.
"""

from typing import Any

from reports_app.evaluation.sections import shown_scorers
from reports_app.evaluation.views import Grid, Section, estimate, missing, number, share

Tree = dict[str, Any]


def subgroups(report: Tree) -> Section:
    """Every subgroup with its n."""
    rows_by_level: list[Grid] = []
    for level in report["levels"]:
        rows = [
            [
                name,
                group["column"],
                group["value"],
                f"{group['n']}",
                f"{group['n_cancers']}",
                estimate(group["auc"])
                if group["auc"]
                else f"not computable: {group['reason']}",
                share(group["sensitivity"]),
                share(group["specificity"]),
            ]
            for name in shown_scorers(report)
            for groups in report["scorers"][name][level].get("subgroups", {}).values()
            for group in groups
        ]
        header = [
            "System",
            "Column",
            "Group",
            "n",
            "Cancers",
            "AUC (95 % CI)",
            "Sensitivity",
            "Specificity",
        ]
        if rows:
            title = f"{level.capitalize()} level"
            rows_by_level.append(Grid(title, header, rows, n_words=3))
    if not rows_by_level:
        return missing("Subgroups", "no column of subgroups was named (--subgroup-column).")
    note = "Sensitivity and specificity at the whole sample's threshold for 90 % specificity."
    return Section("Subgroups", [note], [], rows_by_level)


def repeatability(report: Tree) -> Section:
    """Agreement of two scorings."""
    level = next(iter(report["levels"]))
    rows: list[list[str]] = []
    for name in shown_scorers(report):
        if found := report["scorers"][name][level].get("repeatability"):
            low, high = found["limits_of_agreement"]
            rows.append(
                [
                    name,
                    str(found["n"]),
                    number(found["mean_difference"], 4),
                    f"{low:.4f} to {high:.4f}",
                    number(found["repeatability_coefficient"], 4),
                    number(found["intraclass_correlation"]),
                    share(found["decision_changes"]),
                ]
            )
    if not rows:
        return missing("Repeatability", "no column of repeats was named (--repeat-column).")
    header = [
        "System",
        "n",
        "Mean difference",
        "Limits of agreement",
        "Repeatability coefficient",
        "ICC",
        "Decisions that change at 90 % specificity",
    ]
    return Section("Repeatability", [], [], [Grid(f"{level.capitalize()} level", header, rows)])


def failures(report: Tree) -> Section:
    """The best system's worst misses and false alarms by identifier."""
    name = shown_scorers(report)[0]
    rows = [
        [
            failure["kind"].replace("_", " "),
            failure["key"],
            f"{failure['score']:.4g}",
            number(failure["percentile"], 1),
        ]
        for failure in report["scorers"][name]["exam"].get("failures", [])
    ]
    note = (
        f"Exam level, {name}: cancers with the lowest scores and others with the highest, by "
        "identifier, with the share of exams that score lower. Other scorers and levels are in "
        "evaluation.json."
    )
    header = ["Kind", "Exam", "Score", "Percentile"]
    return Section("Failures", [note], [], [Grid("Worst failures", header, rows, n_words=2)])
