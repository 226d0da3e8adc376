"""One person as the lake knows her: by pseudonyms, in every table that speaks of a person.

It finds and changes nothing. Which columns lead to a person is told by their names, so a table
that is declared tomorrow is covered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from tasks.errors import SmartMammoError
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.columns import Table
from tasks.lake.schemas import AUDIT, OBJECTS, TABLES
from tasks.lake.store import Lake
from tasks.privacy.national_id import spellings

IDENTITY_COLUMNS = ("patient_key", "exam_key", "sop_instance_key")
"""Columns that lead to one person. A series key does not: devices repeat series UIDs, or leave
them empty, and one woman's request must not touch another's rows."""


class UnknownSubjectError(SmartMammoError):
    """Nothing is held about whom was asked for."""


@dataclass(frozen=True)
class Subject:
    """A person's pseudonyms, by the column that they stand in.

    Args:
        patient_key: One for each issuer and spelling of her ID.
        exam_key: Of her exams.
        sop_instance_key: Of their images.
        object_key: The objects of the bucket that the tables say hold them, copies too.
    """

    patient_key: frozenset[str]
    exam_key: frozenset[str] = frozenset()
    sop_instance_key: frozenset[str] = frozenset()
    object_key: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def pseudonyms(self) -> frozenset[str]:
        """All of them."""
        return frozenset().union(*(self.named(name) for name in IDENTITY_COLUMNS))

    @property
    def is_held(self) -> bool:
        """Whether any row speaks of her."""
        return bool(self.exam_key or self.sop_instance_key)

    def named(self, column: str) -> frozenset[str]:
        """The values that lead to her in a column."""
        found: frozenset[str] = getattr(self, column)
        return found

    def __or__(self, other: "Subject") -> "Subject":
        names = (*IDENTITY_COLUMNS, "object_key")
        return Subject(**{name: self.named(name) | other.named(name) for name in names})


def tables_of_persons() -> tuple[Table, ...]:
    """Every table with a column that leads to a person, but for the audit."""
    return tuple(table for table in TABLES if table != AUDIT and identity_columns(table))


def identity_columns(table: Table) -> list[str]:
    """The columns of a table that lead to a person."""
    return [name for name in IDENTITY_COLUMNS if name in table.schema]


def patient_keys(
    pseudonymiser: Pseudonymiser, patient_id: str, issuers: Iterable[str]
) -> frozenset[str]:
    """Her pseudonyms: one for each usual spelling of her ID under each issuer."""
    return frozenset(
        pseudonymiser.patient_key(spelling, issuer)
        for spelling in spellings(patient_id)
        for issuer in issuers
    )


def patient_keys_of_exam(lake: Lake, exam_key: str) -> frozenset[str]:
    """Her pseudonyms by one of her exams, for who has no Patient ID.

    Raises:
        UnknownSubjectError: If there is no such exam.
    """
    found = frozenset[str]()
    for table in _with_patients():
        rows = lake.read(table, columns=["patient_key"], where=pl.col("exam_key") == exam_key)
        found |= set(rows.get_column("patient_key"))
    if not found:
        raise UnknownSubjectError(
            f"The lake {lake.url} holds no exam {exam_key!r}: give the whole key, as the "
            "exam's page and the list's file show it."
        )
    return found


def find_subject(lake: Lake, keys: frozenset[str]) -> Subject:
    """Find everything that the latest version of the tables holds about some patient keys.

    Args:
        lake: Where to look.
        keys: Candidates; only those that a row has are the subject's.
    """
    subject = Subject(frozenset())
    for table in _with_patients():
        subject |= _found(lake, table, "patient_key", keys)
    return subject | _found(lake, OBJECTS, "exam_key", subject.exam_key)


def _with_patients() -> Iterable[Table]:
    return (table for table in tables_of_persons() if "patient_key" in table.schema)


def _found(lake: Lake, table: Table, column: str, values: frozenset[str]) -> Subject:
    names = [name for name in (*IDENTITY_COLUMNS, "object_key") if name in table.schema]
    rows = lake.read(table, columns=names, where=pl.col(column).is_in(sorted(values)))
    held = {name: frozenset(rows.get_column(name).drop_nulls()) for name in names}
    return Subject(**({"patient_key": frozenset[str]()} | held))
