"""Where shards run: threads of the night's process, processes, or a Dask or Ray cluster.

A setting chooses; every choice leaves the same tables. The clusters' packages are extras: a
programme that one machine serves needs neither.
"""

# pyright: reportMissingImports=false
# Dask and Ray are extras.

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from prefect import allow_failure
from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from tasks import steps
from tasks.errors import Misconfigured
from tasks.run import Run
from tasks.services import Services
from tasks.settings import Settings
from tasks.steps import StepResult

AnyRunner = TaskRunner[Any]
Submitted = tuple[str, PrefectFuture[StepResult]]
Item = TypeVar("Item")

SHARDS_AHEAD = 1000
"""Shards that are submitted before the first one's result is taken, so that their futures have
a limit: more than any cluster works on at once."""


def shard_runner(settings: Settings) -> AnyRunner:
    """Make the task runner that settings name; it starts when it is entered.

    Raises:
        Misconfigured: If its package is not installed.
    """
    return _RUNNERS[settings.task_runner](settings)


def submit_shards(
    runner: AnyRunner, shards: Iterable[list[str]], services: Services, run: Run
) -> Iterator[Submitted]:
    """Submit two steps a shard; scoring waits for its own shard and takes what it made.

    Yields:
        A stage and its future. Ask for the next one when the former's result was taken.
    """
    all_of = ({"exam_keys": keys, "services": services, "run": run} for keys in shards)
    if isinstance(runner, ProcessPoolTaskRunner):
        return _in_turn(runner, all_of)
    return _ahead(_at_once(runner, all_of), 2 * SHARDS_AHEAD)


def _at_once(runner: AnyRunner, shards: Iterable[dict[str, Any]]) -> Iterator[Submitted]:
    submit: Any = runner.submit  # its types know neither a step's nor `allow_failure`
    for shard in shards:
        made = submit(steps.preprocess, shard)
        yield "preprocess", made
        yield "score", submit(steps.score, shard, wait_for=[allow_failure(made)])


def _in_turn(runner: AnyRunner, shards: Iterable[dict[str, Any]]) -> Iterator[Submitted]:
    """For a runner whose steps cannot wait for one that may fail: the flow waits.

    The next shard is made while this one is waited for and scored.
    """
    submit: Any = runner.submit
    all_made = ((shard, submit(steps.preprocess, shard)) for shard in shards)
    scored = deque[Submitted]()
    for shard, made in _ahead(all_made, 1):
        yield "preprocess", made
        made.wait()
        scored.append(("score", submit(steps.score, shard)))
        if len(scored) > SHARDS_AHEAD:
            yield scored.popleft()
    yield from scored


def _ahead(items: Iterable[Item], n: int) -> Iterator[Item]:
    """Give each item once the `n` after it are made, too."""
    made = deque[Item]()
    for item in items:
        made.append(item)
        if len(made) > n:
            yield made.popleft()
    yield from made


def _threads(settings: Settings) -> AnyRunner:
    return ThreadPoolTaskRunner(max_workers=settings.n_shards_in_flight)


def _processes(settings: Settings) -> AnyRunner:
    return ProcessPoolTaskRunner(max_workers=settings.n_shards_in_flight)


def _dask(settings: Settings) -> AnyRunner:
    """The scheduler at the cluster's address, else a cluster of this machine."""
    try:
        from dask import config  # noqa: PLC0415  # an extra
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415
    except ImportError as error:
        raise _extra_missing("dask") from error
    if settings.cluster_address:
        return DaskTaskRunner(address=settings.cluster_address)
    # Its workers start the processes that decode, which no daemon may.
    config.set({"distributed.worker.daemon": False})
    cluster = {
        "n_workers": settings.n_shards_in_flight,
        "threads_per_worker": 1,
        "host": "127.0.0.1",
        "dashboard_address": None,
    }
    return DaskTaskRunner(cluster_kwargs=cluster)


def _ray(settings: Settings) -> AnyRunner:
    """The head at the cluster's address, else a cluster of this machine."""
    try:
        from prefect_ray.task_runners import RayTaskRunner  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise _extra_missing("ray") from error
    if settings.cluster_address:
        return RayTaskRunner(address=settings.cluster_address)
    local = {"num_cpus": settings.n_shards_in_flight, "include_dashboard": False}
    return RayTaskRunner(init_kwargs={**local, "_node_ip_address": "127.0.0.1"})


def _extra_missing(name: str) -> Misconfigured:
    return Misconfigured(
        f"SMART_MAMMO_TASK_RUNNER={name} needs packages that are not installed: "
        f".venv/bin/uv pip install --constraint constraints.txt --editable '.[{name}]'."
    )


_RUNNERS: dict[str, Callable[[Settings], AnyRunner]] = {
    "threads": _threads,
    "processes": _processes,
    "dask": _dask,
    "ray": _ray,
}
