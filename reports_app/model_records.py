"""What the models page asks of the lake: versions, moves, reports, shadows, drift.

It reads afresh each time, for an engineer's page; it writes nothing and draws nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from reports_app.exam import Row
from tasks.lake.schemas import (
    EXAM_SCORES,
    MODEL_REPORTS,
    MODEL_VERSIONS,
    PRIORITY_LISTS,
    RUNS,
)
from tasks.lake.store import Lake
from tasks.publish.drift import WeekOfScores, weekly_scores
from tasks.publish.exam_summaries import read_summaries
from tasks.redeploy.deployment import read_moves, served_in_turn
from tasks.redeploy.evidence import find_evidence
from tasks.redeploy.gate import Finding
from tasks.redeploy.reports import COMPARISON, Subject
from tasks.redeploy.versions import state_of

N_NIGHTS = 14
"""Lists and runs that the page looks back on."""


@dataclass(frozen=True)
class Version:
    """A version as the lake knows it; one that only scored has neither record nor card."""

    version: str
    state: str
    n_exams: int
    n_reports: int
    record: Row | None


class ModelRecords:
    """What is known of the model's versions."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def moves(self) -> list[Row]:
        """Every promotion and rollback, the latest first."""
        return list(read_moves(self._lake).reverse().iter_rows(named=True))

    def versions(self) -> list[Version]:
        """Every version that was registered or has scored, by number."""
        records = {row["model_version"]: row for row in self._rows(MODEL_VERSIONS)}
        n_exams = self._counts(EXAM_SCORES, pl.col("exam_key").n_unique())
        n_reports = self._counts(MODEL_REPORTS, pl.len())
        turn = self._turn()
        known = {*records, *n_exams, *turn}
        return [
            Version(
                version=version,
                state=state_of(version, turn, set(n_reports)),
                n_exams=n_exams.get(version, 0),
                n_reports=n_reports.get(version, 0),
                record=records.get(version),
            )
            for version in sorted(known, key=_by_number)
        ]

    def findings(self, version: Version) -> list[Finding]:
        """The gate's rules, held against what a registered version has proven."""
        if version.record is None:
            return []
        digest = version.record["package_sha256"]
        return find_evidence(self._lake, Subject(version.version, self._turn()[-1], digest))

    def comparison(self, version: str) -> dict[str, Any] | None:
        """The newest comparison of a version, whatever it was held against."""
        is_one = (pl.col("model_version") == version) & (pl.col("kind") == COMPARISON)
        rows = self._lake.read(MODEL_REPORTS, where=is_one).sort("made_at")
        if rows.is_empty():
            return None
        row = rows.row(-1, named=True)
        return {**json.loads(row["figures"]), "report_id": row["report_id"]}

    def nights(self, versions: list[str]) -> pl.DataFrame:
        """list_date, n_listed, and by version how many of the listed exams it scored."""
        lists = self._lake.read(PRIORITY_LISTS, columns=["list_date", "exam_key"])
        scored = self._lake.read(EXAM_SCORES, columns=["exam_key", "model_version"]).unique()
        counts = [
            pl.col("exam_key").is_in(scored.filter(model_version=version)["exam_key"].implode())
            .sum().alias(version)
            for version in versions
        ]  # fmt: skip
        nights = lists.group_by("list_date").agg(pl.len().alias("n_listed"), *counts)
        return nights.sort("list_date", descending=True).head(N_NIGHTS)

    def drifts(self) -> list[Row]:
        """Of the last runs those that told of drift: list_date, model_version, drift."""
        runs = self._lake.read(RUNS).sort("finished_at", descending=True).head(N_NIGHTS)
        told = runs.filter(pl.col("drift").fill_null("") != "")
        return list(told.select("list_date", "model_version", "drift").iter_rows(named=True))

    def serving(self) -> str:
        """The version that nights ask for."""
        return self._turn()[-1]

    def weeks(self, version: str) -> list[WeekOfScores]:
        """How a version's scores of each manufacturer stood in the last weeks."""
        facts = read_summaries(self._lake, ["exam_key", "exam_date", "manufacturer"])
        scores = self._lake.read(
            EXAM_SCORES,
            columns=["exam_key", "exam_score"],
            where=pl.col("model_version") == version,
        )  # a row for each calibration: the exam score is one
        return weekly_scores(facts.join(scores.unique("exam_key"), on="exam_key"))

    def _turn(self) -> list[str]:
        """Versions served in turn; without any move, what the last night asked for."""
        runs = self._lake.read(RUNS, columns=["finished_at", "model_version"])
        last = runs.sort("finished_at")["model_version"].to_list()[-1:]
        return served_in_turn(read_moves(self._lake), last[0] if last else "")

    def _rows(self, table: Any) -> list[Row]:
        return list(self._lake.read(table).iter_rows(named=True))

    def _counts(self, table: Any, count: pl.Expr) -> dict[str, int]:
        rows = self._lake.read(table)
        counts = rows.group_by("model_version").agg(count.alias("n"))
        return dict(counts.select("model_version", "n").iter_rows())


def _by_number(version: str) -> tuple[int, str]:
    return (int(version) if version.isdecimal() else 0, version)
