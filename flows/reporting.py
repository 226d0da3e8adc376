"""What is written to take away: one exam as a document or DICOM, the campaign in figures.

It reads the lake, and the originals' headers only for what must carry an identity.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from flows.custody import Custody
from reports_app.campaign import CampaignFilter
from reports_app.data import Reports
from reports_app.exam_report import exam_pages, exam_pdf, exam_title
from reports_app.report_files import campaign_file, exam_file, exam_pixels
from reports_app.texts import Texts, language_of
from tasks.errors import Misconfigured, SmartMammoError
from tasks.lake.store import Lake
from tasks.privacy.audit import Asker
from tasks.privacy.reidentification import exam_of, read_headers
from tasks.publish.dicom.cad_report import cad_report
from tasks.publish.dicom.documents import encapsulated_pdf, secondary_captures
from tasks.publish.dicom.measurement_report import measurement_report
from tasks.publish.dicom.source import KEYWORDS, Source, complete_headers
from tasks.publish.result import ExamResult, current_model_version, read_result

OWNER_ONLY = 0o600


class UnscoredExamError(SmartMammoError):
    """There is nothing to write of an exam without a score."""


def find_result(lake: Lake, exam: str) -> ExamResult:
    """The result of an exam, by the beginning of its key.

    Raises:
        UnknownSubjectError: If no exam or more than one begins so.
        UnknownExamError: If no night has scored, or the exam's objects are gone.
    """
    return read_result(lake, exam_of(lake, exam), current_model_version(lake))


def exam_document(lake: Lake, result: ExamResult, kind: str, language: str) -> bytes:
    """An exam's result as a file: pdf or fhir."""
    return exam_file(Reports(lake), result, kind, Texts(language_of(language)))


def campaign_document(
    lake: Lake, chosen: CampaignFilter, kind: str, by: str | None, language: str
) -> bytes:
    """The campaign's figures as a file; see `reports_app.report_files.campaign_file`."""
    return campaign_file(Reports(lake), chosen, kind, by, Texts(language_of(language)))


def write_dicom(
    held: Custody, exam: str, asker: Asker, kinds: Sequence[str], language: str, folder: Path
) -> list[Path]:
    """Write an exam's result as DICOM objects of its own study, for this account alone.

    Args:
        held: The programme's data.
        exam: The beginning of its key.
        asker: Who asks, and why: the objects carry the woman's identity.
        kinds: Of `KINDS`.
        language: Of the pages: es or en.
        folder: Made if absent.

    Raises:
        Misconfigured: If the role does not allow it, or the folder cannot be written.
        UnscoredExamError: If the exam has no score.
    """
    asker.check_role()
    result = find_result(held.lake, exam)
    if result.scores is None or result.scored_at is None:
        reasons = sorted({item.image.reason or item.image.state for item in result.images})
        raise UnscoredExamError(
            f"Exam {result.exam_key} has no score ({', '.join(reasons)}): there is nothing to "
            "put beside its images. `mammo report exam` tells why in words."
        )
    headers = read_headers(
        held.lake, held.store, held.pseudonymiser, result.exam_key, asker, KEYWORDS
    )
    source = Source(result, complete_headers(headers), result.scored_at)
    texts, pixels = Texts(language_of(language)), exam_pixels(Reports(held.lake), result)
    made = [item for kind in kinds for item in KINDS[kind](source, texts, pixels)]
    return [_write(folder, result, item) for item in made]


Pixels = dict[str, NDArray[np.uint8]]
KINDS: dict[str, Callable[[Source, Texts, Pixels], list[Dataset]]] = {
    "sr": lambda source, _texts, _pixels: [measurement_report(source)],
    "cad": lambda source, _texts, _pixels: [cad_report(source)],
    "sc": lambda source, texts, pixels: secondary_captures(
        source, exam_pages(texts, source.result, pixels)
    ),
    "pdf": lambda source, texts, pixels: [
        encapsulated_pdf(
            source,
            exam_pdf(texts, source.result, pixels),
            exam_title(texts, source.result),
        )
    ],
}
"""Each kind of object, and how it is made."""


def _write(folder: Path, result: ExamResult, made: Dataset) -> Path:
    kind = made.SeriesDescription.rpartition("Mammo ")[2].replace(" ", "-").lower()
    path = folder / f"{result.exam_key[:8]}-{kind}-{made.InstanceNumber}.dcm"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=OWNER_ONLY)
        path.chmod(OWNER_ONLY)
        made.save_as(path, enforce_file_format=True)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from error
    return path
