"""A reading of a published set to the lake's tables, and the report on it.

It goes on after the last commit, drops nothing in silence, and commits images last: an image in
the lake has its instance and label.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

import polars as pl

from tasks.datasets.keys import ImageJob, keys_of
from tasks.datasets.records import BadRow, Card, Reading
from tasks.datasets.rows import ImageRows, make_label, make_rows
from tasks.errors import Rejected, Retryable
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake
from tasks.run import report_progress

IMAGES_PER_COMMIT = 64
"""Bounds memory and what a kill loses: 64 network inputs are 32 MiB."""

N_EXAMPLES = 20
"""Bad rows and images that a report names for each reason; it counts all."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Pool(Protocol):
    """Where images are made, such as `tasks.preprocess.workers.WorkerPool`."""

    def map_unordered(
        self, function: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[tuple[Item, Result | Rejected | Retryable]]:
        """Run a function on every item."""
        ...


@dataclass
class Outcome:
    """What became of the images: how many were written, and what stood in the way."""

    n_written: int = 0
    rejected: list[BadRow] = field(default_factory=list[BadRow])
    remarks: list[BadRow] = field(default_factory=list[BadRow])

    def add(self, job: ImageJob, rows: ImageRows | Rejected | Retryable) -> None:
        """Count an image."""
        where = job.record.object_key
        if isinstance(rows, ImageRows):
            self.n_written += 1
            self.remarks += [BadRow(where, remark) for remark in rows.remarks]
        else:
            self.rejected.append(BadRow(where, str(rows)))


def import_reading(lake: Lake, card: Card, reading: Reading, pool: Pool) -> dict[str, Any]:
    """Write what a folder holds of a set, or what the lake lacks of it.

    Returns:
        The report: what was found, published, absent, bad and written.
    """
    jobs = [ImageJob(card, record) for record in reading.records]
    n_labels = _write_bare_labels(lake, [job for job in jobs if job.record.path is None])
    missing = _missing(lake, [job for job in jobs if job.record.path is not None])
    outcome = _write_images(lake, missing, pool)
    written = {"labels_without_image": n_labels, "images": outcome.n_written}
    return describe(card, reading, outcome) | {"written_now": written}


def _write_bare_labels(lake: Lake, jobs: list[ImageJob]) -> int:
    """Labels of images whose files are absent: their regions need no pixel."""
    rows = [make_label(job, list(job.record.lesions)) for job in jobs]
    return lake.upsert(LABELS, LABELS.frame(rows)) if rows else 0


def _missing(lake: Lake, jobs: list[ImageJob]) -> list[ImageJob]:
    columns = ["sop_instance_key", "preprocessing_version"]
    present = set(lake.read(IMAGES, columns=columns).select(columns).iter_rows())
    return [
        job
        for job in jobs
        if (keys_of(job)["sop_instance_key"], job.preprocessing_version) not in present
    ]


def _write_images(lake: Lake, jobs: list[ImageJob], pool: Pool) -> Outcome:
    outcome, n_done = Outcome(), 0
    report_progress("import", n_done, len(jobs))
    waiting = iter(jobs)
    while some := list(islice(waiting, IMAGES_PER_COMMIT)):
        # Two imports write the same rows in a file, however fast each worker was.
        made = pool.map_unordered(make_rows, some)
        batch = sorted(made, key=lambda pair: pair[0].record.object_key)
        _commit(lake, [rows for _, rows in batch if isinstance(rows, ImageRows)])
        for job, rows in batch:
            outcome.add(job, rows)
        n_done += len(batch)
        report_progress("import", n_done, len(jobs))
    return outcome


def _commit(lake: Lake, made: list[ImageRows]) -> None:
    if made:
        lake.upsert(INSTANCES, INSTANCES.frame([rows.instance for rows in made]))
        lake.upsert(LABELS, LABELS.frame([rows.label for rows in made]))
        lake.insert_new(IMAGES, IMAGES.frame([rows.image for rows in made]))


def describe(card: Card, reading: Reading, outcome: Outcome) -> dict[str, Any]:
    """What was found beside what its authors published, and what is bad."""
    return {
        "data_set": card.name,
        "title": card.title,
        "licence": card.licence,
        "is_film": card.is_film,
        "found": dict(reading.found),
        "published": dict(card.published),
        "differences": differences(card, reading),
        "absent": list(reading.absent),
        "bad_rows": _by_reason(reading.bad_rows),
        "rejected_images": _by_reason(outcome.rejected),
        "remarks": _by_reason(outcome.remarks),
        "notes": list(reading.notes),
        "labels": _label_counts(reading),
    }


def differences(card: Card, reading: Reading) -> list[str]:
    """A sentence on each count that is not the published one."""
    return [
        f"{what}: {reading.found.get(what, 0)} found, {n} published"
        for what, n in card.published.items()
        if reading.found.get(what, 0) != n
    ]


def _by_reason(rows: list[BadRow]) -> dict[str, dict[str, Any]]:
    """How many rows have each reason, and the first of them by name."""
    reasons = Counter(row.reason for row in rows)
    return {
        reason: {
            "n": n,
            "examples": [row.where for row in rows if row.reason == reason][:N_EXAMPLES],
        }
        for reason, n in reasons.most_common()
    }


def _label_counts(reading: Reading) -> dict[str, dict[str, int]]:
    columns = ("is_malignant", "finding", "assessment", "breast_density", "split")
    frame = pl.DataFrame(
        [{name: str(getattr(record, name)) for name in columns} for record in reading.records],
        schema=dict.fromkeys(columns, pl.String()),
    )
    return {name: dict(frame[name].value_counts().sort(name).iter_rows()) for name in columns}
