"""A generated campaign as a labelled data set: the tables instances, images and labels.

It resumes after the last commit, and never mixes two preprocessing versions in one lake.
"""

from collections.abc import Iterator
from itertools import islice

import polars as pl

from tasks.datasets.generated_exam import ExamJob, ExamRows, exam_key_of, make_exam, source_of
from tasks.errors import ContractViolation, Rejected, Retryable
from tasks.lake.schemas import IMAGES, INSTANCES, LABELS
from tasks.lake.store import Lake
from tasks.preprocess.transform import PREPROCESSING_VERSION
from tasks.preprocess.workers import WorkerPool
from tasks.run import report_progress
from tasks.synthetic.plan import CampaignPlan

EXAMS_PER_COMMIT = 16
"""Bounds memory and what a kill loses: 64 network inputs are 32 MiB."""


def make_generated_set(lake: Lake, plan: CampaignPlan, pool: WorkerPool) -> int:
    """Generate and preprocess the exams of a plan that the lake lacks.

    Args:
        lake: Of this data set alone.
        plan: Which exams; its trouble is left out.
        pool: Where they are made.

    Returns:
        How many exams were made now.

    Raises:
        ContractViolation: If an exam cannot be made, or the lake holds another preprocessing.
    """
    _refuse_other_preprocessing(lake)
    jobs = list(_missing(lake, plan))
    results = (result for _, result in pool.map_unordered(make_exam, jobs))
    done = plan.n_exams - len(jobs)
    report_progress("generate", done, plan.n_exams)
    while batch := [_checked(result) for result in islice(results, EXAMS_PER_COMMIT)]:
        _commit(lake, batch)
        done += len(batch)
        report_progress("generate", done, plan.n_exams)
    return len(jobs)


def _refuse_other_preprocessing(lake: Lake) -> None:
    versions = lake.read(IMAGES, columns=["preprocessing_version"]).unique()
    if set(versions["preprocessing_version"]) - {PREPROCESSING_VERSION}:
        raise ContractViolation(
            f"{lake.url} was made by another preprocessing than {PREPROCESSING_VERSION}: "
            "delete it or choose another folder."
        )


def _missing(lake: Lake, plan: CampaignPlan) -> Iterator[ExamJob]:
    """Exams without labels: those are committed last."""
    of_plan = pl.col("source") == source_of(plan)
    labels = lake.read(LABELS, columns=["exam_key", "source"], where=of_plan)
    made = set(labels["exam_key"])
    for index in range(plan.n_exams):
        if exam_key_of(plan, index) not in made:
            yield ExamJob(plan, index)


def _checked(result: ExamRows | Rejected | Retryable) -> ExamRows:
    if isinstance(result, ExamRows):
        return result
    raise ContractViolation(f"A generated exam cannot be made: {result}") from result


def _commit(lake: Lake, exams: list[ExamRows]) -> None:
    for table, part in ((INSTANCES, "instances"), (IMAGES, "images"), (LABELS, "labels")):
        rows = [row for exam in exams for row in getattr(exam, part)]
        lake.insert_new(table, table.frame(rows))
