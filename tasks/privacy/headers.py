"""Plain identities, read from the bucket again: pseudonyms cannot be turned back.

The only module beside the door that sees one. It stores and logs nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl
from pydicom import Dataset

from tasks.errors import Rejected
from tasks.ingest import values
from tasks.ingest.container_members import read_head
from tasks.ingest.header import read_header
from tasks.ingest.object_store import ObjectStore
from tasks.ingest.pseudonym import Pseudonymiser
from tasks.lake.schemas import INSTANCES, OBJECTS
from tasks.lake.store import Lake

_DEVICE = ("site", "manufacturer", "manufacturer_model_name", "software_versions")
_PLACE = ("object_key", "etag", "size_bytes")


@dataclass(frozen=True)
class PlainIdentity:
    """Who an object's header says it is of; never shown by accident."""

    patient_id: str = field(repr=False)
    issuer: str = field(repr=False)
    study_instance_uid: str = field(repr=False)

    def patient_key(self, pseudonymiser: Pseudonymiser) -> str:
        """The pseudonym that the door gives her."""
        if self.patient_id:
            return pseudonymiser.patient_key(self.patient_id, self.issuer)
        return pseudonymiser.lone_patient_key(self.study_instance_uid)


def read_identity(
    store: ObjectStore, object_key: str, etag: str, size_bytes: int
) -> PlainIdentity:
    """Read an object's header for whom it is of.

    Raises:
        Rejected: If it is no DICOM object, or damaged.
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer.
    """
    header = read_header(partial(read_head, store, object_key, etag), size_bytes)
    names = ("PatientID", "IssuerOfPatientID", "StudyInstanceUID")
    return PlainIdentity(*(values.identity(header, name) for name in names))


def read_whole_header(
    store: ObjectStore, object_key: str, etag: str, size_bytes: int, *, keywords: Sequence[str]
) -> Dataset:
    """Read some attributes of an object's header as they stand.

    Raises:
        Rejected: If it is no DICOM object, or damaged.
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer.
    """
    fetch = partial(read_head, store, object_key, etag)
    return read_header(fetch, size_bytes, keywords=keywords)


def issuers_in_use(lake: Lake, store: ObjectStore) -> frozenset[str]:
    """Learn which issuers the devices write, from the oldest and newest object of each.

    Issuer of Patient ID (0010,0021) is part of a patient's pseudonym, and stands in no table.
    """
    instances = lake.read(INSTANCES, columns=[*_DEVICE, "acquired_at", "object_key", "etag"])
    present = lake.read(OBJECTS, columns=list(_PLACE), where=pl.col("gone_at").is_null())
    of_device = instances.join(present, on=["object_key", "etag"]).sort(
        "acquired_at", "object_key"
    )
    samples = [of_device.unique(_DEVICE, keep=keep) for keep in ("first", "last")]
    places = pl.concat(samples).select(_PLACE).unique().sort(_PLACE).iter_rows()
    return frozenset(identity.issuer for identity in _identities(store, places))


def objects_of(
    lake: Lake, store: ObjectStore, pseudonymiser: Pseudonymiser, keys: frozenset[str]
) -> frozenset[str]:
    """Find the objects of some patient keys that no table connects with her.

    Those are rejected objects: reports, other modalities, and what was erased before.
    """
    is_rejected = (pl.col("state") == "rejected") & pl.col("gone_at").is_null()
    places = lake.read(OBJECTS, columns=list(_PLACE), where=is_rejected).sort(_PLACE).rows()
    found: set[str] = set()
    for place in places:
        for identity in _identities(store, iter([place])):
            if identity.patient_key(pseudonymiser) in keys:
                found.add(place[0])
    return frozenset(found)


def _identities(
    store: ObjectStore, places: Iterator[tuple[str, str, int]]
) -> Iterator[PlainIdentity]:
    """Who each object is of; what cannot be read is of nobody."""
    for place in places:
        try:
            yield read_identity(store, *place)
        except Rejected:
            continue
