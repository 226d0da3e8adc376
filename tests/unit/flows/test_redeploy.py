"""The flow of a model change: the order of its steps, and who moves what."""

from pathlib import Path

import pytest

from flows.model_steps import NotProvenError
from flows.redeploy import prove, redeploy_with
from tasks.redeploy.comparison import compare
from tasks.redeploy.gate import Rule, check_gate
from tests.support.paired_rows import POINTS, paired_exams

RULE = Rule("auc", "comparison", "auc.low", "enough", at_least=-0.03)


class FakeSteps:
    """Remembers what was asked; its version is equal to the served one, or worse."""

    def __init__(self, *, worse: bool = False) -> None:
        self.asked: list[str] = []
        self._report = {
            "model_version": "2",
            "against_version": "1",
            **compare(paired_exams(worse=worse), POINTS),
        }

    def package(self, source: Path, version: str | None) -> Path:
        return source / (version or "2")

    def verify(self, version, target=None):
        self.asked.append("verify")
        return {}

    def shadow(self, version, n_nights, target=None):
        self.asked.append(f"shadow {n_nights}")
        return 4

    def compare(self, version):
        self.asked.append("compare")
        return self._report

    def findings(self, version):
        return check_gate({"comparison": self._report}, [RULE])

    def promote(self, version, operator, override=None):
        if not all(finding.holds for finding in self.findings(version)):
            raise NotProvenError("It fails.")
        self.asked.append(f"promote by {operator}")


def test_steps_come_in_their_order():
    steps = FakeSteps()
    _, sentence = redeploy_with(steps, "2", 3, "ana")
    assert steps.asked == ["verify", "shadow 3", "compare", "promote by ana"]
    assert sentence == "Version 2 is served from the next night on."


def test_without_an_operator_nothing_is_moved():
    steps = FakeSteps()
    _, sentence = redeploy_with(steps, "2", 3, None)
    assert steps.asked[-1] == "compare"
    assert sentence == "Version 2 may be promoted; nothing was moved."


def test_a_worse_version_is_not_promoted():
    steps = FakeSteps(worse=True)
    with pytest.raises(NotProvenError):
        redeploy_with(steps, "2", 3, "ana")
    assert steps.asked[-1] == "compare"


def test_the_proof_shows_gate_and_comparison():
    proof = prove(FakeSteps(worse=True), "2", 3)
    assert not proof.holds
    assert "FAIL  auc: " in proof.markdown
    assert "# Version 2 against version 1" in proof.markdown
