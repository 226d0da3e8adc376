"""What Prefect's server knows of others: the strict limit on Triton, and which nights run.

It makes a missing limit and never changes one that an operator set.
"""

from datetime import datetime

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks.steps import TRITON_LIMIT

SHARDS_AT_TRITON = 4

_NIGHTS = FlowFilter(name=FlowFilterName(any_=["campaign"]))
_ARE_RUNNING = FlowRunFilterState(
    type=FlowRunFilterStateType(
        any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    )
)


def ensure_triton_limit() -> None:
    """Create the limit where Prefect's server has none: a strict one must exist."""
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(TRITON_LIMIT)
        except ObjectNotFound:
            client.create_global_concurrency_limit(
                GlobalConcurrencyLimitCreate(name=TRITON_LIMIT, limit=SHARDS_AT_TRITON)
            )


def nights_of(api_url: str, since: datetime | None = None) -> list[str]:
    """Name the nights that a Prefect server calls running, and those begun since a moment."""
    wanted = [FlowRunFilter(state=_ARE_RUNNING)]
    if since:
        wanted.append(
            FlowRunFilter(start_time=FlowRunFilterStartTime.model_validate({"after_": since}))
        )
    with temporary_settings({PREFECT_API_URL: api_url}), get_client(sync_client=True) as client:
        found = [
            client.read_flow_runs(flow_filter=_NIGHTS, flow_run_filter=runs) for runs in wanted
        ]
    return sorted({run.name for runs in found for run in runs})
