"""The failure sentences that stand in the source, with … for what they quote."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.servers import ROOT

ERRORS = {"Retryable", "ContractViolation", "Misconfigured", "ObjectChanged"}
NIGHT = (
    "flows/campaign.py",
    "flows/night.py",
    "flows/services.py",
    "tasks/ingest",
    "tasks/preprocess",
    "tasks/score",
    "tasks/publish",
    "tasks/lake",
    "tasks/redeploy/record.py",
    "tasks/redeploy/repository.py",
)
"""What a night runs."""


@cache
def sentences() -> dict[str, str]:
    """Each sentence that a night can fail with, and the file that it stands in."""
    return {
        sentence: str(path.relative_to(ROOT))
        for place in NIGHT
        for path in _modules(ROOT / place)
        for sentence in _raised(ast.parse(path.read_text()))
    }


def _modules(path: Path) -> list[Path]:
    return sorted(path.glob("*.py")) if path.is_dir() else [path]


def _raised(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        call = node.value if isinstance(node, ast.Return) else call
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ERRORS:
            for argument in call.args:
                if text := _text(argument):
                    yield text


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
        return re.sub(r"(…\W*)+…", "…", "".join(parts))
    return ""
