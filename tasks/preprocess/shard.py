"""A shard's images: from objects in the bucket to rows of `images`.

Keys come in and counts go out; pixels pass from a worker process to the lake and nowhere else.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import polars as pl

from tasks.errors import Rejected, Retryable
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.lake.objects import change_objects
from tasks.lake.schemas import IMAGES, INSTANCES, OBJECTS
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION, make_network_input
from tasks.preprocess.workers import WorkerPool
from tasks.run import Run

IMAGES_PER_COMMIT = 64
"""Bounds memory: 64 network inputs are 32 MiB."""


@dataclass(frozen=True)
class ImageJob:
    """One image to read and transform; everything that a worker needs."""

    location: S3Location
    object_key: str
    etag: str
    size_bytes: int
    sha256: str | None
    sop_instance_key: str
    exam_key: str


@dataclass(frozen=True)
class ShardCounts:
    """What a shard did."""

    n_done: int
    n_set_aside: int


@lru_cache(maxsize=4)
def _store(location: S3Location) -> ObjectStore:
    """One client a worker process: connections are dear and live as long as the process."""
    return ObjectStore(location)


def make_image(job: ImageJob) -> dict[str, object]:
    """Read, verify and transform one object; runs in a worker process.

    Returns:
        A row of `images` without run_id.

    Raises:
        Rejected: If the object is damaged or cannot be decoded.
        Retryable: If the store does not answer.
    """
    verified = _store(job.location).read(job.object_key, job.etag, job.size_bytes, job.sha256)
    network_input = make_network_input(verified.data)
    pixels = network_input.pixels.tobytes()
    geometry = network_input.geometry
    return {
        "sop_instance_key": job.sop_instance_key,
        "preprocessing_version": PREPROCESSING_VERSION,
        "etag": job.etag,
        "exam_key": job.exam_key,
        "object_sha256": verified.sha256,
        "pixels": pixels,
        "pixels_sha256": hashlib.sha256(pixels).hexdigest(),
        "crop_top_px": geometry.crop_top_px,
        "crop_left_px": geometry.crop_left_px,
        "crop_height_px": geometry.crop_height_px,
        "crop_width_px": geometry.crop_width_px,
        "is_flipped": geometry.is_flipped,
        "scale": geometry.scale,
        "breast_area_fraction": network_input.breast_area_fraction,
    }


def preprocess_shard(
    exam_keys: list[str], lake: Lake, store: ObjectStore, pool: WorkerPool, run: Run
) -> ShardCounts:
    """Make the network inputs that the exams of a shard lack.

    Raises:
        Retryable: If some objects could not be read now; what was read is committed.
    """
    jobs = list(_jobs(exam_keys, lake, store.location))
    results = pool.map_unordered(make_image, jobs)
    n_set_aside, failures = 0, list[Retryable]()
    while batch := dict(islice(results, IMAGES_PER_COMMIT)):
        made = {job: result for job, result in batch.items() if isinstance(result, dict)}
        refused = {job: result for job, result in batch.items() if isinstance(result, Rejected)}
        failures += [result for result in batch.values() if isinstance(result, Retryable)]
        n_set_aside += len(refused)
        _commit(lake, made, refused, run)
    if failures:
        raise Retryable(
            f"{len(failures)} of {len(jobs)} objects could not be read: {failures[0]}"
        )
    return ShardCounts(len(jobs) - n_set_aside, n_set_aside)


def _jobs(exam_keys: list[str], lake: Lake, location: S3Location) -> Iterator[ImageJob]:
    """The present, pending holders of the shard's instances that lack this version's image."""
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
            location,
            **{name: row[name] for name in ImageJob.__annotations__ if name != "location"},
        )


def _commit(
    lake: Lake,
    made: dict[ImageJob, dict[str, object]],
    refused: dict[ImageJob, Rejected],
    run: Run,
) -> None:
    images = [{**row, "run_id": run.run_id} for row in made.values()]
    lake.upsert(IMAGES, pl.DataFrame(images, schema=IMAGES.schema))
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
