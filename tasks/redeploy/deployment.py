"""Which version is served: promotions and rollbacks as rows that are never changed.

The newest row names the version that the next night asks for. It moves no file and asks no
server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from tasks.errors import Misconfigured
from tasks.lake.schemas import DEPLOYMENTS
from tasks.lake.store import Lake

PROMOTE = "promote"
ROLLBACK = "rollback"


@dataclass(frozen=True)
class Decision:
    """Why a version is moved, and who says so.

    Args:
        operator: Who asks for it.
        evidence: The reports that it rests on.
        override: Why the gate was overruled; None where it was not.
    """

    operator: str
    evidence: str
    override: str | None = None


def read_moves(lake: Lake) -> pl.DataFrame:
    """Every move, the oldest first."""
    return lake.read(DEPLOYMENTS).sort("deployed_at")


def served_in_turn(moves: pl.DataFrame, pinned: str) -> list[str]:
    """The versions served in turn, without those rolled back: the last is served now.

    Args:
        moves: As `read_moves` gives them.
        pinned: What is served where nothing was ever moved.
    """
    if moves.is_empty():
        return [pinned]
    turn = [str(moves["former_model_version"][0])]
    for action, version in moves.select("action", "model_version").iter_rows():
        if action == PROMOTE:
            turn.append(version)
        else:
            turn.pop()
    return turn


def promote(lake: Lake, pinned: str, version: str, decision: Decision) -> None:
    """Let the next night ask for another version.

    Raises:
        Misconfigured: If it is served already.
    """
    if version == pinned:
        raise Misconfigured(f"Version {version} is served already: there is nothing to do.")
    _record(lake, PROMOTE, (version, pinned), decision)


def former_version(lake: Lake, pinned: str) -> str:
    """The version that a rollback returns to.

    Raises:
        Misconfigured: If there is none.
    """
    turn = served_in_turn(read_moves(lake), pinned)
    if len(turn) < 2:
        raise Misconfigured(
            f"Version {pinned} is the first that was served: there is none to return to."
        )
    return turn[-2]


def roll_back(lake: Lake, pinned: str, decision: Decision) -> str:
    """Let the next night ask for the version served before.

    Returns:
        That version.

    Raises:
        Misconfigured: If there is none.
    """
    former = former_version(lake, pinned)
    _record(lake, ROLLBACK, (former, pinned), decision)
    return former


def versions_to_load(turn: Sequence[str], version: str | None = None) -> list[str]:
    """What Triton keeps loaded: the served version, the one before it, and one to come."""
    wanted = {*turn[-2:], *([version] if version else [])}
    return sorted(wanted, key=int)


def _record(lake: Lake, action: str, versions: tuple[str, str], decision: Decision) -> None:
    version, former = versions
    row = {
        "deployed_at": datetime.now(UTC),
        "action": action,
        "model_version": version,
        "former_model_version": former,
        **vars(decision),
    }
    lake.insert_new(DEPLOYMENTS, DEPLOYMENTS.frame([row]))
