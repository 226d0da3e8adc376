"""The night: discover, read, preprocess, score, aggregate, publish.

A night that cannot finish publishes what it has, says what is missing, and ends as failed; the
next run finishes it from the tables alone.
"""

import json
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid5

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.limits import ensure_triton_limit
from flows.memory import MemoryWatch
from flows.notices import tell_watchers
from flows.runners import shard_runner, submit_shards
from flows.services import build_services, load_settings, today
from tasks import steps
from tasks.errors import SmartMammoError
from tasks.ingest.intake import unread_batches
from tasks.ingest.shards import waiting_shards
from tasks.lake.backup import files_of
from tasks.lake.commits import translated
from tasks.lake.digests import NIGHT_BYTES, record
from tasks.lake.file_tables import LAKE_FILES
from tasks.lake.nightly_check import refuse_damage
from tasks.lake.schemas import IMAGES, OBJECTS, RUNS, TABLES
from tasks.logs import configure_logs
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.preprocess.workers import start_fork_server
from tasks.publish.accounting import Accounting, count_objects
from tasks.publish.drift import Drift
from tasks.publish.morning import NightReport, as_json, as_markdown, as_row
from tasks.redeploy.record import ensure_calibration
from tasks.run import Run
from tasks.score.exams import settled_since
from tasks.services import Services
from tasks.steps import StepResult

_READ_WHOLE = [table for table in TABLES if table not in (IMAGES, LAKE_FILES)]
"""What a night decides by. Images are not: a damaged one is told, and stops nothing."""


@dataclass
class Progress:
    """What the steps of a run have done so far."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failures: list[str] = field(default_factory=list)
    is_list_new: bool = False
    drifts: list[Drift] = field(default_factory=list[Drift])

    def add(self, stage: str, result: StepResult) -> None:
        """Add one step's count and time to its stage."""
        self.counts[stage] += result.n
        self.seconds[stage] += result.seconds

    @contextmanager
    def stating_failures(self) -> Generator[None]:
        """Turn an error on purpose into a stated failure, so that the night goes on."""
        try:
            yield
        except SmartMammoError as error:
            self.failures.append(str(error))


def _name_run() -> str:
    return f"night of {flow_run.parameters.get('list_date') or today()}"


def _run_id() -> str | None:
    """Prefect's id, by which pages link to the run's log; a retry has rows of its own."""
    if not flow_run.id:
        return None
    named, count = UUID(flow_run.id), flow_run.run_count
    return named.hex if count <= 1 else uuid5(named, str(count)).hex


@flow(name="campaign", flow_run_name=_name_run, persist_result=False)
def campaign(list_date: date | None = None, report_path: Path | None = None) -> State[None]:
    """Run one night.

    Args:
        list_date: The day that the list is read on; today in America/Santiago if left out.
        report_path: Where the night's report is also written, as JSON.

    Returns:
        A Completed state, or a Failed one whose message says what is left for the next run.
    """
    start = perf_counter()
    start_fork_server()
    settings = load_settings()
    configure_logs(settings.log_format)
    services = build_services(settings)
    run = Run.begin(list_date or today(), _run_id())
    progress = Progress()
    with services.telemetry.night(run) as told, MemoryWatch() as memory, services.pool:
        with progress.stating_failures():
            refuse_damage(services.lake, files_of(services.lake), _READ_WHOLE, run.list_date)
            _work(services, run, progress)
        told |= {**progress.counts, "failures": len(progress.failures)}
    progress.seconds["total"] = perf_counter() - start
    report = _keep(services, _report(services, run, progress, memory.peak_mb))
    if report_path:
        report_path.write_text(json.dumps(as_json(report), indent=2))
    return _close(services, report)


def _work(services: Services, run: Run, progress: Progress) -> None:
    with progress.stating_failures():
        refuse_damage(services.lake, files_of(services.lake), [IMAGES], run.list_date)
    with progress.stating_failures():
        _score_what_is_new(services, run, progress)
    with progress.stating_failures():
        _publish(services, run, progress)


def _score_what_is_new(services: Services, run: Run, progress: Progress) -> None:
    with progress.stating_failures():
        progress.add("discover", steps.discover(services, run))
        for object_keys in unread_batches(services.lake):
            progress.add("read", steps.read(object_keys, services, run))
    lake, version = services.lake, services.model.version
    shards = waiting_shards(
        lake,
        version,
        services.settings.exams_per_shard,
        is_settled=settled_since(lake, version, run) is not None,
    )
    if (first := next(shards, None)) is None:
        return
    ensure_triton_limit()
    all_of = chain([first], shards)
    with shard_runner(services.settings) as runner:
        for stage, future in submit_shards(runner, all_of, services.for_shards(), run):
            with progress.stating_failures():
                progress.add(stage, future.result())


def _publish(services: Services, run: Run, progress: Progress) -> None:
    settings = services.settings
    ensure_calibration(services.lake, settings.model_repository, services.model.version)
    progress.add("aggregate", steps.aggregate_exams(services, run))
    _count(services)  # the gate: sums that disagree publish nothing
    result, publication = steps.publish(services, run)
    progress.is_list_new, progress.drifts = publication.is_new, publication.drifts
    progress.add("publish", result)


def _count(services: Services) -> Accounting:
    with translated(OBJECTS):
        return count_objects(services.lake.scan(OBJECTS))


def _report(
    services: Services, run: Run, progress: Progress, peak_memory_mb: float
) -> NightReport:
    accounting = _count(services)
    if accounting.pending and not progress.failures:
        progress.failures.append(f"{accounting.pending} objects are still pending.")
    return NightReport(
        run=run,
        finished_at=datetime.now(UTC),
        failures=tuple(progress.failures),
        accounting=accounting,
        n_new_objects=progress.counts["discover"],
        n_images_scored=progress.counts["score"],
        n_exams_listed=progress.counts["publish"],
        is_list_new=progress.is_list_new,
        drifts=tuple(drift.sentence for drift in progress.drifts),
        seconds=dict(progress.seconds),
        peak_memory_mb=peak_memory_mb,
        model_version=services.model.version,
        preprocessing_version=PREPROCESSING_VERSION,
    )


def _keep(services: Services, report: NightReport) -> NightReport:
    """Write the night's row, then the digests of the files that came since the last night."""
    if report.has_written:
        services.lake.insert_new(RUNS, RUNS.frame([as_row(report)]))
    try:
        record(services.lake, files_of(services.lake), TABLES, budget_bytes=NIGHT_BYTES)
    except SmartMammoError as error:
        return replace(report, failures=(*report.failures, str(error)))
    return report


def _close(services: Services, report: NightReport) -> State[None]:
    """Leave the report where people look in the morning, and end as what the night was."""
    markdown = as_markdown(report, f"{services.settings.app_address}/list")
    create_markdown_artifact(
        markdown, key="night", description=f"Night of {report.run.list_date}"
    )
    create_table_artifact(
        [{"reason": reason, "n": n} for reason, n in report.accounting.reasons.items()],
        key="night-set-aside",
    )
    tell_watchers(services.settings, report)
    if report.failures:
        return Failed(message=" ".join(report.failures))
    return Completed(message=f"{report.n_exams_listed} exams listed")
