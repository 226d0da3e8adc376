"""From an exam back to the woman, by the header of an object: no pseudonym leads back.

Each use is on record before the header is read. What it says is returned and kept nowhere.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from pydicom import Dataset

from tasks.errors import ContractViolation, SmartMammoError
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.schemas import INSTANCES, OBJECTS, PRIORITY_LISTS
from tasks.lake.store import Lake
from tasks.privacy.audit import Asker, record_use
from tasks.privacy.headers import PlainIdentity, read_identity, read_whole_header
from tasks.privacy.subject import UnknownSubjectError

SHORTEST_KEY = 8
"""Digits of an exam key that may stand for the whole, as pages show them."""


class IdentityGoneError(SmartMammoError):
    """No object of the exam is in the bucket any more."""


def exam_at_rank(lake: Lake, rank: int, list_date: date | None) -> str:
    """Find the exam at a place of a day's list, or of the newest one.

    Raises:
        UnknownSubjectError: If there is no such list or place.
    """
    lists = lake.read(PRIORITY_LISTS, columns=["list_date", "rank", "exam_key"])
    days = lists.get_column("list_date")
    day = list_date or days.max()
    found = lists.filter(pl.col("list_date") == day, pl.col("rank") == rank)
    if found.is_empty():
        n_places = lists.filter(pl.col("list_date") == day).height
        raise UnknownSubjectError(f"The list of {day} has {n_places} exams and no rank {rank}.")
    return str(found.item(0, "exam_key"))


def exam_of(lake: Lake, beginning: str) -> str:
    """Complete an exam key of which only the beginning is known.

    Raises:
        UnknownSubjectError: If no exam or more than one begins so.
    """
    keys = lake.read(
        INSTANCES, columns=["exam_key"], where=pl.col("exam_key").str.starts_with(beginning)
    )
    found = keys.get_column("exam_key").unique().to_list()
    if len(beginning) < SHORTEST_KEY or len(found) != 1:
        raise UnknownSubjectError(
            f"{len(found)} exams of the lake {lake.url} have a key that begins with "
            f"{beginning!r}: give {SHORTEST_KEY} digits or more of one, or --rank of the list."
        )
    return str(found[0])


def reidentify(
    lake: Lake, store: ObjectStore, pseudonymiser: Pseudonymiser, exam_key: str, asker: Asker
) -> PlainIdentity:
    """Read from the bucket again whom an exam is of.

    Raises:
        Misconfigured: If the role does not allow it.
        IdentityGoneError: If its objects are gone.
        ContractViolation: If the object there is of another exam, or the key is another.
    """
    present = _disclose(lake, exam_key, asker)
    identity = read_identity(store, *present.row(0))
    _check_exam(pseudonymiser, identity.study_instance_uid, exam_key)
    return identity


def read_headers(
    lake: Lake,
    store: ObjectStore,
    pseudonymiser: Pseudonymiser,
    exam_key: str,
    asker: Asker,
    keywords: Sequence[str],
) -> dict[str, Dataset]:
    """Read from the bucket again the plain headers of an exam's images.

    Returns:
        By sop_instance_key.

    Raises:
        Misconfigured: If the role does not allow it.
        IdentityGoneError: If its objects are gone.
        ContractViolation: If an object there is of another exam, or the key is another.
    """
    headers: dict[str, Dataset] = {}
    for place in _disclose(lake, exam_key, asker).iter_rows():
        header = read_whole_header(store, *place, keywords=keywords)
        _check_exam(pseudonymiser, str(header.StudyInstanceUID), exam_key)
        headers[pseudonymiser.sop_instance_key(str(header.SOPInstanceUID))] = header
    return headers


def _disclose(lake: Lake, exam_key: str, asker: Asker) -> pl.DataFrame:
    """Put a use on record; where the exam's images lie."""
    asker.check_role()
    instances = lake.read(INSTANCES, where=pl.col("exam_key") == exam_key)
    record_use(lake, asker, "reidentify", frozenset(instances.get_column("patient_key")))
    present = lake.read(
        OBJECTS,
        columns=["object_key", "etag", "size_bytes"],
        where=(pl.col("exam_key") == exam_key) & pl.col("gone_at").is_null(),
    ).sort("object_key")
    if present.is_empty():
        raise IdentityGoneError(
            f"No object of exam {exam_key} is in the bucket any more: only its headers could "
            "tell whom it is of."
        )
    return present


def _check_exam(pseudonymiser: Pseudonymiser, study_instance_uid: str, exam_key: str) -> None:
    if pseudonymiser.exam_key(study_instance_uid) != exam_key:
        raise ContractViolation(
            f"The header in the bucket does not lead to exam {exam_key}: the pseudonym key is "
            "not the one that this lake was made with."
        )
