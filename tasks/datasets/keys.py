"""One image of a published set as work to do, and its pseudonyms.

The ids of a published set are public: their key is public too, and hides nothing. It knows no
pixel.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from tasks.datasets.records import Card, ImageRecord
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.preprocess.transform import PREPROCESSING_VERSION

CROP_VERSION = "crop-1"
"""`preprocessing_version` of crops: display values 0-255 at their own size."""


@dataclass(frozen=True)
class ImageJob:
    """One image of a set."""

    card: Card
    record: ImageRecord

    @property
    def preprocessing_version(self) -> str:
        """Which transform its pixels take."""
        return CROP_VERSION if self.record.is_crop else PREPROCESSING_VERSION


@lru_cache
def pseudonymiser_of(name: str) -> Pseudonymiser:
    """With a public key: the ids of a published set are public, and have nothing to protect."""
    return Pseudonymiser(hashlib.sha256(f"published data set: {name}".encode()).digest())


def keys_of(job: ImageJob) -> dict[str, str]:
    """The image's pseudonyms, the same on every machine."""
    record, own = job.record, pseudonymiser_of(job.card.name)
    issuer = record.patients_of or job.card.name
    return {
        "sop_instance_key": own.sop_instance_key(record.image_id),
        "exam_key": own.exam_key(record.exam_id),
        "patient_key": pseudonymiser_of(issuer).patient_key(record.patient_id, issuer),
    }
