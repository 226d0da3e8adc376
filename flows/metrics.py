"""A night's figures for Prometheus: a file for the node exporter's textfile collector.

A night is a batch job: it has ended before anything scrapes it, so it serves no endpoint; and a
Pushgateway would be one more server to guard, which keeps saying what a night once said. The
file is replaced whole, idle nights included, and its timestamp tells a night that never came.
"""

from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from tasks.publish.morning import NightReport

PREFIX = "smart_mammo_night"

_PLAIN: dict[str, tuple[str, Callable[[NightReport], float]]] = {
    "end_timestamp_seconds": (
        "When the night ended, in seconds since 1970.",
        lambda report: report.finished_at.timestamp(),
    ),
    "is_complete": (
        "1 where nothing is left for the next run, else 0.",
        lambda report: float(not report.failures),
    ),
    "new_objects": ("Object versions seen first.", lambda report: report.n_new_objects),
    "images_scored": ("Images scored by this run.", lambda report: report.n_images_scored),
    "exams_listed": ("Exams on the list.", lambda report: report.n_exams_listed),
    "drifts": (
        "Manufacturers and software whose scores moved.",
        lambda report: len(report.drifts),
    ),
    "peak_memory_bytes": (
        "Resident memory of the night and its workers, at most.",
        lambda report: report.peak_memory_mb * 1e6,
    ),
}
_LABELLED: dict[str, tuple[str, str, Callable[[NightReport], dict[str, float]]]] = {
    "objects": (
        "Objects of the bucket by state.",
        "state",
        lambda report: {
            state: n for state, n in report.accounting.counts.items() if state != "total"
        },
    ),
    "objects_set_aside": (
        "Objects set aside by reason.",
        "reason",
        lambda report: dict(report.accounting.reasons),
    ),
    "seconds": ("Wall time by stage.", "stage", lambda report: dict(report.seconds)),
}


def night_metrics(report: NightReport) -> CollectorRegistry:
    """A night's figures, none of them about a person."""
    registry = CollectorRegistry()
    for name, (text, value) in _PLAIN.items():
        Gauge(f"{PREFIX}_{name}", text, registry=registry).set(value(report))
    for name, (text, label, values) in _LABELLED.items():
        gauge = Gauge(f"{PREFIX}_{name}", text, [label], registry=registry)
        for key, n in values(report).items():
            gauge.labels(key).set(n)
    version = Gauge(
        f"{PREFIX}_info",
        "Versions that the night ran.",
        ["model_version", "preprocessing_version"],
        registry=registry,
    )
    version.labels(report.model_version, report.preprocessing_version).set(1)
    return registry


def write_metrics(report: NightReport, path: Path) -> None:
    """Replace the file whole.

    Raises:
        OSError: If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), night_metrics(report))
