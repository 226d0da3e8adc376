"""`mammo doctor` on a whole machine, and on one that lacks something."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.preprocess.codecs import CODECS, check_codecs
from tests.support.night import Campaign

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

SECRETS = ("AWS_SECRET_ACCESS_KEY", "SMART_MAMMO_PSEUDONYM_KEY")


def doctor(
    campaign: Campaign, report: Path, **changes: str
) -> tuple[int, dict[str, dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "doctor", "--json", str(report)],
        env={**os.environ, **campaign.environment, **changes},
        capture_output=True,
        text=True,
        check=False,
    )
    checks = {check["name"]: check for check in json.loads(report.read_text())}
    return done.returncode, checks, done.stdout


def test_a_machine_that_is_well_passes_every_check(campaign: Campaign, tmp_path: Path):
    code, checks, printed = doctor(campaign, tmp_path / "report.json")
    assert code == 0, printed
    assert {
        "settings",
        "disk",
        "lake",
        "backup",
        *(f"codec {name}" for name in check_codecs()),
        "model record",
        "prefect",
        "bucket",
        "triton",
    } == set(checks)
    assert not any(campaign.environment[name] in printed for name in SECRETS)
    assert all(f"ok    codec {syntax.name} by" in printed for syntax in CODECS)


def test_a_triton_that_is_away_is_named_and_the_rest_still_checked(
    campaign: Campaign, tmp_path: Path
):
    code, checks, _ = doctor(
        campaign, tmp_path / "report.json", SMART_MAMMO_TRITON_URL="127.0.0.1:1"
    )
    assert code == 1
    assert [name for name, check in checks.items() if not check["is_well"]] == ["triton"]
    assert "127.0.0.1:1" in checks["triton"]["finding"]
