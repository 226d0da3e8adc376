"""What the commands about one person need: the lake, its files, the bucket, the key, no night.

It makes nothing that should be there already: neither a lake nor a key.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import polars as pl

from flows.local_stack import LocalStack, Parts
from flows.night import use
from flows.services import (
    bucket_location,
    build_lake,
    load_settings,
    prefect_api_url,
    pseudonym_key,
)
from flows.stack_registry import running_stack
from tasks.errors import Misconfigured, Retryable
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.files import LakeFiles
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tasks.privacy import open_erasures
from tasks.privacy.audit import Asker, record_use, uses
from tasks.privacy.erasure import Eraser, Erasure
from tasks.privacy.headers import issuers_in_use, objects_of
from tasks.privacy.subject import (
    Subject,
    UnknownSubjectError,
    find_subject,
    patient_keys,
    patient_keys_of_exam,
)
from tasks.settings import Settings


@dataclass(frozen=True)
class Custody:
    """The programme's data, as whoever answers for them holds them."""

    settings: Settings
    lake: Lake
    files: LakeFiles
    store: ObjectStore
    pseudonymiser: Pseudonymiser

    def asker(self, reason: str) -> Asker:
        """Who asks, by the settings."""
        return Asker(self.settings.role, reason)


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


@contextmanager
def custody(say: Callable[[str], object]) -> Generator[Custody]:
    """Open everything; a bucket that no setting names and no stack serves runs meanwhile.

    Raises:
        Misconfigured: If there is no lake, or no pseudonym key.
    """
    settings = load_settings()
    lake = _existing_lake(settings)
    pseudonymiser = Pseudonymiser(_existing_key(settings))
    with _bucket(settings, say):
        settings = load_settings()
        files = LakeFiles(lake.url, lake.storage_options)
        store = ObjectStore(bucket_location(settings))
        yield Custody(settings, lake, files, store, pseudonymiser)


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
    record_use(held.lake, asker, "erased", keys, _in_counts(erasure))
    return erasure, found


def check_no_night(since: datetime | None = None) -> None:
    """See that no night runs, or began since a moment: it would write rows of hers again.

    Raises:
        Retryable: If one does; the message says what to do.
    """
    if api_url := prefect_api_url():
        from flows.limits import nights_of  # Prefect reads settings at import

        if names := nights_of(api_url, since):
            raise Retryable(
                f"Prefect at {api_url} calls {names[0]!r} running or just begun: wait for its "
                "end and run the same command again. If that night died (a power cut, a kill), "
                "say so with --no-night-runs."
            )


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


def _in_counts(erasure: Erasure) -> str:
    rows = ", ".join(f"{name} {n}" for name, n in erasure.n_rows.items()) or "none"
    return (
        f"Rows deleted: {rows}. Rows in former versions: {erasure.forgotten.n_rows}. Objects "
        f"deleted: {erasure.n_objects_deleted}. Files searched: {erasure.searched.n_files}."
    )


def _existing_lake(settings: Settings) -> Lake:
    lake = build_lake(settings)
    if lake.version(OBJECTS) is None:
        raise Misconfigured(
            f"There is no lake at {lake.url}: set SMART_MAMMO_LAKE_URL to the programme's, or "
            "SMART_MAMMO_HOME to the folder where its nights run."
        )
    return lake


def _existing_key(settings: Settings) -> bytes:
    path = settings.home / "secrets" / "pseudonym_key"
    if not settings.pseudonym_key and not path.exists():
        raise Misconfigured(
            f"No pseudonym key: SMART_MAMMO_PSEUDONYM_KEY is not set and {path} does not "
            "exist. Without the secret that the lake was made with nobody can be found in it."
        )
    return pseudonym_key(settings)


@contextmanager
def _bucket(settings: Settings, say: Callable[[str], object]) -> Generator[None]:
    if running := running_stack(settings.home):
        use(running)
        yield
    elif settings.s3_endpoint:
        yield
    else:
        with LocalStack(settings, Parts(triton=False, prefect=False), say) as stack:
            use(stack.addresses)
            yield
