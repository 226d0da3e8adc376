"""The campaigns that are measured: generated exams, all 4096 x 3328 and JPEG Lossless.

Nothing is damaged in them, so that every exam costs the whole way.
"""

from dataclasses import replace

from pydicom.uid import JPEGLosslessSV1

from tasks.synthetic.equipment import FLEET, Equipment, Unit
from tasks.synthetic.plan import CampaignPlan

ROWS, COLUMNS = 4096, 3328


def full_size(equipment: Equipment) -> Equipment:
    """The same mammograph with one large detector, compressing as most do."""
    return replace(
        equipment,
        sizes=((ROWS, COLUMNS), (ROWS, COLUMNS)),
        transfer_syntaxes=((JPEGLosslessSV1, 1.0),),
    )


def plan_of(n_exams: int, fleet: tuple[Unit, ...] = FLEET, seed: int = 7) -> CampaignPlan:
    """A campaign without trouble."""
    units = tuple(replace(unit, equipment=full_size(unit.equipment)) for unit in fleet)
    return CampaignPlan(n_exams=n_exams, seed=seed, trouble=False, fleet=units)
