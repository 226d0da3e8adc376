"""What an exam costs as nights grow: seconds, memory and orchestration at several sizes.

Real servers, real sizes, `mammo campaign` as a command. A size that was measured before is
taken from the JSON file, so that a bench that was stopped goes on; campaigns stay in the home.

    make bench-night                                   # 10 and 100 exams
    make bench-night SCALE="--exams 10 100 1000 2160"  # some hours

    python -m benchmarks.scale [--exams 10 100] [--home DIR] [--json PATH] [--plot PATH]
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from benchmarks.night import Bench, say
from benchmarks.night_report import Night, describe_machine
from benchmarks.pictures import write_picture
from benchmarks.plans import plan_of
from flows.local_stack import LocalStack, environment_of
from tasks.settings import Settings

Row = dict[str, Any]

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


def measure(bench: Bench, sizes: Sequence[int], json_path: Path) -> list[Row]:
    """Measure the sizes that the file lacks, smallest first; written after each."""
    rows: list[Row] = json.loads(json_path.read_text()) if json_path.exists() else []
    for n_exams in sorted(set(sizes) - {row["exams"] for row in rows}):
        name = f"exams-{n_exams}"
        bench.store_campaign(name, plan_of(n_exams))
        load_average = os.getloadavg()[0]
        rows.append(as_row(n_exams, bench.run_night(name, afresh=True), load_average))
        rows.sort(key=lambda row: row["exams"])
        json_path.write_text(json.dumps(rows, indent=1) + "\n")
    return rows


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exams", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--home", type=Path, default=Path(".smart-mammo/scale"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    home: Path = options.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    json_path = options.json or home / "scale.json"
    settings = Settings(home=home)  # pyright: ignore[reportCallIssue]  # the rest has defaults
    with LocalStack(settings, say=say) as stack:
        os.environ.update(environment_of(stack.addresses))
        rows = measure(Bench(home, dict(os.environ)), options.exams, json_path)
    print(as_markdown(rows))
    draw(rows, options.plot or home / "scale.png")


if __name__ == "__main__":
    main()
