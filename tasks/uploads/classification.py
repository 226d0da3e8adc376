"""Batches from files to sorted results: worker processes read, Triton scores.

A file that kills its worker is set aside like any other; a Triton that is away leaves the files
where they are, to be tried again.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Lock, Thread, Timer
from time import monotonic
from typing import Any

import cv2
import numpy as np
import polars as pl

from models.contract import IMAGE
from tasks.errors import Rejected, Retryable, SmartMammoError
from tasks.ingest.header import HeaderLimits
from tasks.ingest.local_files import list_files
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.preprocess.reading import ReadLimits
from tasks.preprocess.workers import WorkerPool
from tasks.run import Run
from tasks.score.shard import score_rows
from tasks.score.triton import TritonModel
from tasks.uploads.batch import AWAY, DONE, FAILED, WORKING, Batch, UploadLimits
from tasks.uploads.results import UploadedImage, group_exams
from tasks.uploads.upload_job import PictureJob, Upload, UploadJob, draw_picture, read_upload

LOG = logging.getLogger(__name__)

IMAGES_PER_REQUEST = 16
"""Bounds memory, and lets progress be seen."""


PRINT_HEIGHT_PX = 512
"""Of a picture 58 mm high: 224 an inch."""


@dataclass
class Classifier:
    """Batches and the way through them; safe to share between a server's threads.

    Args:
        folder: For batches; what a former process left in it is removed.
        pool: Where files are decoded.
        model_of: The model as it is pinned now.
        calibrations_of: The calibrations of a model version.
        pseudonymiser: The programme's.
        header_limits: What a file may ask for at the door.
        read_limits: What it may ask for on its way to the network input.
        limits: What somebody may hand in.
        run: Names the work in rows; nothing of it is stored.
    """

    folder: Path
    pool: WorkerPool
    model_of: Callable[[], TritonModel]
    calibrations_of: Callable[[str], pl.DataFrame]
    pseudonymiser: Pseudonymiser
    header_limits: HeaderLimits
    read_limits: ReadLimits
    run: Run
    limits: UploadLimits = field(default_factory=UploadLimits)
    _batches: dict[str, Batch] = field(default_factory=dict[str, Batch])
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)

    def open(self, owner: str) -> Batch:
        """Open an empty batch for somebody."""
        self.sweep()
        batch = Batch(self.folder, owner, self.limits)
        batch.folder = self.folder / batch.batch_id
        batch.folder.mkdir(mode=0o700)
        with self._lock:
            while len(self._batches) >= self.limits.max_batches:
                self._batches.pop(next(iter(self._batches))).close()
            self._batches[batch.batch_id] = batch
        self._sweep_later()
        return batch

    def find(self, owner: str, batch_id: str) -> Batch | None:
        """Somebody's own batch."""
        batch = self._batches.get(batch_id)
        if batch is None or batch.owner != owner:
            return None
        batch.used_at_s = monotonic()
        return batch

    def close(self, batch: Batch) -> None:
        """Remove a batch with all its files."""
        with self._lock:
            self._batches.pop(batch.batch_id, None)
        batch.close()

    def sweep(self) -> None:
        """Close the batches that nobody asked for in a long time."""
        for batch in list(self._batches.values()):
            if monotonic() - batch.used_at_s > self.limits.idle_s:
                self.close(batch)

    def _sweep_later(self) -> None:
        timer = Timer(self.limits.idle_s + 1, self.sweep)
        timer.daemon = True
        timer.start()

    def start(self, batch: Batch) -> None:
        """Read and score a batch in the background; again where Triton was away."""
        with batch.lock:
            if batch.state == WORKING:
                return
            batch.state, batch.n_read, batch.n_scored = WORKING, 0, 0
        Thread(target=self.work, args=(batch,), daemon=True).start()

    def work(self, batch: Batch) -> None:
        """Read and score a batch; its state says how that ended."""
        try:
            model = self.model_of()
            with model:
                images = self._answered(batch, model)
            batch.exams = group_exams(images, self.calibrations_of(model.version))
            batch.state = DONE
        except Retryable as error:
            LOG.warning("A batch waits: %s", error)
            batch.state = AWAY
        except (SmartMammoError, OSError, RuntimeError):  # the last: a flaw of ours in a worker
            LOG.exception("A batch failed.")
            batch.state = FAILED

    def pictures(
        self, batch: Batch, picture_format: str, height_px: int | None
    ) -> Iterator[tuple[UploadJob, bytes]]:
        """Draw every scored file of a batch."""
        scored = {image.number for exam in batch.exams for image in exam.images if image.answer}
        jobs = [
            PictureJob(job, picture_format, height_px)
            for job in batch.jobs
            if job.number in scored
        ]
        for job, drawn in self.pool.map_unordered(draw_picture, jobs):
            if isinstance(drawn, bytes):
                yield job.upload, drawn

    def _answered(self, batch: Batch, model: TritonModel) -> list[UploadedImage]:
        # By name: files arrive as they please, and reports tell them by their number.
        paths = sorted(batch.names, key=lambda path: (batch.names[path], path))
        files = list_files(paths, self.header_limits.container)
        batch.jobs = [
            UploadJob(number, file, self.header_limits, self.read_limits, self.pseudonymiser)
            for number, file in enumerate(files)
        ]
        results = self.pool.map_unordered(read_upload, batch.jobs)
        images: list[UploadedImage] = []
        while part := dict(islice(_counted(results, batch), IMAGES_PER_REQUEST)):
            uploads = {job: _upload(result) for job, result in part.items()}
            answers = _score(uploads, model, self.run)
            for job, upload in uploads.items():
                answer = answers.get(job.number)
                images.append(_image(batch, job, upload, answer))
                _keep_pictures(batch, job, upload, answer)
            batch.n_scored += len(answers)
        return sorted(images, key=lambda image: image.number)


def _counted(results: Iterator[Any], batch: Batch) -> Iterator[Any]:
    """Let whoever waits see each file that is read."""
    for result in results:
        batch.n_read += 1
        yield result


def _upload(result: Upload | Rejected | Retryable) -> Upload:
    if isinstance(result, Retryable):
        raise result
    if isinstance(result, Rejected):
        return Upload(reason=result.reason, detail=result.detail)
    return result


def _score(
    uploads: dict[UploadJob, Upload], model: TritonModel, run: Run
) -> dict[int, dict[str, Any]]:
    """Rows of `image_scores` by number, of what has a network input."""
    inputs = {
        job.number: upload.network_input
        for job, upload in uploads.items()
        if upload.network_input is not None
    }
    if not inputs:
        return {}
    keys = pl.DataFrame(
        [
            {
                "sop_instance_key": str(number),
                "etag": "upload",
                "exam_key": "upload",
                **vars(made.geometry),
            }
            for number, made in inputs.items()
        ]
    )
    batch = np.stack([made.pixels.reshape(IMAGE.shape) for made in inputs.values()])
    rows = score_rows(keys, model.score(batch), model.version, run)
    return dict(zip(inputs, rows, strict=True))


def _image(
    batch: Batch, job: UploadJob, upload: Upload, answer: dict[str, Any] | None
) -> UploadedImage:
    made = upload.network_input
    name = batch.names[job.file.path]
    member = "" if job.file.number is None else f" [{job.file.number + 1}]"
    return UploadedImage(
        job.number,
        name + member,
        upload.instance,
        made.geometry if made else None,
        answer,
        upload.reason,
    )


def _keep_pictures(
    batch: Batch, job: UploadJob, upload: Upload, answer: dict[str, Any] | None
) -> None:
    """Write the network input's pictures beside the file, for cards and the report."""
    made = upload.network_input
    if made is None or answer is None:
        return
    height = max(round(made.geometry.crop_height_px * made.geometry.scale), 1)
    width = max(round(made.geometry.crop_width_px * made.geometry.scale), 1)
    shown = made.pixels[:height, :width]
    cv2.imwrite(str(batch.picture(job.number)), shown)
    scale = min(1.0, PRINT_HEIGHT_PX / height)
    printed = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(batch.print_picture(job.number)), printed, [cv2.IMWRITE_JPEG_QUALITY, 85])
