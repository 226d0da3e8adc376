"""The strict concurrency limit on Triton, as Prefect's server keeps it.

It makes a missing limit and never changes one that an operator set.
"""

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.exceptions import ObjectNotFound

from tasks.steps import TRITON_LIMIT

SHARDS_AT_TRITON = 4


def ensure_triton_limit() -> None:
    """Create the limit where Prefect's server has none: a strict one must exist."""
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(TRITON_LIMIT)
        except ObjectNotFound:
            client.create_global_concurrency_limit(
                GlobalConcurrencyLimitCreate(name=TRITON_LIMIT, limit=SHARDS_AT_TRITON)
            )
