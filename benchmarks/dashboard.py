"""Each page's first answer on a campaign of 100 000 exams, and the app's memory.

`python -m benchmarks.dashboard [--exams N] [--quick] [--lake FOLDER]`. A generated lake, the
app in a process of its own behind its real server, a fresh process for each page: layout and
every callback that the page asks for on the server, over HTTP. Markdown out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from reports_app.app import create_app
from reports_app.plotting import warm_up
from tasks.lake.store import Lake
from tasks.publish.exam_summaries import keep_summaries
from tasks.run import Run
from tests.support.dash_pages import body_of_page, body_of_rows
from tests.support.programme_lake import LAST_DAY, fill_programme

PAGES = ("/", "/list", "/exam/{exam}", "/what-if", "/quality", "/nights", "/models")
AIM_S, AIM_MB = 2, 1000
FILTERED = "?site=M%C3%B3vil+1&from=2026-01-01"


@contextmanager
def served(folder: Path) -> Generator[tuple[str, psutil.Process]]:
    """The app over a lake in a process of its own: its address, and the process."""
    command = [sys.executable, "-m", "benchmarks.dashboard", "--serve", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if process.stdout is None:
        raise RuntimeError("The app's process has no output to read its address from.")
    try:
        yield process.stdout.readline().strip(), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def serve_forever(folder: str) -> None:
    """Serve the app on a free port and print the address."""
    from waitress.server import create_server  # noqa: PLC0415 (the measured process alone)

    warm_up()
    app = create_app(Lake(folder))
    server: Any = create_server(app.server, host="127.0.0.1", port=0, threads=8)
    sys.stdout.write(f"http://127.0.0.1:{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


def ask(url: str, body: dict[str, Any]) -> tuple[float, int]:
    """Seconds and bytes of one callback's answer."""
    request = urllib.request.Request(
        f"{url}/_dash-update-component",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    begun = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        size = len(answer.read())
    return time.perf_counter() - begun, size


def first_answer(url: str, path: str, search: str = "") -> tuple[float, int]:
    """Seconds and bytes of a page with every answer that it asks the server for at once."""
    answers = [ask(url, body_of_page(path, search))]
    if path == "/list":
        answers.append(ask(url, body_of_rows(search)))
    return sum(took for took, _ in answers), sum(size for _, size in answers)


def measure(folder: Path, path: str) -> str:
    """One row of the table: first answer, the same again, filtered, memory."""
    with served(folder) as (url, process):
        urllib.request.urlopen(f"{url}/_dash-layout").read()  # what a browser asks before
        first, size = first_answer(url, path)
        again, _ = first_answer(url, path)
        filtered = f"{first_answer(url, path, FILTERED)[0]:.2f}" if path == "/" else ""
        memory = process.memory_info()
        peak = getattr(memory, "peak_wset", None) or _peak_bytes(process.pid)
    return (
        f"| {path[:12]} | {first:.2f} | {again:.2f} | {filtered} | {size / 1e3:.0f} "
        f"| {memory.rss / 1e6:.0f} | {peak / 1e6:.0f} |"
    )


def _peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def main() -> None:
    """Generate the lake if need be, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exams", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="2 000 exams")
    parser.add_argument("--lake", type=Path, help="a folder to keep the generated lake in")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve_forever(given.serve)
        return
    n_exams = 2000 if given.quick else given.exams
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.lake or Path(temporary)
        if not (folder / "objects").exists():
            lake = Lake(str(folder))
            fill_programme(lake, n_exams)
            keep_summaries(lake, Run.begin(LAST_DAY))
        exam = f"exam{n_exams - 1:028}"
        sys.stdout.write(
            f"{n_exams} exams on {os.cpu_count()} cores. Aim: {AIM_S} s, {AIM_MB} MB.\n\n"
            "| page | first answer, s | again, s | filtered, s | kB | RSS, MB | peak, MB |\n"
            "|---|---|---|---|---|---|---|\n"
        )
        for path in PAGES:
            sys.stdout.write(measure(folder, path.format(exam=exam)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
