"""Tables of what the programme knows beside images: who was invited, what followed a recall.

The programme's own registers fill them; where a register is missing, so is what rests on it.
They stand among all the others in `tasks.lake.schemas`.
"""

from tasks.lake.columns import EXAM_KEY, Table, day, flag, real, text, timestamp, whole

REGISTRATIONS = Table(
    "registrations",
    "what the programme's register says of an exam's woman",
    ("exam_key",),
    (
        EXAM_KEY,
        text("comuna", "Comuna of residence.", nullable=True),
        text("insurance_tier", "Such as FONASA A.", nullable=True),
        flag("is_mobile", "Whether a mobile unit took the images.", nullable=True),
        flag("is_first_screen", "Whether it is the woman's first screen.", nullable=True),
    ),
)

FOLLOW_UPS = Table(
    "follow_ups",
    "what followed an exam, from the programme's register",
    ("exam_key",),
    (
        EXAM_KEY,
        flag("technical_recall", "Whether images were repeated for technical reasons.",
             nullable=True),
        flag("biopsy_recommended", "Whether a biopsy was recommended.", nullable=True),
        flag("biopsy_done", "Whether a biopsy was done.", nullable=True),
        flag("is_open_biopsy", "Whether the biopsy was an open one.", nullable=True),
        flag("is_invasive", "Whether the cancer is invasive; DCIS is not.", nullable=True),
        real("tumour_size_mm", "Largest pathological diameter, in mm.", nullable=True),
        flag("is_node_positive", "Whether lymph nodes hold cancer.", nullable=True),
        flag("is_mastectomy", "Whether the breast was removed.", nullable=True),
        day("diagnosis_date", "When cancer was proven or excluded.", nullable=True),
        day("staging_date", "When the cancer was staged.", nullable=True),
        day("treatment_date", "When treatment began.", nullable=True),
        whole(
            "follow_up_months",
            "Months for which a cancer would be known, from the exam.",
            nullable=True,
        ),
    ),
)  # fmt: skip

TARGETS = Table(
    "targets",
    "the women whom the programme means to reach in a comuna",
    ("comuna", "age_band", "first_day"),
    (
        text("comuna", "Comuna of residence."),
        text("age_band", "under_40, 40_49, 50_59, 60_69 or 70_over."),
        day("first_day", "First day of the period."),
        day("last_day", "Last day of the period: 24 or 36 months after the first."),
        whole("n_women", "Women of the age who live there."),
        whole("n_invited", "Of them invited in the period.", nullable=True),
    ),
)

READING_EVENTS = Table(
    "reading_events",
    "what readers did with an exam on the list",
    ("exam_key", "recorded_at"),
    (
        EXAM_KEY,
        timestamp("recorded_at", "When."),
        text("action", "assign, release, read or unread."),
        text("reader", "Account that the exam is assigned to, or that read it.", nullable=True),
        text("recorded_by", "Account that did it."),
    ),
)
