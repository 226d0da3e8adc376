"""One header's work in a worker process: from an object's first bytes to its facts.

It imports no table library: workers are forked, and those start threads.
"""

from dataclasses import dataclass

from tasks.ingest.header import HeaderLimits
from tasks.ingest.instances import ReadResult, read_object
from tasks.ingest.object_store import ObjectStore, ObjectSummary
from tasks.ingest.pseudonym import Pseudonymiser


@dataclass(frozen=True)
class HeaderJob:
    """One header to read; everything that a worker needs."""

    store: ObjectStore
    summary: ObjectSummary
    pseudonymiser: Pseudonymiser
    limits: HeaderLimits


def read_header_job(job: HeaderJob) -> ReadResult:
    """Read one object's header.

    Raises:
        Retryable: If the store does not answer, or holds another object by now.
    """
    return read_object(job.store, job.summary, job.pseudonymiser, job.limits)
