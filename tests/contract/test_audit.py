"""What is said of the packages: vulnerabilities that were looked up, and a whole bill."""

import importlib.util
import json
import subprocess

import pytest

from tests.contract.test_constraints import pins
from tests.support.servers import ROOT

SPEC = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

SOUND = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize("report", [None, {"dependencies": []}, {"dependencies": [UNKNOWN]}])
def test_what_could_not_be_asked_is_not_called_safe(report):
    code, [line] = audit.verdict(report)
    assert (code, line.startswith("NOT CHECKED")) == (audit.SAFE, True)


def test_a_vulnerability_fails_and_is_named_with_its_remedy():
    code, lines = audit.verdict({"dependencies": [SOUND, BAD, UNKNOWN]})
    assert code == audit.VULNERABLE
    assert lines[0] == "b 2: CVE-1, fixed in 3"
    assert lines[1].endswith("know them: c")
    assert lines[2] == "2 packages checked, 1 with known vulnerabilities."


def test_packages_without_vulnerabilities_pass():
    assert audit.verdict({"dependencies": [SOUND]})[0] == audit.SAFE


def test_the_pipeline_asks_and_bills():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "make sbom" in lines
    assert any(line.startswith("make audit") for line in lines)


@pytest.mark.long
def test_the_bill_of_materials_names_every_pin():
    subprocess.run(["make", "--old-file=setup", "sbom"], cwd=ROOT, check=True)
    components = json.loads((ROOT / "sbom.json").read_text())["components"]
    listed = {one["name"].lower().replace("_", "-").replace(".", "-") for one in components}
    assert set(pins("constraints.txt")) <= listed
