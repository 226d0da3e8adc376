"""A candidate scores past nights beside the served version, into rows of its own version.

It reads the network inputs that the nights left in the lake, and writes `image_scores` and
`exam_scores` under the candidate's version: lists name the version that they rest on, so none
changes. Nights come first: only published ones are scored, and between small batches it gives
way as long as a night is scoring.
"""

from collections.abc import Callable
from time import monotonic, sleep

import polars as pl

from tasks.errors import ContractViolation, Retryable
from tasks.lake.schemas import PRIORITY_LISTS
from tasks.lake.store import Lake
from tasks.run import Run, report_progress
from tasks.score.exams import aggregate
from tasks.score.shard import score_images
from tasks.score.triton import TritonModel

EXAMS_AT_A_TIME = 8
"""About 32 images: the longest that a night's first batch can stand behind."""

LOOK_AGAIN_S = 2.0
PATIENCE_S = 4 * 3600.0
"""A night that is still scoring after this is not waited for."""

IsNightScoring = Callable[[], bool]


def shadow_nights(
    lake: Lake, model: TritonModel, n_nights: int, run: Run, is_night_scoring: IsNightScoring
) -> int:
    """Have a candidate score the exams of the last published lists.

    Args:
        lake: With the nights' network inputs.
        model: The candidate.
        n_nights: Lists, counted from the latest.
        run: That the rows name.
        is_night_scoring: Asked before each batch.

    Returns:
        How many images were scored now; those scored before are not scored again.

    Raises:
        Retryable: If Triton is away, or a night scores for hours; what was scored stays.
        ContractViolation: If nothing was published yet, or the answers break the contract.
    """
    exam_keys = published_exams(lake, n_nights)
    n_images = 0
    for start in range(0, len(exam_keys), EXAMS_AT_A_TIME):
        give_way(is_night_scoring)
        part = exam_keys[start : start + EXAMS_AT_A_TIME]
        n_images += score_images(part, lake, model, run)
        report_progress("shadow", min(start + EXAMS_AT_A_TIME, len(exam_keys)), len(exam_keys))
    aggregate(lake, model.version, run)
    return n_images


def published_exams(lake: Lake, n_nights: int) -> list[str]:
    """Keys of the exams on the last published lists.

    Raises:
        ContractViolation: If there is no list yet.
    """
    lists = lake.read(PRIORITY_LISTS, columns=["list_date", "exam_key"])
    if lists.is_empty():
        raise ContractViolation(
            "No list was published yet: run a night with `mammo campaign`, then shadow it."
        )
    dates = lists["list_date"].unique().sort(descending=True).head(n_nights)
    shadowed = lists.filter(pl.col("list_date").is_in(dates.implode()))
    return shadowed["exam_key"].unique().sort().to_list()


def give_way(is_night_scoring: IsNightScoring) -> None:
    """Wait as long as a night is scoring.

    Raises:
        Retryable: If that takes longer than `PATIENCE_S`.
    """
    deadline = monotonic() + PATIENCE_S
    while is_night_scoring():
        if monotonic() > deadline:
            raise Retryable(
                "A night has been scoring for hours: shadow again once its list is published."
            )
        sleep(LOOK_AGAIN_S)
