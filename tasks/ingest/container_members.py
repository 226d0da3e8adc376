"""Bytes of objects, of containers' members and of tables' rows: the one way in for readers.

A member is inflated within the size that its directory states and held to its CRC-32; what
fails twice, the second time from bytes that arrived twice alike, is damaged where it lies. A
row is read as the DICOM object that `picture_files` makes of it and its picture.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager

from tasks.errors import Rejected
from tasks.ingest import picture_tables
from tasks.ingest.containers import (
    Member,
    Place,
    place_of,
    read_directory,
    refused,
)
from tasks.ingest.object_store import ObjectStore, VerifiedObject
from tasks.ingest.picture_files import read_picture, read_picture_head
from tasks.ingest.picture_tables import Picture, Row, find_picture, read_rows
from tasks.ingest.retries import DamagedInTransit, ObjectChanged, retried

ReadPart = Callable[[int, int], bytes]
"""Of a container, from a first byte, so many bytes; fewer where it ends."""

_LOCAL_MAGIC = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30
_LOCAL_HEADER_MAX_BYTES = 8192
"""With the member's name and extra fields, which may differ from the directory's."""


def read_head(store: ObjectStore, object_key: str, etag: str, n_bytes: int) -> bytes:
    """Read the first bytes of an object or a member; all of them if there are fewer.

    Raises:
        Rejected: If a member is encrypted, packed in a way of its own, or damaged.
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer.
    """
    if (place := place_of(object_key, etag)) is None:
        return store.read_part(object_key, etag, n_bytes)
    if is_row(place):
        with _picture_in_its_place():
            return read_picture_head(store, *_picture(store, place, etag), n_bytes)
    member = _member(store, place)
    parts = _parts(store, place, twice=True)
    stored = _stored(member, min(n_bytes, member.stored_bytes), parts)
    head = _inflated(member, stored, min(n_bytes, member.size_bytes))
    if n_bytes >= member.stored_bytes and len(head) < min(n_bytes, member.size_bytes):
        raise refused("It ends before the size that its container's directory tells.")
    return head


def read_whole(
    store: ObjectStore,
    object_key: str,
    etag: str,
    size_bytes: int,
    sha256: str | None = None,
) -> VerifiedObject:
    """Read an object or a member whole, and prove that it is the one listed.

    Args:
        store: Where it is.
        object_key: As listed.
        etag: As listed.
        size_bytes: As listed.
        sha256: Digest of the bytes at first sight, if they were read before.

    Raises:
        Rejected: As `read_head`.
        ObjectChanged: If another object is there by now, or none.
        Retryable: If the store does not answer, or never with those bytes.
    """
    if (place := place_of(object_key, etag)) is None:
        return store.read(object_key, etag, size_bytes, sha256)
    if is_row(place):
        with _picture_in_its_place():
            return read_picture(store, *_picture(store, place, etag), sha256)
    member = _member(store, place)

    def attempt() -> VerifiedObject:
        try:
            data = read_member(member, _parts(store, place, twice=False))
        except Rejected:
            data = read_member(member, _parts(store, place, twice=True))
        digest = hashlib.sha256(data).hexdigest()
        if sha256 not in (None, digest):
            raise DamagedInTransit("not the bytes that were read at first sight")
        return VerifiedObject(data, digest)

    return retried(f"Reading {object_key}", attempt)


def is_row(place: Place) -> bool:
    """Whether a place is a row of a table of pictures, and not in a ZIP file."""
    return place.container_key.lower().endswith(picture_tables.SUFFIX)


def _picture(store: ObjectStore, place: Place, etag: str) -> tuple[Row, Picture]:
    rows = read_rows(store.location, place.container_key, place.container_etag)
    if place.number >= len(rows):
        raise refused("Its table holds fewer rows than were listed.")
    row = rows[place.number]
    return row, find_picture(place.container_key, row, etag)


@contextmanager
def _picture_in_its_place() -> Generator[None]:
    """A picture that is gone from beside its table is the row's flaw, not the moment's."""
    try:
        yield
    except ObjectChanged:
        raise refused(
            "Its picture is not the one that was there with the table: put the table again."
        ) from None


def _member(store: ObjectStore, place: Place) -> Member:
    directory = read_directory(store.location, place.container_key, place.container_etag)
    if place.number >= len(directory):
        raise refused("Its container holds fewer files than were listed.")
    member = directory[place.number]
    _check_readable(member)
    return member


def _check_readable(member: Member) -> None:
    if member.offset < 0:
        raise refused("It does not lie where the container's directory tells.")
    if member.is_encrypted:
        raise refused("It is encrypted.")
    if member.compression not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused(f"Its compression is method {member.compression}; 0 and 8 are read.")


def read_member(member: Member, read_part: ReadPart) -> bytes:
    """Read a member whole from where its container lies, without the container's directory.

    Raises:
        Rejected: CONTAINER_REFUSED if it is encrypted, packed in a way of its own, or damaged.
    """
    _check_readable(member)
    stored = _stored(member, member.stored_bytes, read_part)
    data = _inflated(member, stored, member.size_bytes + 1)
    if len(data) != member.size_bytes or zlib.crc32(data) != member.crc32:
        raise refused("Its bytes are not those that the container's directory tells of.")
    return data


def _parts(store: ObjectStore, place: Place, *, twice: bool) -> ReadPart:
    def read_part(start: int, n_bytes: int) -> bytes:
        key, etag = place.container_key, place.container_etag
        return store.read_part(key, etag, n_bytes, start, twice=twice)

    return read_part


def _stored(member: Member, n_bytes: int, read_part: ReadPart) -> bytes:
    """A member's first bytes as they lie in its container."""
    part = read_part(member.offset, _LOCAL_HEADER_MAX_BYTES + n_bytes)
    if len(part) < _LOCAL_HEADER_BYTES or not part.startswith(_LOCAL_MAGIC):
        raise refused("It does not lie where the container's directory tells.")
    start = _LOCAL_HEADER_BYTES + sum(struct.unpack_from("<HH", part, 26))
    if start > _LOCAL_HEADER_MAX_BYTES:
        raise refused("Its name is too long.")
    return part[start : start + n_bytes]


def _inflated(member: Member, stored: bytes, max_bytes: int) -> bytes:
    if member.compression == zipfile.ZIP_STORED:
        return stored[:max_bytes]
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(stored, max_bytes)
    except zlib.error:
        raise refused("Its deflated bytes are damaged.") from None
