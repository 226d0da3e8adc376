"""Originals in full depth and size, for the viewer: fetched and decoded in worker processes.

Those shown last are kept, within a bound of bytes and in memory alone; nothing is written. Who
may see them is `reports_app.access`'s business.
"""

from collections import OrderedDict
from threading import Lock

from reports_app.exam_records import Original
from tasks.errors import Rejected, Retryable
from tasks.ingest.object_store import S3Location
from tasks.preprocess.reading import ReadLimits
from tasks.preprocess.viewing_job import ViewJob, make_view
from tasks.preprocess.workers import WorkerPool

MAX_KEPT_BYTES = 256 << 20
"""About forty images, compressed."""


class Originals:
    """The bucket's images as packed views; safe to share between a server's threads.

    Args:
        location: The bucket.
        pool: Where they are decoded.
        limits: What a file may ask for.
        max_kept_bytes: Of views kept for the next look.
    """

    def __init__(
        self,
        location: S3Location,
        pool: WorkerPool,
        limits: ReadLimits,
        max_kept_bytes: int = MAX_KEPT_BYTES,
    ) -> None:
        self._location = location
        self._pool = pool
        self._limits = limits
        self._max_kept_bytes = max_kept_bytes
        self._kept: OrderedDict[ViewJob, bytes] = OrderedDict()
        self._lock = Lock()

    def view(self, original: Original, *, is_turned: bool) -> bytes:
        """An original's packed view (`tasks.preprocess.viewing`).

        Raises:
            Rejected: If the object is damaged or cannot be decoded.
            Retryable: If the store does not answer, or holds another object by now.
        """
        job = ViewJob(self._location, self._limits, **vars(original), is_turned=is_turned)
        with self._lock:
            if job in self._kept:
                self._kept.move_to_end(job)
                return self._kept[job]
        view = self._make(job)
        self._keep(job, view)
        return view

    def _make(self, job: ViewJob) -> bytes:
        _, result = next(self._pool.map_unordered(make_view, [job]))
        if isinstance(result, Rejected | Retryable):
            raise result
        return result

    def _keep(self, job: ViewJob, view: bytes) -> None:
        with self._lock:
            self._kept[job] = view
            n_bytes = sum(map(len, self._kept.values()))
            while n_bytes > self._max_kept_bytes and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                n_bytes -= len(dropped)
