"""Headers to rows of `instances`: facts and pseudonyms.

Nothing that names a person passes; what cannot be read is null or a reason, never a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydicom import Dataset

from tasks.errors import Rejected, RejectionReason
from tasks.ingest import picture_tables, values
from tasks.ingest.container_members import read_head
from tasks.ingest.containers import MAGIC, SUFFIX, member_summaries, place_of
from tasks.ingest.echoes import without_echoes
from tasks.ingest.eligibility import (
    check_mammogram,
    find_intent,
    is_synthetic_2d,
    unscorable_reason,
)
from tasks.ingest.header import DEFAULT_LIMITS, HeaderLimits, read_header
from tasks.ingest.laterality import find_chest_wall, find_laterality
from tasks.ingest.object_store import ObjectStore, ObjectSummary
from tasks.ingest.preamble import describe_preamble
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.ingest.views import find_view
from tasks.preprocess.worker_process import off_the_clock

TIMEZONE = ZoneInfo("America/Santiago")
MAX_AGE_YEARS = 120
MAX_SOFTWARE_TEXT = 256
PHOTOMETRIC_INTERPRETATIONS = ("MONOCHROME1", "MONOCHROME2", "RGB", "PALETTE COLOR")


@dataclass(frozen=True)
class ReadResult:
    """What an object's header says.

    Args:
        object_key: Of the object.
        etag: Of the object.
        instance: A row of `instances`; None if the object is rejected.
        reason: Why the object is rejected or its image unscorable; None if it may be scored.
        detail: One sentence on the reason.
        members: Of a container, each to be read as an object.
    """

    object_key: str
    etag: str
    instance: dict[str, object] | None = None
    reason: RejectionReason | None = None
    detail: str | None = None
    members: tuple[ObjectSummary, ...] = ()


def read_object(
    store: ObjectStore,
    summary: ObjectSummary,
    pseudonymiser: Pseudonymiser,
    limits: HeaderLimits = DEFAULT_LIMITS,
) -> ReadResult:
    """Read an object's header from the store, or what it holds if it is a ZIP file.

    The worker's clock stops while bytes are fetched.

    Raises:
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer.
    """

    def fetch(n_bytes: int) -> bytes:
        with off_the_clock():
            return read_head(store, summary.object_key, summary.etag, n_bytes)

    if _is_named(summary, picture_tables.SUFFIX):
        list_rows = picture_tables.row_summaries
        return _open(store, summary, limits, list_rows, "A CSV table: each of its {} rows")
    if _is_named(summary, SUFFIX) and fetch(len(MAGIC)) == MAGIC:
        each = "A ZIP file: each of the {} files in it"
        return _open(store, summary, limits, member_summaries, each)
    return read_instance(summary, fetch, pseudonymiser, limits)


def _is_named(summary: ObjectSummary, suffix: str) -> bool:
    """Whether an object of the bucket itself, and no empty one, ends in that."""
    if summary.size_bytes == 0 or place_of(summary.object_key, summary.etag):
        return False
    return summary.object_key.lower().endswith(suffix)


def _open(
    store: ObjectStore,
    summary: ObjectSummary,
    limits: HeaderLimits,
    list_members: Callable[..., tuple[ObjectSummary, ...]],
    each: str,
) -> ReadResult:
    """List what a container holds; it is no image itself, so it is set aside."""
    place = (summary.object_key, summary.etag)
    try:
        with off_the_clock():
            members = list_members(store, summary, limits.container)
    except Rejected as error:
        return ReadResult(*place, reason=error.reason, detail=error.detail)
    detail = f"{each.format(len(members))} is read as an object."
    return ReadResult(*place, reason=RejectionReason.CONTAINER, detail=detail, members=members)


def read_instance(
    summary: ObjectSummary,
    fetch: Callable[[int], bytes],
    pseudonymiser: Pseudonymiser,
    limits: HeaderLimits = DEFAULT_LIMITS,
) -> ReadResult:
    """Read an object's header to a row, a reason, or both.

    Args:
        summary: The object as listed.
        fetch: Gives its first n bytes.
        pseudonymiser: The programme's.
        limits: What the object may ask for.
    """
    note: str | None = None

    def fetch_noting(n_bytes: int) -> bytes:
        nonlocal note
        head = fetch(n_bytes)
        note = describe_preamble(head)
        return head

    try:
        header = read_header(fetch_noting, summary.size_bytes, limits)
        check_mammogram(header)
        instance = _row(header, summary, pseudonymiser)
    except Rejected as error:
        detail = _joined(error.detail, note)
        return ReadResult(summary.object_key, summary.etag, None, error.reason, detail)
    flaw = unscorable_reason(header, find_laterality(header), find_view(header))
    reason, detail = flaw or (None, None)
    return ReadResult(summary.object_key, summary.etag, instance, reason, _joined(detail, note))


def _joined(*sentences: str | None) -> str | None:
    return " ".join(sentence for sentence in sentences if sentence) or None


def _row(
    header: Dataset, summary: ObjectSummary, pseudonymiser: Pseudonymiser
) -> dict[str, object]:
    return {
        **_identity(header, pseudonymiser),
        "object_key": summary.object_key,
        "etag": summary.etag,
        **_projection(header),
        **without_echoes(_equipment(header), header),
        **_times(header),
        **_geometry(header),
    }


def _identity(header: Dataset, pseudonymiser: Pseudonymiser) -> dict[str, object]:
    exam = _required_identity(header, "StudyInstanceUID")
    patient_id = values.identity(header, "PatientID")
    issuer = values.identity(header, "IssuerOfPatientID")
    return {
        "sop_instance_key": pseudonymiser.sop_instance_key(
            _required_identity(header, "SOPInstanceUID")
        ),
        "exam_key": pseudonymiser.exam_key(exam),
        "patient_key": pseudonymiser.patient_key(patient_id, issuer)
        if patient_id
        else pseudonymiser.lone_patient_key(exam),
        "series_key": pseudonymiser.series_key(values.identity(header, "SeriesInstanceUID")),
    }


def _projection(header: Dataset) -> dict[str, object]:
    laterality, view = find_laterality(header), find_view(header)
    chest_wall = find_chest_wall(header, laterality)
    return {
        "sop_class_uid": values.identity(header, "SOPClassUID"),
        "transfer_syntax_uid": values.uid(header.file_meta, "TransferSyntaxUID"),
        "presentation_intent_type": find_intent(header),
        "image_laterality": laterality.value,
        "image_laterality_source": laterality.source,
        "view_position": view.position,
        "view_position_source": view.source,
        "view_modifiers": ",".join(view.modifiers),
        "chest_wall_side": chest_wall.side,
        "chest_wall_side_source": chest_wall.source,
        "is_synthetic_2d": is_synthetic_2d(header),
        "is_partial_view": values.code(header, "PartialView") == "YES",
    }


def _equipment(header: Dataset) -> dict[str, object]:
    implant = values.code(header, "BreastImplantPresent")
    return {
        "manufacturer": values.text(header, "Manufacturer"),
        "manufacturer_model_name": values.text(header, "ManufacturerModelName"),
        "software_versions": values.text(header, "SoftwareVersions", MAX_SOFTWARE_TEXT),
        "site": values.text(header, "StationName") or values.text(header, "InstitutionName"),
        "has_implant": {"YES": True, "NO": False}.get(implant),
    }


def _times(header: Dataset) -> dict[str, object]:
    exam_date = values.day(header, "StudyDate")
    return {
        "exam_date": exam_date,
        "acquired_at": _moment(header, "Acquisition") or _moment(header, "Study"),
        "patient_age_years": _age_years(header, exam_date),
    }


def _moment(header: Dataset, what: str) -> datetime | None:
    """The date and time of an acquisition or a study, as UTC."""
    day, clock = values.day(header, f"{what}Date"), values.clock(header, f"{what}Time")
    if day is None or clock is None or not 1900 <= day.year < 2200:
        return None
    return datetime.combine(day, clock, TIMEZONE).astimezone(UTC)


def _age_years(header: Dataset, exam_date: date | None) -> int | None:
    """Patient's Age (0010,1010) such as 056Y, else from the birth date."""
    stated = values.code(header, "PatientAge")
    if stated[:-1].isdecimal() and stated[-1] in "YMWD":
        age = int(stated[:-1]) // {"Y": 1, "M": 12, "W": 52, "D": 365}[stated[-1]]
    else:
        born = values.day(header, "PatientBirthDate")
        if born is None or exam_date is None:
            return None
        had_birthday = (exam_date.month, exam_date.day) >= (born.month, born.day)
        age = exam_date.year - born.year - (not had_birthday)
    return age if 0 <= age <= MAX_AGE_YEARS else None


def _geometry(header: Dataset) -> dict[str, object]:
    spacing = values.real(header, "ImagerPixelSpacing")
    return {
        "rows": _required_count(header, "Rows"),
        "columns": _required_count(header, "Columns"),
        "bits_stored": _required_count(header, "BitsStored"),
        "photometric_interpretation": _photometric_interpretation(header),
        "imager_pixel_spacing_mm": spacing if spacing and spacing > 0 else None,
    }


def _photometric_interpretation(header: Dataset) -> str:
    """One of the standard's terms, else OTHER: no text of the file's own."""
    stated = values.code(header, "PhotometricInterpretation")
    return stated if stated in PHOTOMETRIC_INTERPRETATIONS else "OTHER"


def _required_identity(header: Dataset, keyword: str) -> str:
    if value := values.identity(header, keyword):
        return value
    raise Rejected(RejectionReason.DAMAGED_HEADER, f"{keyword} is missing or empty.")


def _required_count(header: Dataset, keyword: str) -> int:
    """A positive US, of 16 bits."""
    value = values.whole(header, keyword)
    if value is not None and 0 < value < 1 << 16:
        return value
    raise Rejected(RejectionReason.DAMAGED_HEADER, f"{keyword} is missing or not usable.")
