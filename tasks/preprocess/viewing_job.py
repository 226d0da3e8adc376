"""One original's way to a screen, in a worker process: from the bucket to a packed view.

It imports no table library: workers are forked, and those start threads.
"""

from dataclasses import dataclass

from tasks.preprocess.codecs import decode
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.object_job import ObjectJob
from tasks.preprocess.reading import read_dataset
from tasks.preprocess.viewing import original_view


@dataclass(frozen=True)
class ViewJob(ObjectJob):
    """One original to show.

    Args:
        geometry: Where the breast lies.
        is_turned: Whether left and right of the original change places.
    """

    geometry: Geometry
    is_turned: bool


def make_view(job: ViewJob) -> bytes:
    """Read, verify, decode and pack one original; runs in a worker process.

    Raises:
        Rejected: If the object is damaged or cannot be decoded.
        Retryable: If the store does not answer, or holds another object by now.
    """
    dataset = read_dataset(job.read().data, job.limits)
    stored = decode(dataset, job.limits.max_frame_pixels)
    return original_view(dataset, stored, job.geometry, is_turned=job.is_turned)
