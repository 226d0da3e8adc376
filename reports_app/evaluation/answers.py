"""What a report says of itself: facts for its head, and answers to the checklists' items.

What the figures show is answered from them; what only people know comes from the author's file.
"""

from typing import Any

from reports_app.evaluation.sections import shown_scorers
from reports_app.evaluation.views import interval

Tree = dict[str, Any]
_ABSENT = "not stated"
FIRST_FACTS = (
    "Model", "Film or digital", "Levels", "Scorers", "Best system", "Programme",
    "Leak from training",
)  # fmt: skip
"""What stands on top of a page; where the figures come from stands at its end."""


def facts_of(report: Tree) -> list[list[str]]:
    """Name and value of what a reader must know before any figure."""
    about, data, settings = report["about"], report["data"], report["settings"]
    counts = "; ".join(
        f"{found['n']:,} {level}s ({found['n_cancers']:,} with cancer)"
        for level, found in report["levels"].items()
    )
    exam = next(iter(report["levels"].values()))
    return [
        ["Model", _stated(about, "model_name", "model_version")],
        ["Model hash", about.get("model_hash", _ABSENT)],
        ["Film or digital", about.get("image_kind", _ABSENT)],
        ["Licence", about.get("licence", _ABSENT)],
        ["Levels", counts],
        ["Best system", _best(report)],
        ["Scorers", f"{len(data['systems'])} systems, {len(data['readers'])} readers"],
        ["Intervals", f"95 %, {exam['n_clusters']:,} {data['clustered_by']}s drawn"],
        [
            "Programme",
            f"{1000 * settings['prevalence']:.1f} cancers per 1 000 exams, at most "
            f"{settings['recall_rate']:.0%} recalled, {settings['exams_per_day']} exams a day",
        ],
        ["Leak from training", _leakage(report["leakage"])],
        ["Data", about.get("data_source", _ABSENT)],
        ["File", data["file"]],
        ["SHA-256", data["sha256"]],
        ["Columns", _columns(data)],
        ["Made", report["made_at"]],
        [
            "Software",
            ", ".join(f"{name} {found}" for name, found in report["versions"].items()),
        ],
        ["Seed", str(settings["seed"])],
    ]


def _best(report: Tree) -> str:
    """The one that separates best, by level."""
    name = shown_scorers(report)[0]
    found = [(level, report["scorers"][name][level]) for level in report["levels"]]
    aucs = (f"{interval(one['auc'], one['auc_ci'])} by {level}" for level, one in found)
    return f"{name}: AUC {'; '.join(aucs)}"


def _leakage(found: Tree) -> str:
    """What was compared; a leak that was found left no report."""
    if found["checked"] is None:
        return f"not checked: {found['reason']}"
    copies = ", near-copies too" if found["near_copies"] else ""
    return (
        f"none: compared by {' and '.join(found['by'])}{copies} with "
        f"{found['n_training_rows']:,} training rows of {found['checked']}"
    )


def _stated(about: Tree, *keys: str) -> str:
    return " ".join(about[key] for key in keys if key in about) or _ABSENT


def _columns(data: Tree) -> str:
    named = {name: value for name, value in data["columns"].items() if value}
    texts = [f"{name}: {_list(value)}" for name, value in named.items()]
    unused = data["unused_columns"]
    return "; ".join(texts) + (f"; not used: {_list(unused)}" if unused else "")


def _list(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def answers_of(report: Tree) -> dict[str, str]:
    """The author's statements, and what the figures answer themselves."""
    settings, data = report["settings"], report["data"]
    levels = " and ".join(report["levels"])
    answers = {
        "title": "yes: scores of AI systems on screening mammograms",
        "summary": "yes: the head of this report and the section Discrimination",
        "aims": f"measure discrimination, calibration and effect on work, at {levels} level",
        "selection": "every row of the table; a breast or an exam takes its highest score",
        "missing": "rows without a score or truth are refused, so none is missing in "
        "this table; "
        "exclusions before it are not known here",
        "software": ", ".join(f"{name} {found}" for name, found in report["versions"].items()),
        "measures": "AUC, partial AUC, average precision, sensitivity, specificity, "
        "PPV, NPV, ECE, "
        "Brier score, slope, intercept, triage shares, false omission, net benefit",
        "uncertainty": f"bootstrap by {data['clustered_by']} ({settings['n_draws']:,} draws); "
        "Wilson and Clopper-Pearson; DeLong with Holm's correction",
        "numbers": "; ".join(
            f"{level}: {found['n']:,}" for level, found in report["levels"].items()
        ),
        "results": _results(report),
        "failures": "yes: section Failures, by identifier",
        "imbalance": "measures that do not depend on prevalence; all others stated at the "
        f"sample's and at {settings['prevalence']:.2%} prevalence",
        "calibration": "yes: section Calibration, before and after prevalence correction",
    }
    if report["leakage"]["checked"]:
        answers["partitions"] = f"leak from training: {_leakage(report['leakage'])}"
    if "not_computable" not in report["external"]:
        answers["external_test"] = "yes: section External set"
    if "not_computable" not in report["localisation"]:
        answers["explainability"] = "yes: section Localisation"
    if data["readers"]:
        answers["raters"] = f"yes: section Readers, {len(data['readers'])} readers"
    if data["columns"]["subgroups"]:
        answers["subgroups"] = f"yes: section Subgroups, {_list(data['columns']['subgroups'])}"
    return answers | report["about"]


def _results(report: Tree) -> str:
    level = next(iter(report["levels"]))
    best = shown_scorers(report)[0]
    figures = report["scorers"][best][level]
    return (
        f"yes: every table; {best} has an AUC of {interval(figures['auc'], figures['auc_ci'])} "
        f"at {level} level"
    )
