"""Reports on model versions as rows: written once, found again by what they are about.

It judges nothing; a report says which files it was made of, so that changed files void it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from tasks.lake.schemas import MODEL_REPORTS
from tasks.lake.store import Lake

VERIFICATION = "verification"
COMPARISON = "comparison"


@dataclass(frozen=True)
class Subject:
    """What a report is about: a version's very files, held against the served version."""

    model_version: str
    against_version: str
    package_sha256: str


def write_report(lake: Lake, kind: str, subject: Subject, figures: Mapping[str, Any]) -> str:
    """Keep a report.

    Returns:
        Its name.
    """
    now = datetime.now(UTC)
    report_id = f"{kind}-{subject.model_version}-{now:%Y%m%dT%H%M%S.%f}"
    row = {
        "report_id": report_id,
        "kind": kind,
        **vars(subject),
        "made_at": now,
        "figures": json.dumps(figures),
    }
    lake.insert_new(MODEL_REPORTS, MODEL_REPORTS.frame([row]))
    return report_id


def latest_reports(lake: Lake, subject: Subject) -> dict[str, dict[str, Any]]:
    """The newest report of each kind on a subject: its row, with figures read."""
    rows = lake.read(
        MODEL_REPORTS,
        where=pl.all_horizontal(pl.col(name) == value for name, value in vars(subject).items()),
    )
    return {
        row["kind"]: {**row, "figures": json.loads(row["figures"])}
        for row in rows.sort("made_at").iter_rows(named=True)
    }
