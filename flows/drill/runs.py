"""A drill: nights that are broken from a seeded plan, then finished, then checked.

Each run has a bucket and a lake of its own on the drill's servers; what it must end as is what
an undisturbed night made of the same objects.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, count, cycle, islice
from pathlib import Path
from time import perf_counter, sleep

import polars as pl
import psutil

from flows.drill.check import Verdict, compare_tables, read_tables
from flows.drill.faults import AT_ONCE, FAULTS, REPLACES, WITHHOLDS, Scene
from flows.drill.servers import DrillServers
from tasks.errors import ContractViolation, Retryable
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tasks.settings import Settings
from tasks.synthetic.campaign import generate_campaign
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.trouble import GeneratedObject

LIST_DATE = date(2026, 11, 24)
PLAN = CampaignPlan(n_exams=6, seed=3, size_scale=0.2)
"""Trouble included; small, as faults and not pixels are tried here."""

MAX_NIGHTS = 4
"""After the one that is broken: the next one must finish, or one of these."""

NIGHT_LIMIT_S = 600
_KEY = "the same in every run, so that tables can be compared"

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class DrillRun:
    """One run and what came of it.

    Args:
        fault: Its name.
        verdict: What the lake lacks or has twice.
        n_nights: Nights after the broken one until one finished.
        recovery_s: Wall time of those.
        is_finished: Whether one of them finished.
        dealt: How often each fault of an answer was dealt out.
    """

    fault: str
    verdict: Verdict
    n_nights: int
    recovery_s: float
    is_finished: bool
    dealt: Mapping[str, int] = field(default_factory=dict[str, int])


class Drill:
    """Runs drills below a home.

    Args:
        settings: Its home takes the servers and every run's lake.
        seed: Of faults' moments and choices.
        say: Takes a sentence on each step.
    """

    def __init__(
        self, settings: Settings, seed: int, say: Callable[[str], object] = lambda _: None
    ) -> None:
        self._settings, self._seed, self._say = settings, seed, say
        self._servers = DrillServers(settings, seed)
        self._objects = list(generate_campaign(PLAN))

    def run(
        self, n_runs: int, faults: Sequence[str] = tuple(FAULTS), first: int = 0
    ) -> Iterator[DrillRun]:
        """Break nights from the `first` up to `n_runs`, the faults in turn."""
        with self._servers.running(self._say):
            expected, quiet_s = self._quiet_night()
            for number, fault in islice(enumerate(cycle(faults)), first, n_runs):
                self._say(f"{number + 1} of {n_runs}: {fault}")
                chance = random.Random(f"{self._seed}/{number}")  # noqa: S311  # no secret
                with self._campaign(f"run-{number}") as one:
                    yield self._break(one, fault, expected, quiet_s, chance)

    def _quiet_night(self) -> tuple[Tables, float]:
        """An undisturbed night's tables, and how long it works."""
        self._say("a quiet night, to compare with")
        with self._campaign("quiet") as one:
            one.put(self._objects)
            night = one.start_night()
            one.wait_for_rows(night)
            start = perf_counter()
            if night.wait(NIGHT_LIMIT_S):
                raise Retryable(f"The quiet night failed: see {one.home / 'night.log'}.")
            return read_tables(one.lake), perf_counter() - start

    def _break(
        self,
        one: "_Campaign",
        fault: str,
        expected: Tables,
        quiet_s: float,
        chance: random.Random,
    ) -> DrillRun:
        late = self._prepare(one, fault, chance)
        dealt = self._servers.dealt
        night = one.start_night()
        if fault not in AT_ONCE:
            one.wait_for_rows(night)
            sleep(chance.uniform(0, quiet_s))
        others: list[psutil.Popen] = []
        scene = Scene(
            night,
            self._servers,
            one.store,
            late,
            lambda: others.append(one.start_night()),
            chance,
        )
        with suppress(psutil.Error):  # it has ended already: a fault too late is one as well
            FAULTS[fault](scene)
        for process in (night, *others):
            _wait(process)
        self._servers.heal()
        start = perf_counter()
        n_nights, is_finished = one.finish()
        recovery_s = perf_counter() - start
        verdict = _judge(one.lake, expected)
        dealt = self._servers.dealt - dealt
        return DrillRun(fault, verdict, n_nights, recovery_s, is_finished, dealt)

    def _prepare(
        self, one: "_Campaign", fault: str, chance: random.Random
    ) -> Sequence[GeneratedObject]:
        """Store the objects; those that come later are left out, or stored with other bytes."""
        if fault not in WITHHOLDS | REPLACES:
            one.put(self._objects)
            return ()
        images = [item for item in self._objects if item.expected_state == "scored"]
        late = chance.choice(images)
        one.put(item for item in self._objects if item is not late)
        if fault in REPLACES:
            one.store.write(late.object_key, late.data[: len(late.data) // 2])
        return (late,)

    @contextmanager
    def _campaign(self, name: str) -> Generator["_Campaign"]:
        name = self._unused(name)
        environment = {
            **self._servers.environment,
            "SMART_MAMMO_HOME": str(self._settings.home.resolve() / name),
            "SMART_MAMMO_S3_BUCKET": f"drill-{name}",
            "SMART_MAMMO_PSEUDONYM_KEY": _KEY,
            "SMART_MAMMO_QUIET_MINUTES": "0",
            "SMART_MAMMO_MODEL_REPOSITORY": str(self._settings.model_repository.resolve()),
        }
        os.environ.update(
            {name: value for name, value in environment.items() if name.startswith("AWS_")}
        )
        one = _Campaign(self._servers.s3.endpoint, environment)
        try:
            yield one
        finally:
            one.store.close()

    def _unused(self, name: str) -> str:
        """Name what a drill that was stopped has not begun."""
        names = chain([name], (f"{name}-again-{n}" for n in count(1)))
        return next(one for one in names if not (self._settings.home / one).exists())


class _Campaign:
    """A bucket, a lake, and nights over them as processes of their own."""

    def __init__(self, endpoint: str, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self.home = Path(environment["SMART_MAMMO_HOME"])
        self.home.mkdir(parents=True, exist_ok=True)
        self.lake = Lake(str(self.home / "lake"))
        bucket = environment["SMART_MAMMO_S3_BUCKET"]
        self.store = ObjectStore(S3Location(endpoint, "us-east-1", bucket))
        self.store.ensure_bucket()

    def put(self, objects: Iterator[GeneratedObject] | Sequence[GeneratedObject]) -> None:
        for item in objects:
            self.store.write(item.object_key, item.data)

    def start_night(self) -> psutil.Popen:
        """Start `mammo campaign` in a session of its own."""
        command = [sys.executable, "-m", "flows.cli", "campaign", "--date", str(LIST_DATE)]
        with (self.home / "night.log").open("ab") as log:
            return psutil.Popen(
                command,
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_for_rows(self, night: psutil.Popen) -> None:
        """Wait until the night has written: before that there is nothing to tear."""
        while self.lake.version(OBJECTS) is None and night.poll() is None:
            sleep(0.05)

    def finish(self) -> tuple[int, bool]:
        """Run nights until one finishes: how many, and whether one did."""
        for n_nights in range(1, MAX_NIGHTS + 1):
            if _wait(self.start_night()) == 0:
                return n_nights, True
        return MAX_NIGHTS, False


def _wait(night: psutil.Popen) -> int:
    """Wait for a night's end; one that hangs is killed and counts as failed."""
    try:
        return night.wait(NIGHT_LIMIT_S)
    except psutil.TimeoutExpired:
        for process in [*night.children(recursive=True), night]:
            process.kill()
        return night.wait()


def _judge(lake: Lake, expected: Tables) -> Verdict:
    try:
        return compare_tables(read_tables(lake), expected)
    except ContractViolation as error:
        return Verdict((), (), (str(error),))
