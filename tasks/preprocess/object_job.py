"""What every worker process's job on one original shares: which object, and its verified bytes.

It imports no table library: workers are forked, and those start threads.
"""

from dataclasses import dataclass
from functools import lru_cache

from tasks.ingest.container_members import read_whole
from tasks.ingest.object_store import ObjectStore, S3Location, VerifiedObject
from tasks.preprocess.reading import ReadLimits
from tasks.preprocess.worker_process import off_the_clock


@dataclass(frozen=True)
class ObjectJob:
    """One original to read; everything that a worker needs.

    Args:
        location: The bucket.
        limits: What the file may ask for.
        object_key: Of the original.
        etag: As listed.
        size_bytes: As listed.
        sha256: Digest of its bytes at first sight, where known.
    """

    location: S3Location
    limits: ReadLimits
    object_key: str
    etag: str
    size_bytes: int
    sha256: str | None

    def read(self) -> VerifiedObject:
        """Read the original whole, and prove that it is the one listed.

        Raises:
            Rejected: If a container's member is damaged.
            Retryable: If the store does not answer, or holds another object by now.
        """
        with off_the_clock():
            return read_whole(
                _store(self.location),
                self.object_key,
                self.etag,
                self.size_bytes,
                self.sha256,
            )


@lru_cache(maxsize=4)
def _store(location: S3Location) -> ObjectStore:
    """One client a worker process: connections are dear and live as long as the process."""
    return ObjectStore(location)
