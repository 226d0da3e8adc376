"""One person's requests: she is found, shown what is held about her, named, erased.

Each use is on record before it is made; what is held is opened by `flows.custody`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from flows.custody import Custody
from flows.services import today
from tasks.lake.store import Lake
from tasks.privacy import open_erasures
from tasks.privacy.audit import Asker, record_use, uses
from tasks.privacy.erasure import Eraser, Erasure
from tasks.privacy.export import check_empty, export_subject
from tasks.privacy.headers import PlainIdentity, issuers_in_use, objects_of
from tasks.privacy.reidentification import exam_at_rank, exam_of
from tasks.privacy.reidentification import reidentify as identity_of_exam
from tasks.privacy.subject import (
    Subject,
    UnknownSubjectError,
    find_subject,
    patient_keys,
    patient_keys_of_exam,
)


@dataclass(frozen=True)
class Request:
    """Whom a request is about.

    Args:
        patient_id: Plain; None where an exam tells.
        issuers: Of the ID; none: every issuer that the devices write, and no issuer.
        exam_key: One of her exams; None where an ID tells.
    """

    patient_id: str | None
    issuers: tuple[str, ...] = ()
    exam_key: str | None = None


def find(held: Custody, request: Request) -> tuple[Subject, frozenset[str]]:
    """Find whom a request is about.

    Returns:
        What is held about her, with what an unfinished erasure had found; and every pseudonym
        that she may have.
    """
    candidates = _candidates(held, request)
    found = find_subject(held.lake, candidates)
    return open_erasures.with_unfinished(held.files, found, candidates), candidates


def erase(
    held: Custody,
    request: Request,
    asker: Asker,
    *,
    with_objects: bool,
    say: Callable[[str], object],
) -> tuple[Erasure, Subject]:
    """Erase a person, and prove it; see `tasks.privacy.erasure`.

    Raises:
        UnknownSubjectError: If nothing of her is held, and nothing was erased before.
    """
    found, candidates = find(held, request)
    if with_objects:
        say("Reading the headers of rejected objects for more of hers.")
        more = objects_of(held.lake, held.store, held.pseudonymiser, candidates)
        found |= Subject(frozenset(), object_key=more)
    keys = found.patient_key or _erased_before(held.lake, candidates)
    if not keys and not found.object_key:
        raise UnknownSubjectError(_unknown(held, request))
    record_use(held.lake, asker, "erase", keys)
    eraser = Eraser(held.lake, held.files, held.pseudonymiser, say)
    subject = replace(found, patient_key=found.patient_key | candidates)
    erasure = eraser.erase(subject, datetime.now(UTC), held.store if with_objects else None)
    record_use(held.lake, asker, "erased", keys, in_counts(erasure))
    return erasure, found


def describe(held: Custody, request: Request) -> str:
    """Say in counts what is held about whom a request is about."""
    found, _ = find(held, request)
    return (
        f"Held about her: {len(found.exam_key)} exams, {len(found.sop_instance_key)} images, "
        f"{len(found.object_key)} objects of the bucket."
    )


def export(held: Custody, request: Request, asker: Asker, folder: Path) -> dict[str, int]:
    """Write what is held about a person; see `tasks.privacy.export`.

    Raises:
        UnknownSubjectError: If nothing is.
    """
    found, _ = find(held, request)
    if not found.is_held:
        raise UnknownSubjectError(_unknown(held, request))
    check_empty(folder)
    record_use(held.lake, asker, "export", found.patient_key)
    return export_subject(held.lake, found, folder, today())


def reidentify(
    held: Custody, exam: str | int, list_date: date | None, asker: Asker
) -> PlainIdentity:
    """Tell whom an exam is of, by the beginning of its key or its rank on a list."""
    asker.check_role()
    if isinstance(exam, int):
        exam_key = exam_at_rank(held.lake, exam, list_date)
    else:
        exam_key = exam_of(held.lake, exam)
    return identity_of_exam(held.lake, held.store, held.pseudonymiser, exam_key, asker)


def _candidates(held: Custody, request: Request) -> frozenset[str]:
    if request.exam_key:
        return patient_keys_of_exam(held.lake, request.exam_key)
    issuers = request.issuers or issuers_in_use(held.lake, held.store) | {""}
    return patient_keys(held.pseudonymiser, request.patient_id or "", issuers)


def _erased_before(lake: Lake, keys: frozenset[str]) -> frozenset[str]:
    erased = uses(lake, keys).filter(pl.col("action") == "erased")
    return frozenset(erased.get_column("patient_key"))


def _unknown(held: Custody, request: Request) -> str:
    issuers = ", ".join(repr(issuer) for issuer in request.issuers) or "every issuer in use"
    return (
        f"Nothing is held about this patient ID under {issuers} in the lake {held.lake.url}: "
        "check its spelling, --issuer as the device writes it, and that "
        "SMART_MAMMO_PSEUDONYM_KEY is the secret that this lake was made with."
    )


def in_counts(erasure: Erasure) -> str:
    """What an erasure did, without a pseudonym."""
    rows = ", ".join(f"{name} {n}" for name, n in erasure.n_rows.items()) or "none"
    return (
        f"Rows deleted: {rows}. Rows in former versions: {erasure.forgotten.n_rows}. Objects "
        f"deleted: {erasure.n_objects_deleted}. Files searched: {erasure.searched.n_files}."
    )
