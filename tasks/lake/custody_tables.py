"""Tables of what concerns one person: uses of the system, and exams that were erased.

They stand among all the others in `tasks.lake.schemas`.
"""

from tasks.lake.columns import PATIENT_KEY, Table, text, timestamp

AUDIT = Table(
    "audit",
    "a use of the system that concerns one person",
    ("audit_id",),
    (
        text("audit_id", "Random."),
        timestamp("recorded_at", "When; written before what it tells of is done."),
        text("operator", "Account of the operating system that asked for it."),
        text("role", "SMART_MAMMO_ROLE; none where it is not set."),
        text("action", "reidentify, export, erase or erased."),
        PATIENT_KEY,
        text("reason", "Why, in the operator's words."),
        text("detail", "What was done, in counts.", nullable=True),
    ),
)

ERASURES = Table(
    "erasures",
    "an exam that was erased and must not be taken in again",
    ("tombstone",),
    (
        text(
            "tombstone",
            "Keyed pseudonym of the erased exam's key; leads to no row of any other table.",
        ),
        timestamp("erased_at", "When."),
    ),
)
