"""What the benchmark of whole nights found, and its tables."""

import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.floors import N_CORES, Floors


@dataclass(frozen=True)
class Night:
    """One run of `mammo campaign`.

    Args:
        n_exams: On the list that it published.
        seconds: From starting the flow to its end.
        command_seconds: The whole command, with Python's start and the imports.
        orchestration_share: Of `seconds`, while no step ran.
        peak_memory_mb: Of the flow and its workers together.
        stage_seconds: As the night reports them.
    """

    n_exams: int
    seconds: float
    command_seconds: float
    orchestration_share: float
    peak_memory_mb: float
    stage_seconds: dict[str, float]


@dataclass(frozen=True)
class Result:
    """Everything that a run of this benchmark measures."""

    machine: str
    load_average: float
    floors: Floors
    nights: list[Night]
    common_seconds_per_exam: float
    second_run: Night
    n_known_objects: int


def describe_machine() -> str:
    """Processor, cores, memory, Python."""
    memory_gb = psutil.virtual_memory().total / 1e9
    cpu = next(
        (
            line.split(": ")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{cpu}, {N_CORES} cores, {memory_gb:.0f} GB, Python {platform.python_version()}"


def as_markdown(result: Result) -> str:
    """Tables for `docs/results.md`."""
    floors, common = result.floors, result.common_seconds_per_exam
    lines = [
        f"{result.machine}; load average {result.load_average:.1f} at the start. Exams of four "
        "images of 4096 x 3328, JPEG Lossless.",
        "",
        "| stage alone, in process, all cores | wall s an exam |",
        "|---|---|",
        f"| S3 read over HTTP | {floors.s3_read:.3f} |",
        f"| decode: ours {floors.decode_ours:.3f}, imagecodecs {floors.decode_library:.3f} "
        f"| {floors.decode:.3f} |",
        f"| preprocessing | {floors.preprocess:.3f} |",
        f"| network (OpenVINO) | {floors.network:.3f} |",
        f"| **sum of the floors** | **{floors.total:.3f}** |",
        "",
        "| night | wall s | s an exam | times the floors | times faster than the common way "
        "| orchestration | peak MB | with the command's start s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for night in result.nights:
        per_exam = night.seconds / night.n_exams
        lines.append(
            f"| {night.n_exams} exams | {night.seconds:.1f} | {per_exam:.2f} "
            f"| {per_exam / floors.total:.2f} | {common / per_exam:.1f} "
            f"| {night.orchestration_share:.1%} | {night.peak_memory_mb:.0f} "
            f"| {night.command_seconds:.1f} |"
        )
    again = result.second_run
    lines += [
        "",
        f"The common way takes {common:.2f} s an exam. A second run over "
        f"{result.n_known_objects} known objects takes {again.seconds:.1f} s "
        f"({again.command_seconds:.1f} s with the command's start).",
    ]
    return "\n".join(lines)
