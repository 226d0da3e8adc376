"""Generates a campaign's objects, exam by exam, in this process or in several.

The order and every byte follow from the plan; at most a few exams are in memory at a time.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import cv2

from models.contract import LATERALITIES, VIEWS
from tasks.synthetic.exams import generate_image, plan_exam
from tasks.synthetic.plan import CampaignPlan
from tasks.synthetic.trouble import GeneratedObject, trouble_of
from tasks.synthetic.troubled import clean_objects, troubled_objects


def generate_exam(plan: CampaignPlan, index: int) -> list[GeneratedObject]:
    """Generate the objects of one exam.

    Args:
        plan: The campaign.
        index: Of the exam, 0 to `plan.n_exams - 1`.

    Returns:
        Its images, R CC, R MLO, L CC, L MLO, as trouble left them, then foreign objects.

    Raises:
        IndexError: If the plan has no such exam.
    """
    if not 0 <= index < plan.n_exams:
        raise IndexError(f"The plan has exams 0 to {plan.n_exams - 1}, not {index}.")
    exam = plan_exam(plan, index)
    images = [
        generate_image(plan, exam, laterality, view)
        for laterality in LATERALITIES
        for view in VIEWS
    ]
    trouble = trouble_of(plan, index)
    return troubled_objects(images, trouble) if trouble else clean_objects(images)


def generate_campaign(
    plan: CampaignPlan, n_workers: int = 1, *, first: int = 0
) -> Iterator[GeneratedObject]:
    """Generate all objects of a campaign, in the order of the exams.

    Args:
        plan: The campaign.
        n_workers: Processes; with 1 the work is done here. More need a main module that can be
            imported again, as `multiprocessing` always does.
        first: Index of the exam to start with: those before it are there already.

    Yields:
        Objects; two exams a worker are under way or waiting at a time.
    """
    if n_workers <= 1:
        for index in range(first, plan.n_exams):
            yield from generate_exam(plan, index)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(n_workers, context, cv2.setNumThreads, (1,)) as pool:
        waiting: deque[Future[list[GeneratedObject]]] = deque()
        try:
            for index in range(first, plan.n_exams):
                waiting.append(pool.submit(generate_exam, plan, index))
                if len(waiting) == 2 * n_workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
