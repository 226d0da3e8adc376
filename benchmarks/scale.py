"""What an exam costs as nights grow: seconds, memory and orchestration at several sizes.

Real servers, real sizes, `mammo campaign` as a command. The smaller night's exams are part of
the larger one's: 18 MB an exam, made once. A size that was measured before is taken from the
JSON file and exams stay in the home, so that a bench that was stopped goes on.

    make bench-night                                   # 10 and 100 exams
    make bench-night SCALE="--exams 10 100 1000 2160"  # an hour, 39 GB

    python -m benchmarks.scale [--exams 10 100] [--home DIR] [--json PATH] [--plot PATH]
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from benchmarks.floors import IMAGES_PER_EXAM, N_CORES
from benchmarks.night import Bench, say
from benchmarks.night_report import Night, describe_machine
from benchmarks.pictures import write_picture
from benchmarks.plans import plan_of
from flows.local_stack import LocalStack, environment_of
from tasks.settings import Settings
from tasks.synthetic.campaign import generate_campaign

Row = dict[str, Any]

SIZES = (2160, 1000, 100, 10)
"""Exams of a night, largest first: 216 a night is the programme, ten times that the stress."""

GROWTH_LIMIT = 0.10
"""Peak memory may grow by so much from 100 exams to the largest night."""


def as_row(n_exams: int, night: Night, load_average: float) -> Row:
    """One measured size."""
    return {
        "exams": n_exams,
        "seconds_per_exam": night.seconds / n_exams,
        "machine": describe_machine(),
        "load_average_at_start": load_average,
        **asdict(night),
    }


def memory_growth(rows: Sequence[Row]) -> float | None:
    """Growth of peak memory from the night of 100 exams to the largest; None with fewer."""
    peaks = {row["exams"]: row["peak_memory_mb"] for row in rows if row["exams"] >= 100}
    if len(peaks) < 2 or 100 not in peaks:
        return None
    return peaks[max(peaks)] / peaks[100] - 1


def as_markdown(rows: Sequence[Row]) -> str:
    """A table for `docs/scale.md`."""
    lines = [
        "| exams | wall s | s an exam | peak MB | orchestration | load at start |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['exams']} | {row['seconds']:.0f} | {row['seconds_per_exam']:.2f} "
        f"| {row['peak_memory_mb']:.0f} | {row['orchestration_share']:.1%} "
        f"| {row['load_average_at_start']:.1f} |"
        for row in rows
    ]
    growth = memory_growth(rows)
    if growth is not None:
        is_flat = "flat" if growth <= GROWTH_LIMIT else "NOT FLAT"
        lines += ["", f"Peak memory grows by {growth:+.1%} from 100 exams on: {is_flat}."]
    return "\n".join(lines)


def draw(rows: Sequence[Row], path: Path) -> None:
    """Seconds an exam and peak memory over the size of the night, as a PNG."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    sizes = [row["exams"] for row in rows]
    measures = {"seconds_per_exam": "s an exam", "peak_memory_mb": "peak MB"}
    for place, (name, title) in enumerate(measures.items(), 1):
        values = [row[name] for row in rows]
        figure.add_trace(go.Scatter(x=sizes, y=values, mode="lines+markers"), place, 1)
        figure.update_yaxes(title=title, rangemode="tozero", row=place, col=1)
    figure.update_xaxes(type="log", tickvals=sizes)
    figure.update_xaxes(title="exams in the night", row=2, col=1)
    write_picture(figure, path)


def prefix_of(n_exams: int) -> str:
    """Where the exams of a size lie: below those of every larger one."""
    return "/".join(["scale", *(str(size) for size in SIZES if size >= n_exams)])


def store_exams(bench: Bench, n_exams: int) -> None:
    """Generate the exams that the home lacks, each below the smallest size that has it."""
    record = bench.home / "stored.json"
    n_stored: int = json.loads(record.read_text()) if record.exists() else 0
    objects = generate_campaign(plan_of(max(SIZES)), N_CORES, first=n_stored)
    n_missing = max(0, n_exams - n_stored) * IMAGES_PER_EXAM
    for number, item in enumerate(islice(objects, n_missing), n_stored * IMAGES_PER_EXAM + 1):
        size = min(size for size in SIZES if number <= size * IMAGES_PER_EXAM)
        bench.store.write(f"{prefix_of(size)}/{item.object_key}", item.data)
        if number % IMAGES_PER_EXAM == 0:
            record.write_text(str(number // IMAGES_PER_EXAM))
            say(f"{number // IMAGES_PER_EXAM} of {n_exams} exams made")


def measure(bench: Bench, sizes: Sequence[int], json_path: Path) -> list[Row]:
    """Measure the sizes that the file lacks, smallest first; written after each."""
    rows: list[Row] = json.loads(json_path.read_text()) if json_path.exists() else []
    for n_exams in sorted(set(sizes) - {row["exams"] for row in rows}):
        store_exams(bench, n_exams)
        load_average = os.getloadavg()[0]
        rows.append(as_row(n_exams, bench.run_night(prefix_of(n_exams)), load_average))
        rows.sort(key=lambda row: row["exams"])
        json_path.write_text(json.dumps(rows, indent=1) + "\n")
    return rows


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exams", type=int, nargs="+", default=[10, 100], choices=SIZES)
    parser.add_argument("--home", type=Path, default=Path(".smart-mammo/scale"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--only-store", action="store_true", help="make the exams, no night")
    options = parser.parse_args()
    home: Path = options.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    json_path = options.json or home / "scale.json"
    settings = Settings(home=home)  # pyright: ignore[reportCallIssue]  # the rest has defaults
    with LocalStack(settings, say=say) as stack:
        os.environ.update(environment_of(stack.addresses))
        bench = Bench(home, dict(os.environ))
        if options.only_store:
            store_exams(bench, max(options.exams))
            return
        rows = measure(bench, options.exams, json_path)
    print(as_markdown(rows))
    draw(rows, options.plot or home / "scale.png")


if __name__ == "__main__":
    main()
