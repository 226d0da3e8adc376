"""Every kind of file that a programme's registers hand over, declared once.

Reading is `tasks.publish.table_file`'s work.
"""

from models.contract import DENSITIES
from tasks.lake.schemas import FOLLOW_UPS, OUTCOMES, REGISTRATIONS, TARGETS
from tasks.publish.decision import BIRADS_ASSESSMENTS
from tasks.publish.table_file import (
    FileColumn,
    FileKind,
    day,
    flag,
    one_of,
    size,
    whole,
    words,
)

_BREASTS = {"R": "R", "D": "R", "L": "L", "I": "L", "BOTH": "both", "AMBAS": "both"}
_SOURCES = {
    "READER": "reader", "RADIOLOGO": "reader", "PATHOLOGY": "pathology",
    "BIOPSIA": "pathology", "REGISTRY": "registry", "REGISTRO": "registry",
}  # fmt: skip
AGE_BANDS = ("under_40", "40_49", "50_59", "60_69", "70_over")

_EXAM = FileColumn(("exam_key", "examen"), words, is_needed=True)
_COMUNA = ("comuna",)

OUTCOME_FILE = FileKind(
    OUTCOMES,
    {
        "exam_key": _EXAM,
        "breast": FileColumn(("breast", "mama"), one_of(_BREASTS), is_needed=True),
        "source": FileColumn(("source", "fuente"), one_of(_SOURCES), is_needed=True),
        "birads_assessment": FileColumn(
            ("birads_assessment", "birads"), one_of({name: name for name in BIRADS_ASSESSMENTS})
        ),
        "breast_density": FileColumn(
            ("breast_density", "densidad"), one_of({name: name for name in DENSITIES})
        ),
        "recalled": FileColumn(("recalled", "rellamada"), flag),
        "is_malignant": FileColumn(("is_malignant", "cancer"), flag),
        "read_date": FileColumn(("read_date", "fecha_lectura"), day),
    },
)

REGISTRATION_FILE = FileKind(
    REGISTRATIONS,
    {
        "exam_key": _EXAM,
        "comuna": FileColumn(_COMUNA, words),
        "insurance_tier": FileColumn(("insurance_tier", "prevision"), words),
        "is_mobile": FileColumn(("is_mobile", "movil"), flag),
        "is_first_screen": FileColumn(("is_first_screen", "primer_tamizaje"), flag),
    },
)

FOLLOW_UP_FILE = FileKind(
    FOLLOW_UPS,
    {
        "exam_key": _EXAM,
        "technical_recall": FileColumn(("technical_recall", "repeticion_tecnica"), flag),
        "biopsy_recommended": FileColumn(("biopsy_recommended", "biopsia_recomendada"), flag),
        "biopsy_done": FileColumn(("biopsy_done", "biopsia_hecha"), flag),
        "is_open_biopsy": FileColumn(("is_open_biopsy", "biopsia_abierta"), flag),
        "is_invasive": FileColumn(("is_invasive", "invasor"), flag),
        "tumour_size_mm": FileColumn(("tumour_size_mm", "tamano_mm"), size),
        "is_node_positive": FileColumn(("is_node_positive", "ganglios_positivos"), flag),
        "is_mastectomy": FileColumn(("is_mastectomy", "mastectomia"), flag),
        "diagnosis_date": FileColumn(("diagnosis_date", "fecha_diagnostico"), day),
        "staging_date": FileColumn(("staging_date", "fecha_etapificacion"), day),
        "treatment_date": FileColumn(("treatment_date", "fecha_tratamiento"), day),
        "follow_up_months": FileColumn(("follow_up_months", "meses_seguimiento"), whole),
    },
)

TARGET_FILE = FileKind(
    TARGETS,
    {
        "comuna": FileColumn(_COMUNA, words, is_needed=True),
        "age_band": FileColumn(
            ("age_band", "grupo_edad"),
            one_of({name.upper(): name for name in AGE_BANDS}),
            is_needed=True,
        ),
        "first_day": FileColumn(("first_day", "primer_dia"), day, is_needed=True),
        "last_day": FileColumn(("last_day", "ultimo_dia"), day, is_needed=True),
        "n_women": FileColumn(("n_women", "mujeres"), whole, is_needed=True),
        "n_invited": FileColumn(("n_invited", "invitadas"), whole),
    },
)

FILE_KINDS = {
    "outcomes": OUTCOME_FILE,
    "registrations": REGISTRATION_FILE,
    "follow-ups": FOLLOW_UP_FILE,
    "targets": TARGET_FILE,
}
"""By the name that the command gives them."""
