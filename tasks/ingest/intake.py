"""The first two steps of a night: what is new in the bucket, and what its headers say.

It reads no pixels; headers are parsed in worker processes that may die of them.
"""

from collections.abc import Iterator
from dataclasses import asdict

import polars as pl

from tasks.errors import Rejected, Retryable
from tasks.ingest.discovery import LISTING_SCHEMA, changed_objects
from tasks.ingest.header_job import HeaderJob, read_header_job
from tasks.ingest.instances import ReadResult
from tasks.ingest.object_store import ObjectChanged, ObjectStore, ObjectSummary
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.ingest.registration import register
from tasks.lake.schemas import INSTANCES, OBJECTS
from tasks.lake.store import Lake
from tasks.preprocess.workers import WorkerPool
from tasks.run import Run, report_progress

OBJECTS_PER_BATCH = 1000
"""Objects whose headers one task reads; their rows are one commit."""

_PRESENT = pl.col("gone_at").is_null()


def discover_objects(lake: Lake, store: ObjectStore, run: Run) -> int:
    """Record what the bucket's listing adds or changes.

    Returns:
        How many object versions are new.
    """
    summaries = [asdict(summary) for summary in store.list_objects()]
    listing = pl.DataFrame(summaries, schema=LISTING_SCHEMA)
    changed = changed_objects(listing, lake.read(OBJECTS), run.started_at)
    lake.upsert(OBJECTS, changed)
    return changed.filter(pl.col("first_seen_at") == run.started_at).height


def unread_batches(lake: Lake) -> list[list[str]]:
    """Keys of the present objects whose header was not read yet, in batches by key."""
    is_unread = (pl.col("state") == "pending") & pl.col("sop_instance_key").is_null()
    rows = lake.read(OBJECTS, columns=["object_key"], where=is_unread & _PRESENT)
    keys = rows["object_key"].sort().to_list()
    starts = range(0, len(keys), OBJECTS_PER_BATCH)
    return [keys[start : start + OBJECTS_PER_BATCH] for start in starts]


def read_batch(
    object_keys: list[str],
    lake: Lake,
    store: ObjectStore,
    pool: WorkerPool,
    pseudonymiser: Pseudonymiser,
    run: Run,
) -> int:
    """Read the headers of a batch and register what they say.

    Returns:
        How many headers were read.

    Raises:
        Retryable: If some could not be read now; what was read is committed.
    """
    is_wanted = pl.col("object_key").is_in(object_keys) & (pl.col("state") == "pending")
    batch = lake.read(OBJECTS, where=is_wanted & _PRESENT)
    jobs = [HeaderJob(store, summary, pseudonymiser) for summary in _summaries(batch)]
    results: list[ReadResult] = []
    failures: list[Retryable] = []
    for n_done, (job, result) in enumerate(pool.map_unordered(read_header_job, jobs), 1):
        report_progress("read", n_done, len(jobs))
        if isinstance(result, Retryable):
            failures.append(result)
        else:
            results.append(_as_result(job.summary, result))
    _commit(results, lake, run)
    if lost := [error for error in failures if not isinstance(error, ObjectChanged)]:
        raise Retryable(f"{len(lost)} of {len(jobs)} headers could not be read: {lost[0]}")
    return len(results)


def _summaries(batch: pl.DataFrame) -> Iterator[ObjectSummary]:
    for row in batch.select(LISTING_SCHEMA.names()).sort("object_key").iter_rows(named=True):
        yield ObjectSummary(**row)


def _as_result(summary: ObjectSummary, result: ReadResult | Rejected) -> ReadResult:
    if isinstance(result, Rejected):
        return ReadResult(summary.object_key, summary.etag, None, result.reason, result.detail)
    return result


def _commit(results: list[ReadResult], lake: Lake, run: Run) -> None:
    """Write instances first and states last: a killed run reads those headers again."""
    instance_keys = [
        result.instance["sop_instance_key"] for result in results if result.instance
    ]
    known = lake.read(INSTANCES, where=pl.col("sop_instance_key").is_in(instance_keys))
    of_batch = [result.object_key for result in results]
    involved = pl.col("object_key").is_in([*of_batch, *known["object_key"]])
    registration = register(results, lake.read(OBJECTS, where=involved), known, run.started_at)
    lake.upsert(INSTANCES, registration.instances)
    lake.upsert(OBJECTS, registration.objects)
