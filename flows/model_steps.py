"""The steps from a packaged version to one that is served, on this machine's settings.

Each derives its work from repository and lake, so it can be run again after any kill. None of
them needs Prefect; `flows.redeploy` chains them under it.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.packaging import package_run
from flows.services import build_lake, pinned_model_version, today
from flows.stack.private_triton import night_watch, triton_of
from flows.stack.stack_registry import running_stack
from models.onnx_file import UnusableOnnxError, check_onnx
from tasks.errors import ContractViolation, Misconfigured, Retryable, SmartMammoError
from tasks.lake.store import Lake
from tasks.redeploy import deployment
from tasks.redeploy.comparison import compare
from tasks.redeploy.deployment import Decision
from tasks.redeploy.evidence import find_evidence
from tasks.redeploy.gate import Finding
from tasks.redeploy.golden import read_golden
from tasks.redeploy.loading import serve_versions
from tasks.redeploy.paired_exams import SIDES, pair_exams, thresholds
from tasks.redeploy.record import check_same_files, read_record, register_version
from tasks.redeploy.reports import (
    COMPARISON,
    VERIFICATION,
    Subject,
    latest_reports,
    write_report,
)
from tasks.redeploy.repository import package_digest, version_folder
from tasks.redeploy.shadow import shadow_nights
from tasks.redeploy.verification import verify
from tasks.redeploy.versions import list_versions
from tasks.run import Run
from tasks.score.triton import Limits, TritonModel
from tasks.settings import Settings

ONE_BATCH = Limits(n_in_flight=1)
"""A shadow has one batch under way, so that a night waits for no more."""

Tree = dict[str, Any]


class NotProvenError(SmartMammoError):
    """The gate's rules do not hold; the message names each that fails, with its figure."""


@dataclass(frozen=True)
class Redeployment:
    """A repository, a lake, and where the served version answers.

    Args:
        settings: Of this machine.
        lake: The programme's.
    """

    settings: Settings
    lake: Lake

    @classmethod
    def of(cls, settings: Settings) -> "Redeployment":
        """Open the lake of the settings."""
        return cls(settings, build_lake(settings))

    @property
    def repository(self) -> Path:
        """Triton's model repository."""
        return self.settings.model_repository

    @property
    def serving_version(self) -> str:
        """The version that nights ask for."""
        return pinned_model_version(self.lake)

    @property
    def serving_url(self) -> str | None:
        """The Triton that nights ask, where one runs."""
        stack = running_stack(self.settings.home)
        return self.settings.triton_url or (stack.triton_url if stack else None)

    def subject(self, version: str) -> Subject:
        """What a report on a version is about.

        Raises:
            ContractViolation: If its files are incomplete, changed, or others than before.
        """
        digest = package_digest(version_folder(self.repository, version))
        check_same_files(self.lake, self.repository, version)
        return Subject(version, self.serving_version, digest)

    def package(self, source: Path, version: str | None) -> Path:
        """Package a run or an archive, and register it."""
        folder = package_run(source, self.repository, version)
        register_version(self.lake, self.repository, folder.name)
        return folder

    def versions(self) -> list[Tree]:
        """Every version with its state."""
        return list_versions(self.lake, self.repository, self.serving_version)

    def verify(self, version: str, target: str | None = None) -> Tree:
        """Verify a version in a Triton of its own, or in another one; keep the report.

        Args:
            version: Which.
            target: host:port of a Triton that serves it already.
        """
        subject, record = self._register(version), read_record(self.repository, version)
        _check_files(self.repository, version)
        read_golden(record)  # before a server is started for it
        with triton_of(self.settings, [version, subject.against_version], target) as (
            url,
            memory_of,
        ):
            candidate = TritonModel(url, version)
            serving = _served_there(TritonModel(url, subject.against_version))
            with candidate:
                figures = verify(candidate, serving, record, memory_of)
        report = {**vars(subject), "target": target or "a private Triton", **figures}
        report["report_id"] = write_report(self.lake, VERIFICATION, subject, report)
        return report

    def shadow(self, version: str, n_nights: int, target: str | None = None) -> int:
        """Have a version score past nights; the number of images scored now."""
        self._register(version)
        run = Run.begin(today())
        with triton_of(self.settings, [version], target) as (url, _):
            model = TritonModel(url, version, limits=ONE_BATCH)
            with model:
                model.check_contract()
                return shadow_nights(
                    self.lake, model, n_nights, run, night_watch(self.settings)
                )

    def compare(self, version: str) -> Tree:
        """Compare a version with the served one on exams that both scored; keep the report.

        Raises:
            Misconfigured: If it is the served one.
        """
        subject = self.subject(version)
        if version == subject.against_version:
            raise Misconfigured(
                f"Version {version} is the one that is served: name another to compare with it."
            )
        versions = (version, subject.against_version)
        pairs = pair_exams(self.lake, *versions)
        points = [thresholds(self.lake, version) for version in versions]
        figures = compare(pairs, dict(zip(SIDES, points, strict=True)))
        report = {**vars(subject), **figures}
        report["report_id"] = write_report(self.lake, COMPARISON, subject, report)
        return report

    def findings(self, version: str) -> list[Finding]:
        """Each rule of the gate, held against what the version has proven."""
        return find_evidence(self.lake, self.subject(version))

    def promote(self, version: str, operator: str, override: str | None = None) -> Decision:
        """Serve a version from the next night on, if the gate lets it; keep the former loaded.

        Raises:
            NotProvenError: If a rule fails and nobody overrules; nothing was changed.
            Retryable: If Triton is away; nothing was changed.
        """
        pinned = self.serving_version
        if version == pinned:
            raise Misconfigured(f"Version {version} is served already: there is nothing to do.")
        failed = [finding.sentence for finding in self.findings(version) if not finding.holds]
        if failed and not override:
            raise NotProvenError(*_refusal(version, failed))
        decision = Decision(operator, self._evidence(version, failed), override)
        turn = deployment.served_in_turn(deployment.read_moves(self.lake), pinned)
        serve_versions(
            self.repository, deployment.versions_to_load(turn[-1:], version), self.serving_url
        )
        deployment.promote(self.lake, pinned, version, decision)
        return decision

    def roll_back(self, operator: str) -> str:
        """Serve the version served before, from the next night on; that version."""
        pinned = self.serving_version
        former = deployment.former_version(self.lake, pinned)
        wanted = deployment.versions_to_load([pinned], former)
        with suppress(
            Retryable
        ):  # it was kept loaded; a Triton that is away is no reason to wait
            serve_versions(self.repository, wanted, self.serving_url)
        decision = Decision(operator, f"what version {former} showed before")
        return deployment.roll_back(self.lake, pinned, decision)

    def _register(self, version: str) -> Subject:
        subject = self.subject(version)
        for name in (version, subject.against_version):
            register_version(self.lake, self.repository, name)
        return subject

    def _evidence(self, version: str, failed: list[str]) -> str:
        reports = latest_reports(self.lake, self.subject(version))
        names = ", ".join(row["report_id"] for row in reports.values()) or "no report"
        return f"{names}; failed: {'; '.join(failed)}" if failed else names


def _check_files(repository: Path, version: str) -> None:
    try:
        check_onnx(version_folder(repository, version) / "model.onnx")
    except UnusableOnnxError as error:
        raise ContractViolation(str(error)) from error


def _served_there(model: TritonModel) -> TritonModel | None:
    try:
        model.check_contract()
    except ContractViolation:
        return None
    return model


def _refusal(version: str, failed: list[str]) -> list[str]:
    return [
        f"Version {version} is not promoted, and nothing was changed. It fails:",
        *(f"  - {sentence}" for sentence in failed),
        f"Prove it with `mammo model verify|shadow|compare {version}`, or give --override a "
        "reason.",
    ]
