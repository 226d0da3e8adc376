"""The sections that set scorers against each other: pairs of systems, people and systems.

It reads the tree that evaluation.json holds and computes nothing.
"""

from typing import Any

from reports_app.evaluation.views import Grid, Section, estimate, interval, missing

Tree = dict[str, Any]


def comparisons(report: Tree) -> Section:
    """Pairs of systems."""
    header = [
        "A",
        "B",
        "AUC of A less B (95 % CI)",
        "p, clustered",
        "p, DeLong",
        "p, DeLong, Holm",
    ]
    grids: list[Grid] = []
    notes = [
        "DeLong's test takes rows as independent; the clustered one sums the same placement "
        f"values by {report['data']['clustered_by']} and gives the interval. Holm's correction "
        "is over the pairs of a level."
    ]
    for level, found in report["comparisons"].items():
        if "not_computable" in found:
            notes.append(
                f"{level.capitalize()} level: not computable: {found['not_computable']}."
            )
            continue
        rows = [
            [
                pair["a"],
                pair["b"],
                interval(pair["difference"], (pair["low"], pair["high"])),
                _p(pair["p"]),
                _p(own["p"]),
                _p(own["p_holm"]),
            ]
            for pair, own in zip(found["clustered"], found["delong"], strict=True)
        ]
        grids.append(Grid(f"{level.capitalize()} level", header, rows, n_words=2))
    return Section("Comparison of pairs", notes, [], grids)


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def readers(report: Tree) -> Section:
    """People and systems, apart and together."""
    studies = {
        level: study for level, study in report["readers"].items() if level in report["levels"]
    }
    if not studies:
        return missing("Readers", "no column holds a human reader's scores.")
    header = [
        "System",
        "AUC less mean reader",
        "Readers below",
        "One reader + system",
        "Gain of one reader",
        "All readers + system",
        "Gain of all readers",
    ]
    notes = [
        "Together means the mean of both ranks; intervals are by bootstrap on the same draws."
    ]
    grids: list[Grid] = []
    for level, study in studies.items():
        notes.append(
            f"{level.capitalize()} level: {study['n_readers']} readers, mean AUC "
            f"{estimate(study['mean_auc'])}, from {study['worst_auc']:.3f} to "
            f"{study['best_auc']:.3f}; mean of their scores {estimate(study['panel_auc'])}."
        )
        keys = ("mean_single_with_ai", "gain_of_single", "with_panel", "gain_of_panel")
        rows = [
            [
                found["system"],
                estimate(found["less_mean_reader"]),
                f"{found['n_readers_below']} of {study['n_readers']}",
                *(estimate(found[key]) for key in keys),
            ]
            for found in study["systems"]
        ]
        if rows:
            grids.append(Grid(f"{level.capitalize()} level", header, rows))
    return Section("Readers", notes, [], grids)
