"""What a drill has found so far: one that was stopped goes on behind its last run."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from flows.drill.runs import DrillRun
from tasks.lake.files import write_whole

_RUNS = TypeAdapter(list[DrillRun])


def read_record(home: Path, seed: int) -> list[DrillRun]:
    """The finished runs of a seed below a drill's home, in order; none where it is new."""
    path = _path(home, seed)
    return _RUNS.validate_json(path.read_bytes()) if path.exists() else []


def write_record(home: Path, seed: int, runs: Sequence[DrillRun]) -> None:
    """Put the runs in the place of those that `read_record` gave."""
    write_whole(_path(home, seed), _RUNS.dump_json(list(runs), indent=1))


def _path(home: Path, seed: int) -> Path:
    return home / f"runs-of-seed-{seed}.json"
