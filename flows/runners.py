"""Where shards run: threads of the night's process, processes, or a Dask or Ray cluster.

A setting chooses; every choice leaves the same tables. The clusters' packages are extras: a
programme that one machine serves needs neither.
"""

from collections.abc import Callable
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from tasks.errors import Misconfigured
from tasks.settings import Settings

AnyRunner = TaskRunner[Any]


def shard_runner(settings: Settings) -> AnyRunner:
    """Make the task runner that settings name; it starts when it is entered.

    Raises:
        Misconfigured: If its package is not installed.
    """
    return _RUNNERS[settings.task_runner](settings)


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
