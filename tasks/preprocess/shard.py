"""A shard's images: from objects in the bucket to rows of `images`.

Keys come in and counts go out; pixels pass from a worker process to the lake and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from tasks.errors import Rejected, Retryable
from tasks.ingest.retries import all_lost, until_down
from tasks.lake.objects import change_objects
from tasks.lake.schemas import IMAGE_QUALITY, IMAGES, INSTANCES, OBJECTS
from tasks.lake.store import Lake
from tasks.preprocess.image_job import ImageJob, make_image
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.run import Run
from tasks.services import Services
from tasks.telemetry import follow

IMAGES_PER_COMMIT = 64
"""Bounds memory: 64 network inputs are 32 MiB."""


_OF_OBJECT = ("object_key", "etag", "size_bytes", "sha256", "sop_instance_key", "exam_key")


@dataclass(frozen=True)
class ShardCounts:
    """What a shard did."""

    n_done: int
    n_set_aside: int


def preprocess_shard(exam_keys: list[str], services: Services, run: Run) -> ShardCounts:
    """Make the network inputs that the exams of a shard lack.

    Raises:
        Retryable: If some objects could not be read now; what was read is committed.
    """
    lake = services.lake
    jobs = list(_jobs(exam_keys, services))
    results = until_down(services.pool.map_unordered(make_image, jobs))
    n_tried, n_set_aside, failures = 0, 0, list[Retryable]()
    while batch := dict(islice(results, IMAGES_PER_COMMIT)):
        made = {job: result for job, result in batch.items() if isinstance(result, dict)}
        refused = {job: result for job, result in batch.items() if isinstance(result, Rejected)}
        failures += [result for result in batch.values() if isinstance(result, Retryable)]
        n_tried, n_set_aside = n_tried + len(batch), n_set_aside + len(refused)
        _commit(lake, made, refused, run)
    if failures:
        raise all_lost("objects", failures, n_tried, len(jobs))
    return ShardCounts(len(jobs) - n_set_aside, n_set_aside)


def _jobs(exam_keys: list[str], services: Services) -> Iterator[ImageJob]:
    """The present, pending holders of the shard's instances that lack this version's image."""
    lake = services.lake
    in_shard = pl.col("exam_key").is_in(exam_keys)
    is_pending = (pl.col("state") == "pending") & pl.col("gone_at").is_null()
    waiting = lake.read(OBJECTS, where=in_shard & is_pending)
    holders = lake.read(
        INSTANCES, columns=["sop_instance_key", "object_key", "etag"], where=in_shard
    )
    made = lake.read(
        IMAGES,
        columns=["sop_instance_key", "etag"],
        where=in_shard & (pl.col("preprocessing_version") == PREPROCESSING_VERSION),
    )
    jobs = waiting.join(
        holders, on=["sop_instance_key", "object_key", "etag"], how="semi"
    ).join(made, on=["sop_instance_key", "etag"], how="anti")
    for row in jobs.sort("object_key").iter_rows(named=True):
        yield ImageJob(
            services.store.location,
            services.read_limits,
            **{name: row[name] for name in _OF_OBJECT},
        )


def _commit(
    lake: Lake,
    made: dict[ImageJob, dict[str, object]],
    refused: dict[ImageJob, Rejected],
    run: Run,
) -> None:
    images = [{**row, "run_id": run.run_id} for row in made.values()]
    rows = pl.DataFrame(images, schema=IMAGES.schema)
    lake.upsert(IMAGE_QUALITY, rows.select(IMAGE_QUALITY.schema.names()))
    lake.upsert(IMAGES, rows)  # last: it says that an image is made
    follow("preprocessed", images)
    set_aside = [
        {
            "object_key": job.object_key,
            "etag": job.etag,
            "state": "unscorable",
            "reason": error.reason.value,
            "detail": error.detail,
        }
        for job, error in refused.items()
    ]
    change_objects(lake, set_aside, run.started_at)
