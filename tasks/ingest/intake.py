"""The first two steps of a night: what is new in the bucket, and what its headers say.

It reads no pixels; headers are parsed in worker processes that may die of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import datetime
from itertools import islice

import polars as pl

from tasks.errors import Rejected, Retryable
from tasks.ingest.discovery import (
    KNOWN_SCHEMA,
    LISTING_SCHEMA,
    changes_by_part,
    new_objects,
)
from tasks.ingest.header_job import HeaderJob, read_header_job
from tasks.ingest.instances import ReadResult
from tasks.ingest.object_store import ObjectChanged, ObjectStore, ObjectSummary
from tasks.ingest.registration import register
from tasks.ingest.retries import all_lost, until_down
from tasks.lake.schemas import INSTANCES, OBJECTS
from tasks.lake.store import KEYS_PER_CONDITION, Lake
from tasks.privacy.tombstones import reject_erased
from tasks.run import Run, report_progress
from tasks.services import Services
from tasks.telemetry import follow

OBJECTS_PER_BATCH = 1000
"""Objects whose headers one task reads; their rows are one commit."""

OBJECTS_PER_COMMIT = 50_000
"""New objects in one file of the table: a listing comes in the order of its keys, so that a
batch of them later reads and changes one file and not all."""

SUMMARIES_PER_PART = 10_000

_PRESENT = pl.col("gone_at").is_null()


def discover_objects(lake: Lake, store: ObjectStore, run: Run) -> int:
    """Record what the bucket's listing adds or changes.

    Returns:
        How many object versions are new.
    """
    n_new = 0
    for new in _in_files(_marked_changes(lake, store, run)):
        lake.insert_new(OBJECTS, new)
        n_new += new.height
    return n_new


def _marked_changes(lake: Lake, store: ObjectStore, run: Run) -> Iterator[pl.DataFrame]:
    """Write what went and what came back; the new ones are handed on, by key."""
    listing = _listed(store.list_objects())
    known = lake.batches(OBJECTS, KNOWN_SCHEMA.names(), OBJECTS_PER_COMMIT)
    for changes in changes_by_part(listing, known, run.started_at):
        _mark(lake, changes.gone, {"gone_at": run.started_at})
        _mark(lake, changes.back, {"gone_at": None, "changed_at": run.started_at})
        yield changes.new


def _in_files(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Lay rows together or apart until each frame is a file's, but for the last."""
    waiting = OBJECTS.frame([])
    for frame in frames:
        waiting = pl.concat([waiting, frame])
        while waiting.height >= OBJECTS_PER_COMMIT:
            yield waiting.head(OBJECTS_PER_COMMIT)
            waiting = waiting.slice(OBJECTS_PER_COMMIT)
    if waiting.height:
        yield waiting


def _mark(lake: Lake, keys: pl.DataFrame, times: dict[str, datetime | None]) -> None:
    """Write when known versions went, or that they are back."""
    for part in keys.iter_slices(KEYS_PER_CONDITION):
        of_part = pl.col("object_key").is_in(part["object_key"].to_list())
        rows = lake.read(OBJECTS, where=of_part).join(part, on=list(OBJECTS.key), how="semi")
        marks = [pl.lit(at, OBJECTS.schema[name]).alias(name) for name, at in times.items()]
        lake.upsert(OBJECTS, rows.with_columns(marks))


def _listed(summaries: Iterable[ObjectSummary]) -> Iterator[pl.DataFrame]:
    rest = iter(summaries)
    while (frame := _listing(islice(rest, OBJECTS_PER_COMMIT))).height:
        yield frame


def _listing(summaries: Iterable[ObjectSummary]) -> pl.DataFrame:
    """Lay summaries out in columns, some at a time: a million of them are 100 MB, not 1 GB."""
    rest = iter(summaries)
    parts = [LISTING_SCHEMA.to_frame()]
    while rows := [astuple(summary) for summary in islice(rest, SUMMARIES_PER_PART)]:
        parts.append(pl.DataFrame(rows, schema=LISTING_SCHEMA, orient="row"))
    return pl.concat(parts)


def unread_batches(lake: Lake) -> list[list[str]]:
    """Keys of the present objects whose header was not read yet, in batches by key."""
    is_unread = (pl.col("state") == "pending") & pl.col("sop_instance_key").is_null()
    rows = lake.read(OBJECTS, columns=["object_key"], where=is_unread & _PRESENT)
    return _in_batches(rows["object_key"].sort().to_list())


def _in_batches(keys: list[str]) -> list[list[str]]:
    starts = range(0, len(keys), OBJECTS_PER_BATCH)
    return [keys[start : start + OBJECTS_PER_BATCH] for start in starts]


def read_batch(object_keys: list[str], services: Services, run: Run) -> int:
    """Read the headers of a batch, and of what its containers hold; register what they say.

    Returns:
        How many headers were read.

    Raises:
        Retryable: If some could not be read now; what was read is committed.
    """
    lake = services.lake
    is_wanted = pl.col("object_key").is_in(object_keys) & (pl.col("state") == "pending")
    batch = lake.read(OBJECTS, where=is_wanted & _PRESENT)
    results, failures = _read_headers(list(_summaries(batch)), services)
    members = [member for result in results for member in result.members]
    lake.upsert(OBJECTS, new_objects(_listing(members), run.started_at))
    _commit(reject_erased(results, lake, services.pseudonymiser), lake, run)
    if lost := [error for error in failures if not isinstance(error, ObjectChanged)]:
        raise all_lost("headers", lost, len(results) + len(failures), batch.height)
    member_keys = [member.object_key for member in members]
    return len(results) + sum(
        read_batch(keys, services, run) for keys in _in_batches(member_keys)
    )


def _read_headers(
    summaries: list[ObjectSummary], services: Services
) -> tuple[list[ReadResult], list[Retryable]]:
    """What headers say, and why others could not be read now."""
    limits = services.header_limits
    jobs = [
        HeaderJob(services.store, summary, services.pseudonymiser, limits)
        for summary in summaries
    ]
    results: list[ReadResult] = []
    failures: list[Retryable] = []
    done = until_down(services.pool.map_unordered(read_header_job, jobs))
    for n_done, (job, result) in enumerate(done, 1):
        report_progress("read", n_done, len(jobs))
        if isinstance(result, Retryable):
            failures.append(result)
        else:
            results.append(_as_result(job.summary, result))
    return results, failures


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
    follow("read", registration.instances.iter_rows(named=True))
    lake.upsert(OBJECTS, registration.objects)
