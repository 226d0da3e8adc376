"""Whole nights against the floors of their stages and against the common way, in one run.

Everything is real: the embedded S3 server, Triton and Prefect, and `mammo campaign` as a
command. It judges nothing: it prints markdown and writes JSON. A home that is named keeps its
campaigns for the next time.

    python -m benchmarks.night [--exams 24 96] [--home DIR] [--json PATH]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from typing import Any

from benchmarks.floors import IMAGES_PER_EXAM, N_CORES, measure_floors
from benchmarks.night_report import Night, Result, as_markdown, describe_machine
from benchmarks.plans import plan_of
from benchmarks.prefect_runs import orchestration_seconds
from flows.local_stack import LocalStack, environment_of
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.settings import Settings
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan

BUCKET = "night-benchmark"
N_FLOOR_EXAMS = 8
N_COMMON_EXAMS = 6
N_KNOWN_EXAMS = 250
KNOWN_SIZE_SCALE = 0.15


class Bench:
    """The campaigns of a home, and nights over them, while its servers run."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = environment
        self.location = S3Location(environment["SMART_MAMMO_S3_ENDPOINT"], "us-east-1", BUCKET)
        self.store = ObjectStore(self.location)
        self.store.ensure_bucket()

    def store_campaign(self, name: str, plan: CampaignPlan) -> list[str]:
        """Generate a campaign below a prefix, unless it is there; its keys, exam by exam."""
        record = self.home / f"{name}.json"
        if not record.exists():
            keys: list[str] = []
            for item in generate_campaign(plan, N_CORES):
                keys.append(f"{name}/{item.object_key}")
                self.store.write(keys[-1], item.data)
                say(f"{name}: {len(keys)} of {IMAGES_PER_EXAM * plan.n_exams} images made")
            record.write_text(json.dumps(keys))
        return json.loads(record.read_text())

    def run_night(self, name: str, *, afresh: bool = True) -> Night:
        """Run a night over what lies below `name`, with an empty lake if `afresh`."""
        state = self.home / "nights" / name
        lake, report = state / "lake", state / "report.json"
        state.mkdir(parents=True, exist_ok=True)
        if afresh:
            rmtree(lake, ignore_errors=True)
        variables = {
            "SMART_MAMMO_HOME": str(self.home),
            "SMART_MAMMO_S3_BUCKET": BUCKET,
            "SMART_MAMMO_S3_PREFIX": f"{name}/",
            "SMART_MAMMO_LAKE_URL": str(lake),
        }
        say(f"{name}: a night")
        start = time.perf_counter()
        _run(["flows.cli", "campaign", "--json", str(report)], self.environment | variables)
        command_seconds = time.perf_counter() - start
        found: dict[str, Any] = json.loads(report.read_text())
        stages: dict[str, float] = found["seconds"]
        idle = orchestration_seconds(self.environment["PREFECT_API_URL"])
        return Night(
            found["exams_listed"],
            stages["total"],
            command_seconds,
            idle / stages["total"],
            found["peak_memory_mb"],
            stages,
        )

    def run_common_way(self, name: str) -> float:
        """Seconds an exam of the common way, over the first exams of a campaign."""
        csv = self.home / "common.csv"
        options = [self.location.endpoint, BUCKET, f"{name}/", str(csv)]
        say(f"{name}: the common way")
        output = _run(
            ["benchmarks.common_way", *options, "--exams", str(N_COMMON_EXAMS)],
            self.environment,
        )
        found = json.loads(output.splitlines()[-1])
        return found["seconds"] / found["n_exams"]


def _run(module_and_options: Sequence[str], environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", *module_and_options]
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def say(sentence: str) -> None:
    """Tell how far it is, beside the results."""
    print(sentence, file=sys.stderr, flush=True)


def measure(bench: Bench, n_exams: Sequence[int]) -> Result:
    """Floors, nights and the common way over the same images, then a night with nothing new."""
    load_average = os.getloadavg()[0]
    campaigns = {n: f"exams-{n}" for n in n_exams}
    keys = [bench.store_campaign(name, plan_of(n)) for n, name in campaigns.items()][-1]
    step = IMAGES_PER_EXAM * max(1, len(keys) // IMAGES_PER_EXAM // N_FLOOR_EXAMS)
    sample = [key for at in range(0, len(keys), step) for key in keys[at : at + 4]]
    known_plan = CampaignPlan(N_KNOWN_EXAMS, seed=8, trouble=False, size_scale=KNOWN_SIZE_SCALE)
    known = bench.store_campaign("known", known_plan)
    say(f"floors over {len(sample)} images")
    floors = measure_floors(bench.location, sample)
    nights = [bench.run_night(name) for name in campaigns.values()]
    common = bench.run_common_way(campaigns[n_exams[-1]])
    bench.run_night("known", afresh=False)
    second_run = bench.run_night("known", afresh=False)
    return Result(
        describe_machine(),
        load_average,
        floors,
        nights,
        common,
        second_run,
        n_known_objects=len(known),
    )


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exams", type=int, nargs="+", default=[24, 96])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = (options.home or Path(folder)).resolve()
        settings = Settings(home=home)  # pyright: ignore[reportCallIssue]  # the rest has defaults
        with LocalStack(settings, say=say) as stack:
            os.environ.update(environment_of(stack.addresses))
            bench = Bench(home, dict(os.environ))
            result = measure(bench, options.exams)
    print(as_markdown(result))
    if options.json:
        options.json.write_text(json.dumps(asdict(result), indent=1))


if __name__ == "__main__":
    main()
