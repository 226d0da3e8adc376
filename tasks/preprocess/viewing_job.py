"""One original's way to a screen, in a worker process: from the bucket to a packed view.

It imports no table library: workers are forked, and those start threads.
"""

from dataclasses import dataclass
from functools import lru_cache

from tasks.ingest.container_members import read_whole
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.preprocess.codecs import decode
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.reading import ReadLimits, read_dataset
from tasks.preprocess.viewing import original_view
from tasks.preprocess.worker_process import off_the_clock


@dataclass(frozen=True)
class ViewJob:
    """One original to show.

    Args:
        location: The bucket.
        limits: What the file may ask for.
        object_key: Of the original.
        etag: As listed.
        size_bytes: As listed.
        sha256: Digest of its bytes at first sight, where known.
        geometry: Where the breast lies.
        is_turned: Whether left and right of the original change places.
    """

    location: S3Location
    limits: ReadLimits
    object_key: str
    etag: str
    size_bytes: int
    sha256: str | None
    geometry: Geometry
    is_turned: bool


@lru_cache(maxsize=4)
def _store(location: S3Location) -> ObjectStore:
    return ObjectStore(location)


def make_view(job: ViewJob) -> bytes:
    """Read, verify, decode and pack one original; runs in a worker process.

    Raises:
        Rejected: If the object is damaged or cannot be decoded.
        Retryable: If the store does not answer, or holds another object by now.
    """
    with off_the_clock():
        verified = read_whole(
            _store(job.location), job.object_key, job.etag, job.size_bytes, job.sha256
        )
    dataset = read_dataset(verified.data, job.limits)
    stored = decode(dataset, job.limits.max_frame_pixels)
    return original_view(dataset, stored, job.geometry, is_turned=job.is_turned)
