"""What an exam costs as nights grow: seconds, memory and orchestration at several sizes.

Real servers, real sizes, `mammo campaign` as a command. The smaller night's exams are part of
the larger one's: 18 MB an exam, made once. Beyond `N_DRAWN` an exam has the pixels of an
earlier one under identifiers of its own. A size that was measured before is taken from the
JSON file and exams stay in the home, so that a bench that was stopped goes on.

    make bench-night                                   # 10 and 100 exams
    make bench-night SCALE="--exams 10 100 1000 2160"  # an hour, 39 GB

    python -m benchmarks.scale [--exams 10 100] [--home DIR] [--json PATH] [--plot PATH]
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots
from pydicom import dcmread
from pydicom.uid import generate_uid

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

N_DRAWN = 500
"""Exams that are drawn: one takes more than a second, and costs a night what its copy does."""

GROWTH_LIMIT = 0.10
"""Peak memory may grow by so much from 100 exams to the largest night."""


class Stored(NamedTuple):
    """An object of an exam, without its size's prefix."""

    object_key: str
    etag: str
    size_bytes: int


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


def full_key(number: int, object_key: str) -> str:
    """Where an exam's object lies: below the smallest size that has the exam."""
    return f"{prefix_of(min(size for size in SIZES if number < size))}/{object_key}"


def copy_of(object_key: str, data: bytes, copy: int) -> tuple[str, bytes]:
    """The same image of another woman: its key and its bytes."""
    dataset = dcmread(BytesIO(data))
    for name in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        dataset[name].value = generate_uid(entropy_srcs=[dataset[name].value, str(copy)])
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.PatientID = f"{dataset.PatientID}/{copy}"
    dataset.AccessionNumber = f"{dataset.AccessionNumber}/{copy}"
    written = BytesIO()
    dataset.save_as(written)
    return f"copy-{copy}/{object_key}", written.getvalue()


def exams_from(bench: Bench, stored: list[list[Stored]]) -> Iterator[list[tuple[str, bytes]]]:
    """The exams that follow the stored ones, each as keys and bytes."""
    drawn = generate_campaign(plan_of(max(SIZES)), N_CORES, first=len(stored))
    for number in range(len(stored), max(SIZES)):
        if number < N_DRAWN:
            yield [(item.object_key, item.data) for item in islice(drawn, IMAGES_PER_EXAM)]
            continue
        copy, first = divmod(number, N_DRAWN)
        originals = [
            (one.object_key, bench.store.read(full_key(first, one.object_key), *one[1:]).data)
            for one in stored[first]
        ]
        yield [copy_of(object_key, data, copy) for object_key, data in originals]


def store_exams(bench: Bench, n_exams: int) -> None:
    """Store the exams that the home lacks."""
    record = bench.home / "stored.json"
    exams = json.loads(record.read_text()) if record.exists() else []
    stored = [[Stored(*one) for one in exam] for exam in exams]
    for exam in islice(exams_from(bench, stored), max(0, n_exams - len(stored))):
        etags = [bench.store.write(full_key(len(stored), key), data) for key, data in exam]
        stored.append(
            [
                Stored(key, etag, len(data))
                for (key, data), etag in zip(exam, etags, strict=True)
            ]
        )
        record.write_text(json.dumps(stored))
        say(f"{len(stored)} of {n_exams} exams made")


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
