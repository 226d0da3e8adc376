"""The plan of a campaign: how many exams, when, where, how ill; and its random streams.

The plan is data. Every number that follows from it is drawn from a stream named by seed, exam
and purpose, so no result depends on order, processes or threads.
"""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from tasks.synthetic.equipment import FLEET, Unit

_WORKING_DAYS = "Mon Tue Wed Thu Fri Sat"


@dataclass(frozen=True)
class CampaignPlan:
    """What to generate.

    Args:
        n_exams: Exams, numbered from 0 in order of their dates.
        seed: Of everything random.
        cancer_fraction: Share of exams with a cancer; a screening population has 0.005.
        benign_fraction: Share of breasts with a benign lesion, of those without cancer.
        trouble: Whether some objects are damaged, foreign or incomplete.
        size_scale: Size of the images against the real ones; 0.25 for fast tests.
        start_date: First day.
        n_days: Working days (Monday to Saturday) that the exams are spread over.
        fleet: Units, with their mammographs.
    """

    n_exams: int
    seed: int = 0
    cancer_fraction: float = 0.25
    benign_fraction: float = 0.16
    trouble: bool = True
    size_scale: float = 1.0
    start_date: date = date(2026, 11, 2)
    n_days: int = 18
    fleet: tuple[Unit, ...] = FLEET

    def stream(self, index: int, *purpose: str) -> np.random.Generator:
        """The random stream of an exam for a purpose."""
        name = zlib.crc32("/".join(purpose).encode())
        return np.random.default_rng((self.seed, index, name))

    def exam_date(self, index: int) -> date:
        """The day of an exam."""
        day = index * self.n_days // self.n_exams
        offset = np.busday_offset(self.start_date, day, roll="forward", weekmask=_WORKING_DAYS)
        return offset.astype(object)
