"""A model change as a Prefect flow: package, verify, shadow, compare, and promote where asked.

Each step leaves its result in repository and lake, so a run that was killed is run again. It
overrules no rule; only the command does, with a reason.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.model_steps import NotProvenError, Redeployment
from flows.services import load_settings
from reports_app.comparison_report import comparison_markdown
from tasks.errors import SmartMammoError
from tasks.redeploy.gate import Finding
from tasks.redeploy.report_text import gate_text


class Steps(Protocol):
    """What a model change asks of `flows.model_steps.Redeployment`."""

    def package(self, source: Path, version: str | None) -> Path:
        """Package a run; the version's folder."""
        ...

    def verify(self, version: str, target: str | None = None) -> dict[str, Any]:
        """Verify a version; the report."""
        ...

    def shadow(self, version: str, n_nights: int, target: str | None = None) -> int:
        """Have a version score past nights; the number of images."""
        ...

    def compare(self, version: str) -> dict[str, Any]:
        """Compare a version with the served one; the report."""
        ...

    def findings(self, version: str) -> list[Finding]:
        """The gate's rules."""
        ...

    def promote(self, version: str, operator: str, override: str | None = None) -> Any:
        """Serve a version from the next night on."""
        ...


@dataclass(frozen=True)
class Proof:
    """What a version has shown."""

    version: str
    comparison: dict[str, Any]
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        """Whether every rule of the gate holds."""
        return all(finding.holds for finding in self.findings)

    @property
    def markdown(self) -> str:
        """The gate's findings, then the comparison."""
        gate = f"```\n{gate_text(self.findings)}\n```"
        return f"{gate}\n\n{comparison_markdown(self.comparison)}"


def prove(steps: Steps, version: str, n_nights: int) -> Proof:
    """Let a packaged version show what it can.

    Raises:
        Retryable: If Triton is away; what was done stays.
        ContractViolation: If its files or answers break the contract.
    """
    steps.verify(version)
    steps.shadow(version, n_nights)
    comparison = steps.compare(version)
    return Proof(version, comparison, steps.findings(version))


def redeploy_with(
    steps: Steps, version: str, n_nights: int, operator: str | None
) -> tuple[Proof, str]:
    """Prove a version, and promote it where somebody asks and the gate lets it.

    Returns:
        The proof, and what became of the version in a sentence.

    Raises:
        NotProvenError: If a rule fails although somebody asks.
    """
    proof = prove(steps, version, n_nights)
    if operator:
        steps.promote(version, operator)
        return proof, f"Version {version} is served from the next night on."
    verdict = "may be promoted" if proof.holds else "is not proven"
    return proof, f"Version {version} {verdict}; nothing was moved."


@flow(name="redeploy", persist_result=False)
def redeploy(
    source: Path | None = None,
    version: str | None = None,
    n_nights: int = 7,
    operator: str | None = None,
) -> State[None]:
    """Change the model, as far as it proves itself.

    Args:
        source: A training run's folder, or a version's folder or archive, to package first.
        version: To prove; of a source the next free number if left out.
        n_nights: Published lists that it scores beside the served version.
        operator: Who asks for the promotion; nothing is moved if left out.

    Returns:
        A Completed state, or a Failed one whose message says why the version is not served.
    """
    steps = Redeployment.of(load_settings())
    try:
        if source:
            version = steps.package(source, version).name
        if not version:
            return Failed(message="Give a source to package or a version to prove.")
        proof, sentence = redeploy_with(steps, version, n_nights, operator)
    except NotProvenError as error:
        return Failed(message=str(error))
    except SmartMammoError as error:
        return Failed(message=f"Nothing was moved: {error}")
    create_markdown_artifact(proof.markdown, key="redeploy", description=sentence)
    return Completed(message=sentence)


@flow(name="rollback", persist_result=False)
def rollback(operator: str) -> State[None]:
    """Serve the version served before, from the next night on.

    Args:
        operator: Who asks for it.
    """
    try:
        version = Redeployment.of(load_settings()).roll_back(operator)
    except SmartMammoError as error:
        return Failed(message=str(error))
    return Completed(message=f"Version {version} is served from the next night on.")
