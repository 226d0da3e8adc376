"""The morning's report: what a night found, scored and set aside, for someone who was asleep.

The same figures go to the terminal, to JSON, to the table `runs` and to Prefect's artifact.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.errors import RejectionReason
from tasks.publish.accounting import STATES, Accounting
from tasks.run import Run

DISCLAIMER = "Demonstration model, not for clinical use."

REASON_SENTENCES: dict[RejectionReason, str] = {
    RejectionReason.EMPTY_OBJECT: "the object is empty: send it again",
    RejectionReason.TOO_LARGE: "larger than SMART_MAMMO_MAX_OBJECT_BYTES",
    RejectionReason.NOT_DICOM: "not a DICOM file",
    RejectionReason.DAMAGED_HEADER: "the DICOM header cannot be read: send it again",
    RejectionReason.HEADER_LIMIT: "the header is larger or deeper than any mammograph writes",
    RejectionReason.WRONG_MODALITY: "not mammography",
    RejectionReason.NOT_A_MAMMOGRAM: "mammography, but no image of a breast",
    RejectionReason.CONTAINER: "a ZIP file or CSV table; what it holds is counted by itself",
    RejectionReason.CONTAINER_REFUSED: "a ZIP file or CSV table, or what it holds, not usable",
    RejectionReason.PICTURE: "a PNG picture; read by its row of a CSV table",
    RejectionReason.DICOMDIR: "an index of files, no image",
    RejectionReason.DUPLICATE_INSTANCE: "a copy of an image that was seen before",
    RejectionReason.CONFLICTING_INSTANCE: "other bytes under the UID of an image seen before",
    RejectionReason.FOR_PROCESSING: "raw data; the image for presentation is missing",
    RejectionReason.LATERALITY_MISSING: "the header names no breast",
    RejectionReason.VIEW_NOT_SCREENING: "not a screening view",
    RejectionReason.MULTI_FRAME: "several frames",
    RejectionReason.TRUNCATED: "the pixels end early: send it again",
    RejectionReason.FRAME_SIZE_MISMATCH: "frame and header disagree on the size",
    RejectionReason.TRANSFER_SYNTAX_UNSUPPORTED: "no decoder for its transfer syntax",
    RejectionReason.DAMAGED_PIXELS: "the pixels are damaged: send it again",
    RejectionReason.DECODER_CRASHED: "it killed its decoder twice",
    RejectionReason.DECODER_TIMEOUT: "it held its decoder past the time limit twice",
    RejectionReason.NO_BREAST_FOUND: "no breast in the image",
    RejectionReason.BURNED_IN_TEXT: "text in the pixels",
    RejectionReason.MODEL_REFUSED: "the model gave no valid answer",
}


@dataclass(frozen=True)
class NightReport:
    """What one run did and left."""

    run: Run
    finished_at: datetime
    failures: tuple[str, ...]
    accounting: Accounting
    n_new_objects: int
    n_images_scored: int
    n_exams_listed: int
    is_list_new: bool
    drifts: tuple[str, ...]
    seconds: dict[str, float]
    peak_memory_mb: float
    model_version: str
    preprocessing_version: str

    @property
    def outcome(self) -> str:
        """completed, or failed where something is left for the next run."""
        return "failed" if self.failures else "completed"

    @property
    def has_written(self) -> bool:
        """Whether the run found anything to do."""
        return bool(
            self.n_new_objects or self.n_images_scored or self.is_list_new or self.failures
        )


def as_json(report: NightReport) -> dict[str, object]:
    """The figures that scripts read."""
    return {
        "run_id": report.run.run_id,
        "list_date": report.run.list_date.isoformat(),
        "outcome": report.outcome,
        "failures": list(report.failures),
        "objects": report.accounting.counts,
        "reasons": report.accounting.reasons,
        "new_objects": report.n_new_objects,
        "exams_listed": report.n_exams_listed,
        "drift": list(report.drifts),
        "images_scored": report.n_images_scored,
        "model_version": report.model_version,
        "preprocessing_version": report.preprocessing_version,
        "seconds": {stage: round(value, 3) for stage, value in report.seconds.items()},
        "peak_memory_mb": round(report.peak_memory_mb, 1),
    }


def as_row(report: NightReport) -> dict[str, object]:
    """A row of `runs`."""
    counts = asdict(report.accounting)
    return {
        "run_id": report.run.run_id,
        "list_date": report.run.list_date,
        "started_at": report.run.started_at,
        "finished_at": report.finished_at,
        "outcome": report.outcome,
        "failure": " ".join(report.failures) or None,
        "n_objects": counts["total"],
        **{f"n_{state}": counts[state] for state in STATES},
        "n_new_objects": report.n_new_objects,
        "n_images_scored": report.n_images_scored,
        "n_exams_listed": report.n_exams_listed,
        "drift": " ".join(report.drifts) or None,
        "stage_seconds": [
            {"stage": stage, "seconds": seconds} for stage, seconds in report.seconds.items()
        ],
        "peak_memory_mb": report.peak_memory_mb,
        "model_version": report.model_version,
        "preprocessing_version": report.preprocessing_version,
    }


def as_markdown(report: NightReport, list_url: str | None = None) -> str:
    """The report to read, for the terminal and Prefect's artifact."""
    counts = report.accounting.counts
    lines = [
        f"## Night of {report.run.list_date.isoformat()}: {report.outcome}",
        *(f"- **Not finished:** {failure}" for failure in report.failures),
        *(f"- **Drift:** {sentence}" for sentence in report.drifts),
        "",
        "| objects | n |",
        "|---|---:|",
        *(f"| {state} | {n} |" for state, n in counts.items()),
        "",
        f"{report.n_new_objects} new objects, {report.n_images_scored} images scored now, "
        f"{report.n_exams_listed} exams on the list"
        + (f": {list_url}" if list_url else "")
        + ".",
        *_reason_lines(report.accounting.reasons),
        "",
        "| stage | seconds |",
        "|---|---:|",
        *(f"| {stage} | {seconds:.1f} |" for stage, seconds in report.seconds.items()),
        "",
        f"Peak memory {report.peak_memory_mb:.0f} MB. Model {report.model_version}, "
        f"preprocessing {report.preprocessing_version}.",
        DISCLAIMER,
    ]
    return "\n".join(lines)


def json_as_text(figures: dict[str, Any]) -> str:
    """The figures of `as_json` as lines for a terminal."""
    objects = figures["objects"]
    states = ", ".join(f"{objects[state]} {state}" for state in STATES)
    reasons = [
        f"  {n:>5}  {reason}: {REASON_SENTENCES[RejectionReason(reason)]}"
        for reason, n in figures["reasons"].items()
    ]
    seconds = ", ".join(f"{stage} {value:.1f}" for stage, value in figures["seconds"].items())
    return "\n".join(
        [
            f"Night of {figures['list_date']}: {figures['outcome']}",
            *(f"  Not finished: {failure}" for failure in figures["failures"]),
            *(f"  Drift: {sentence}" for sentence in figures["drift"]),
            f"{objects['total']} objects: {states}",
            *reasons,
            f"{figures['images_scored']} images scored now, "
            f"{figures['exams_listed']} exams listed",
            f"Seconds: {seconds}. Peak memory {figures['peak_memory_mb']:.0f} MB.",
            DISCLAIMER,
        ]
    )


def _reason_lines(reasons: dict[str, int]) -> list[str]:
    if not reasons:
        return []
    rows = [
        f"| {reason} | {n} | {REASON_SENTENCES[RejectionReason(reason)]} |"
        for reason, n in reasons.items()
    ]
    return ["", "| set aside | n | why |", "|---|---:|---|", *rows]
