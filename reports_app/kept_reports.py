"""What was imported, explored and evaluated on this machine, as two pages show it.

It reads the folders that `mammo import`, `mammo explore` and `mammo evaluate` write below the
programme's home, and nothing outside them: a name is looked up in a listing, never joined.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVALUATION_NAME, EXPLORATION_NAME = "evaluation.json", "exploration.json"
Tree = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """A report's folder, and its figures where they can be read."""

    name: str
    figures: Tree | None


@dataclass(frozen=True)
class KeptReports:
    """Folders below the programme's home.

    Args:
        data_sets: One lake a data set.
        explorations: One folder an exploration, named by its set.
        evaluations: One folder an evaluation.
    """

    data_sets: Path
    explorations: Path
    evaluations: Path

    @classmethod
    def below(cls, home: Path) -> "KeptReports":
        """The usual folders of a home."""
        reports = home / "reports"
        return cls(home / "datasets", reports / "explorations", reports / "evaluations")

    def list_evaluations(self) -> list[Kept]:
        """Every evaluation, the newest first."""
        kept = _read_all(self.evaluations, EVALUATION_NAME)
        return sorted(
            kept, key=lambda one: (one.figures or {}).get("made_at", ""), reverse=True
        )

    def list_data_sets(self) -> list[Kept]:
        """Every imported or explored set by name; figures are there once it was explored."""
        explored = {one.name: one for one in _read_all(self.explorations, EXPLORATION_NAME)}
        imported = {folder.name: Kept(folder.name, None) for folder in _folders(self.data_sets)}
        return [kept for _, kept in sorted((imported | explored).items())]


def _read_all(folder: Path, name: str) -> list[Kept]:
    return [
        Kept(one.name, _read(one / name)) for one in _folders(folder) if (one / name).is_file()
    ]


def _folders(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.iterdir()) if one.is_dir()] if folder.is_dir() else []


def _read(path: Path) -> Tree | None:
    """The figures; None where a kill or another version left something else."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
