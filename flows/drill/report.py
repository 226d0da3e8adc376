"""What a drill found, by fault: for a terminal and for scripts."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from flows.drill.runs import DrillRun


def as_json(runs: Sequence[DrillRun]) -> dict[str, Any]:
    """Counts of runs with something lost, doubled or unequal, altogether and by fault."""
    by_fault: dict[str, list[DrillRun]] = defaultdict(list)
    for run in runs:
        by_fault[run.fault].append(run)
    return {
        **_counts(runs),
        "by_fault": {fault: _counts(of_fault) for fault, of_fault in by_fault.items()},
        "answers_spoilt": dict(sum((Counter(run.dealt) for run in runs), Counter[str]())),
    }


def _counts(runs: Sequence[DrillRun]) -> dict[str, Any]:
    recovery_s = [run.recovery_s for run in runs]
    return {
        "runs": len(runs),
        "lost": sum(bool(run.verdict.lost) for run in runs),
        "doubled": sum(bool(run.verdict.doubled) for run in runs),
        "unequal": sum(bool(run.verdict.unequal) for run in runs),
        "unfinished": sum(not run.is_finished for run in runs),
        "nights_to_finish": max((run.n_nights for run in runs), default=0),
        "recovery_seconds_median": round(statistics.median(recovery_s), 1) if runs else None,
        "recovery_seconds_max": round(max(recovery_s), 1) if runs else None,
    }


def as_text(runs: Sequence[DrillRun]) -> str:
    """A table by fault, and what was wrong in each run that was."""
    figures = as_json(runs)
    lines = [
        f"{'fault':<18}{'runs':>6}{'lost':>6}{'doubled':>9}{'unequal':>9}{'unfinished':>12}"
        f"{'recovery s':>12}"
    ]
    for fault, row in [*figures["by_fault"].items(), ("all", figures)]:
        lines.append(
            f"{fault:<18}{row['runs']:>6}{row['lost']:>6}{row['doubled']:>9}"
            f"{row['unequal']:>9}{row['unfinished']:>12}{row['recovery_seconds_median']!s:>12}"
        )
    amiss = [run for run in runs if not (run.verdict.is_clean and run.is_finished)]
    lines += [f"{run.fault}: {run.verdict}" for run in amiss]
    return "\n".join(lines)
