"""Known vulnerabilities of the pinned packages, by pip-audit; honest where it could not ask.

pip-audit calls a package that it could not look up skipped and ends well: offline that would
read as "none found".
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
UV = ROOT / ".venv" / "bin" / "uv"
PIP_AUDIT = "pip-audit==2.10.1"
SAFE, VULNERABLE = 0, 1


def verdict(report: dict[str, Any] | None) -> tuple[int, list[str]]:
    """What a report of pip-audit says: the exit code, and lines for a person.

    Args:
        report: Of `pip-audit --format json`; None where there is none.
    """
    found = report["dependencies"] if report else []
    skipped = [one for one in found if "skip_reason" in one]
    asked = [one for one in found if "skip_reason" not in one]
    if not asked:
        return SAFE, [
            "NOT CHECKED: the database of vulnerabilities is not reachable from here."
        ]
    lines = [
        f"{one['name']} {one['version']}: {bug['id']}, fixed in "
        f"{', '.join(bug['fix_versions']) or 'no version yet'}"
        for one in asked
        for bug in one["vulns"]
    ]
    if skipped:
        names = ", ".join(one["name"] for one in skipped)
        lines.append(f"NOT CHECKED, as the database does not know them: {names}")
    n_vulnerable = sum(bool(one["vulns"]) for one in asked)
    lines.append(f"{len(asked)} packages checked, {n_vulnerable} with known vulnerabilities.")
    return (VULNERABLE if n_vulnerable else SAFE), lines


def ask() -> dict[str, Any] | None:
    """Run pip-audit over the pins, resolving and installing nothing."""
    options = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    pins = ["--requirement", str(ROOT / "constraints.txt")]
    command = [str(UV), "tool", "run", "--from", PIP_AUDIT, "pip-audit", *options, *pins]
    # No shell, and every word is ours.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None


if __name__ == "__main__":
    code, lines = verdict(ask())
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(code)
