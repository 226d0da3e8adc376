"""What a version has proven so far: its reports and rows, held to the gate's rules.

It reads the lake alone, so command and app say the same.
"""

from typing import Any

import polars as pl

from tasks.lake.schemas import CALIBRATIONS, OPERATING_POINTS
from tasks.lake.store import Lake
from tasks.redeploy.gate import REGISTRY, Finding, check_gate
from tasks.redeploy.reports import Subject, latest_reports


def find_evidence(lake: Lake, subject: Subject) -> list[Finding]:
    """Each rule of the gate, held against what is known of a version.

    Args:
        lake: The programme's.
        subject: Whose reports count: others than on these very files, or against another
            served version, prove nothing.
    """
    reports = latest_reports(lake, subject)
    figures: dict[str, dict[str, Any]] = {kind: row["figures"] for kind, row in reports.items()}
    is_version = pl.col("model_version") == subject.model_version
    figures[REGISTRY] = {
        "n_calibrations": lake.read(CALIBRATIONS, where=is_version).height,
        "n_operating_points": lake.read(OPERATING_POINTS, where=is_version).height,
    }
    return check_gate(figures)
