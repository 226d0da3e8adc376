"""What written objects take over from the originals: patient, study, and which images they are.

It is the only part of the exports that sees an identity, and only in headers that its caller
may read (`tasks.privacy.reidentification`).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from tasks.publish.exam_image import ExamImage
from tasks.publish.result import SOFTWARE, ExamResult

PATIENT_KEYWORDS = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex",
)  # fmt: skip
STUDY_KEYWORDS = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID",
    "AccessionNumber", "StudyDescription",
)  # fmt: skip
_OPTIONAL = ("IssuerOfPatientID", "StudyDescription")
"""Of those, what may be absent; the others are of type 2 at least."""

IMAGE_KEYWORDS = (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "ContentDate", "ContentTime",
    "ImageLaterality", "PatientOrientation", "ViewCodeSequence", "ViewModifierCodeSequence",
    "ImagerPixelSpacing", "PixelSpacing", "Rows", "Columns",
)  # fmt: skip
KEYWORDS = ("SpecificCharacterSet", *PATIENT_KEYWORDS, *STUDY_KEYWORDS, *IMAGE_KEYWORDS)

TIMEZONE = ZoneInfo("America/Santiago")
_NAMESPACE = uuid.UUID("7f1de2a1-6c2e-4a53-9c5b-7c6a3d1f5b70")
_UTF_8 = "ISO_IR 192"


@dataclass(frozen=True)
class Source:
    """The originals of an exam.

    Args:
        result: Of the exam.
        headers: By sop_instance_key, with the attributes of `KEYWORDS`.
        written_at: The moment that the objects state: when the exam was scored.
    """

    result: ExamResult
    headers: Mapping[str, Dataset]
    written_at: datetime

    @property
    def first(self) -> Dataset:
        """A header that speaks for patient and study."""
        return self.headers[min(self.headers)]

    def header_of(self, image: ExamImage) -> Dataset:
        """The original of an image."""
        return self.headers[image.sop_instance_key or ""]

    @property
    def scored(self) -> tuple[ExamImage, ...]:
        """The images with a score, as they hang."""
        images = (item.image for item in self.result.images)
        return tuple(image for image in images if image.malignancy_score is not None)

    def uid(self, *parts: object) -> UID:
        """A UID that the same result always gives: writing it twice makes one object.

        References:
            DICOM PS3.5 B.2 (UUID derived).
        """
        name = "/".join(map(str, (self.result.digest, self.first.StudyInstanceUID, *parts)))
        return UID(f"2.25.{uuid.uuid5(_NAMESPACE, name).int}")

    def new_object(
        self, sop_class_uid: str, modality: str, series: str, number: int
    ) -> Dataset:
        """Patient, study, series and equipment of an object that belongs to the exam.

        Args:
            sop_class_uid: Of the object.
            modality: Of its series.
            series: What the series holds.
            number: Of the object in it.
        """
        made = Dataset()
        made.file_meta = FileMetaDataset()
        made.file_meta.MediaStorageSOPClassUID = UID(sop_class_uid)
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.SOPClassUID = sop_class_uid
        made.SOPInstanceUID = self.uid(series, number)
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        made.SeriesInstanceUID = self.uid(series, "series")
        made.SeriesNumber = SERIES_NUMBERS[series]
        made.SeriesDescription = f"{SOFTWARE} {series}"
        made.Modality = modality
        made.InstanceNumber = number
        made.Manufacturer = SOFTWARE
        made.SoftwareVersions = f"model {self.result.model_version}"
        self.complete(made)
        return made

    def complete(self, made: Dataset) -> None:
        """Give an object the originals' patient and study, and the result's moment."""
        made.SpecificCharacterSet = _UTF_8
        for keyword in (*PATIENT_KEYWORDS, *STUDY_KEYWORDS):
            value = self.first.get(keyword)
            if value is not None or keyword not in _OPTIONAL:
                setattr(made, keyword, "" if value is None else str(value))
        moment = self.written_at.astimezone(TIMEZONE)
        made.ContentDate, made.ContentTime = moment.date(), moment.time()
        made.InstanceCreationDate, made.InstanceCreationTime = moment.date(), moment.time()
        for equipment in made.get("ContributingEquipmentSequence", ()):
            del equipment.ContributionDateTime  # equal results make equal files


SERIES_NUMBERS = {"SR": 9001, "CAD SR": 9002, "summary": 9003, "report": 9004}
"""Series of what is written, past those of any mammograph."""


def complete_headers(headers: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """Add what originals leave out and the standard asks for, empty."""
    for header in headers.values():
        for keyword in (*PATIENT_KEYWORDS, *STUDY_KEYWORDS):
            if keyword not in header and keyword not in _OPTIONAL:
                setattr(header, keyword, "")
    return dict(headers)
