"""Every Prefect task on one page: function, retries, time-out.

Keys go in and counts come out; nothing else in tasks/ imports prefect.
"""

from collections.abc import Callable
from time import perf_counter, sleep
from typing import Any, NamedTuple

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.concurrency.sync import concurrency

from tasks.errors import Retryable
from tasks.ingest.intake import discover_objects, read_batch
from tasks.preprocess.shard import preprocess_shard
from tasks.publish.publication import Publication, publish_list
from tasks.run import Run
from tasks.score.exams import aggregate, settled_since
from tasks.score.shard import score_shard
from tasks.services import Services

RETRY_DELAYS_S = [2, 8, 20]
STEP_TIMEOUT_S = 3600
"""Of steps in the flow's own thread. Shards run in threads that no time-out can interrupt:
their images, reads and requests have limits of their own."""

TRITON_LIMIT = "triton"
TRITON_LEASE_S = 60
"""After this the place of a killed run is free again."""

SETTLING_S = 0.3
"""Between the end of a step and the request for a place. Prefect's server on SQLite answers 503
while it writes that end, and its client then waits two seconds: it did for half the shards."""


class StepResult(NamedTuple):
    """What a step did: a count, and the wall time that it took."""

    n: int
    seconds: float


def _discover(services: Services, run: Run) -> StepResult:
    start = perf_counter()
    with services.telemetry.step("discover", run) as told:
        told["new_objects"] = n = discover_objects(services.lake, services.store, run)
    return StepResult(n, perf_counter() - start)


def _read(object_keys: list[str], services: Services, run: Run) -> StepResult:
    start = perf_counter()
    with services.telemetry.step("read", run, objects=len(object_keys)) as told:
        told["headers"] = n = read_batch(object_keys, services, run)
    return StepResult(n, perf_counter() - start)


def _preprocess(exam_keys: list[str], services: Services, run: Run) -> StepResult:
    start = perf_counter()
    with services.telemetry.step("preprocess", run, exams=len(exam_keys)) as told:
        counts = preprocess_shard(exam_keys, services, run)
        told |= {"images": counts.n_done, "set_aside": counts.n_set_aside}
    return StepResult(counts.n_done, perf_counter() - start)


def _score(exam_keys: list[str], services: Services, run: Run) -> StepResult:
    sleep(SETTLING_S)
    with (
        concurrency(TRITON_LIMIT, occupy=1, strict=True, lease_duration=TRITON_LEASE_S),
        services.telemetry.step("score", run, exams=len(exam_keys)) as told,
    ):
        start = perf_counter()
        told["images"] = n = score_shard(exam_keys, services.lake, services.model, run)
        return StepResult(n, perf_counter() - start)


def _aggregate(services: Services, run: Run) -> StepResult:
    start = perf_counter()
    with services.telemetry.step("aggregate", run) as told:
        lake, version = services.lake, services.model.version
        since = settled_since(lake, version, run)
        told["exams"] = n = aggregate(lake, version, run, since)
    return StepResult(n, perf_counter() - start)


def _publish(services: Services, run: Run) -> tuple[StepResult, Publication]:
    start = perf_counter()
    with services.telemetry.step("publish", run) as told:
        version, quiet_minutes = services.model.version, services.settings.quiet_minutes
        publication = publish_list(services.lake, version, run, quiet_minutes)
        told |= {"exams": publication.n_exams, "drifts": len(publication.drifts)}
    return StepResult(publication.n_exams, perf_counter() - start), publication


def _is_retryable(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what may succeed later is tried again."""
    return isinstance(state.result(raise_on_failure=False), Retryable)


def _step(function: Callable[..., Any], timeout_s: float | None = None) -> Task[..., Any]:
    return task(
        name=function.__name__.strip("_"),
        retries=len(RETRY_DELAYS_S),
        retry_delay_seconds=[float(delay) for delay in RETRY_DELAYS_S],
        retry_jitter_factor=0.5,
        retry_condition_fn=_is_retryable,
        timeout_seconds=timeout_s,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(function)


discover = _step(_discover, STEP_TIMEOUT_S)
read = _step(_read, STEP_TIMEOUT_S)
preprocess = _step(_preprocess)
score = _step(_score)
aggregate_exams = _step(_aggregate, STEP_TIMEOUT_S)
publish = _step(_publish, STEP_TIMEOUT_S)
