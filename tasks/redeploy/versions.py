"""The versions of the model and the state that each is in, for `mammo model list` and the app.

A state follows from files and rows; it is stored nowhere.
"""

from pathlib import Path
from typing import Any

import polars as pl

from tasks.errors import ContractViolation
from tasks.lake.schemas import MODEL_REPORTS
from tasks.lake.store import Lake
from tasks.redeploy.deployment import read_moves, served_in_turn
from tasks.redeploy.repository import present_versions, verify_package, version_folder

SERVING = "serving"
FORMER = "former"
CANDIDATE = "candidate"
PACKAGED = "packaged"
INCOMPLETE = "incomplete"


def state_of(version: str, turn: list[str], judged: set[str]) -> str:
    """The state of a complete version.

    Args:
        version: Which.
        turn: Versions served in turn, the last now.
        judged: Versions with a report.
    """
    if version == turn[-1]:
        return SERVING
    if version in turn[-2:-1]:
        return FORMER
    return CANDIDATE if version in judged else PACKAGED


def list_versions(lake: Lake, repository: Path, pinned: str) -> list[dict[str, Any]]:
    """Every version folder with its state, its last move and its last reports.

    Returns:
        Plain values: version, state, problem, moved_at, action, operator, evidence, override
        and reports.
    """
    moves, reports = read_moves(lake), lake.read(MODEL_REPORTS).sort("made_at")
    turn, judged = served_in_turn(moves, pinned), set(reports["model_version"])
    listed: list[dict[str, Any]] = []
    for version in present_versions(repository):
        problem = _problem(repository, version)
        state = INCOMPLETE if problem else state_of(version, turn, judged)
        of_version = reports.filter(pl.col("model_version") == version)
        listed.append(
            {
                "version": version,
                "state": state,
                "problem": problem,
                **_last_move(moves, version),
                "reports": of_version["report_id"].to_list(),
            }
        )
    return listed


def _problem(repository: Path, version: str) -> str | None:
    try:
        verify_package(version_folder(repository, version))
    except ContractViolation as error:
        return str(error)
    return None


def _last_move(moves: pl.DataFrame, version: str) -> dict[str, Any]:
    names = ("action", "operator", "evidence", "override")
    to_version = moves.filter(pl.col("model_version") == version)
    if to_version.is_empty():
        return dict.fromkeys(("moved_at", *names))
    row = to_version.row(-1, named=True)
    return {
        "moved_at": row["deployed_at"].isoformat(),
        **{name: row[name] for name in names},
    }
