"""Keeps erased exams out: their objects may stay in the bucket, or be sent there again.

Exams, not women, are kept out: who comes to be screened again is screened again.
"""

from dataclasses import replace
from datetime import datetime

from tasks.errors import RejectionReason
from tasks.ingest.instances import ReadResult
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.schemas import ERASURES
from tasks.lake.store import Lake

DETAIL = "It belongs to an exam that was erased at the woman's request."


def keep_out(
    lake: Lake, pseudonymiser: Pseudonymiser, exam_keys: frozenset[str], now: datetime
) -> None:
    """Have every future night reject the objects of some exams."""
    rows = [
        {"tombstone": pseudonymiser.tombstone(key), "erased_at": now}
        for key in sorted(exam_keys)
    ]
    lake.insert_new(ERASURES, ERASURES.frame(rows))


def reject_erased(
    results: list[ReadResult], lake: Lake, pseudonymiser: Pseudonymiser
) -> list[ReadResult]:
    """Reject what belongs to an erased exam, whatever its header says besides."""
    tombstones = lake.read(ERASURES, columns=["tombstone"]).get_column("tombstone")
    if tombstones.is_empty():
        return results
    erased = frozenset(tombstones)
    return [
        _rejected(result) if _is_erased(result, pseudonymiser, erased) else result
        for result in results
    ]


def _is_erased(
    result: ReadResult, pseudonymiser: Pseudonymiser, erased: frozenset[str]
) -> bool:
    if result.instance is None:
        return False
    return pseudonymiser.tombstone(str(result.instance["exam_key"])) in erased


def _rejected(result: ReadResult) -> ReadResult:
    return replace(result, instance=None, reason=RejectionReason.ERASED, detail=DETAIL)
