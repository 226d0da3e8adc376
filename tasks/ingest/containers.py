"""ZIP objects: which files they hold, within bounds, and how those are named here.

A member is named by its number, never by its own name: that may hold a patient's, or lead out
of a folder. It reads a container's directory; members' bytes are `container_members`' work.
"""

import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast

from tasks.errors import Rejected, RejectionReason, Retryable
from tasks.ingest.object_store import ObjectStore, ObjectSummary, S3Location

SUFFIX = ".zip"
MAGIC = b"PK"
SEPARATOR = "!/"
ETAG_SEPARATOR = "!"
"""No store writes it into an ETag, so it tells a member from an object of such a name."""

_TAIL_BYTES = 1 << 16
_FREE_BYTES = 1 << 30
_MAX_DIRECTORY_BYTES = 4 << 20
"""It is read whole; 10 000 files take 1 MiB."""
_ENCRYPTED = 1


@dataclass(frozen=True)
class ContainerLimits:
    """What a container may ask for.

    Args:
        max_members: Files in it.
        max_inflated_bytes: Of all its members together.
        max_ratio: Inflated over stored bytes, where there is more than 1 GiB of the former.
    """

    max_members: int = 10_000
    max_inflated_bytes: int = 64 << 30
    max_ratio: int = 200


DEFAULT_LIMITS = ContainerLimits()


@dataclass(frozen=True)
class Place:
    """Where a member is: its container, and its number there."""

    container_key: str
    container_etag: str
    number: int


@dataclass(frozen=True)
class Member:
    """A member's entry in the directory."""

    offset: int
    stored_bytes: int
    size_bytes: int
    crc32: int
    compression: int
    is_encrypted: bool


def place_of(object_key: str, etag: str) -> Place | None:
    """Where a member is; None for an object of the bucket itself."""
    if ETAG_SEPARATOR not in etag:
        return None
    container_key, _, number = object_key.rpartition(SEPARATOR)
    return Place(container_key, etag.partition(ETAG_SEPARATOR)[0], int(number))


def container_of(object_key: str) -> str | None:
    """The container that a member's key names; None where the key is not such a one."""
    container_key, separator, number = object_key.rpartition(SEPARATOR)
    return container_key if separator and re.fullmatch(r"\d{6}", number) else None


def content_of(etag: str) -> str:
    """What an ETag tells of the content: of a member its CRC-32 and size."""
    return etag.rpartition(ETAG_SEPARATOR)[2]


def member_summaries(
    store: ObjectStore, container: ObjectSummary, limits: ContainerLimits = DEFAULT_LIMITS
) -> tuple[ObjectSummary, ...]:
    """List a container's members as if the bucket listed them.

    Raises:
        Rejected: CONTAINER_REFUSED if it is damaged or beyond a bound.
        Retryable: If the store does not answer.
    """
    members = read_directory(store.location, container.object_key, container.etag)
    _check_bounds(members, container.size_bytes, limits)
    return tuple(
        ObjectSummary(
            f"{container.object_key}{SEPARATOR}{number:06}",
            f"{container.etag}{ETAG_SEPARATOR}{member.crc32:08x}-{member.size_bytes}",
            member.size_bytes,
            container.last_modified_at,
        )
        for number, member in enumerate(members)
    )


def _check_bounds(
    members: tuple[Member, ...], size_bytes: int, limits: ContainerLimits
) -> None:
    inflated_bytes = sum(member.size_bytes for member in members)
    allowed = min(limits.max_inflated_bytes, max(_FREE_BYTES, limits.max_ratio * size_bytes))
    if len(members) > limits.max_members:
        raise refused(f"It holds {len(members)} files, more than {limits.max_members}.")
    if inflated_bytes > allowed:
        raise refused(f"Its {size_bytes} bytes claim to hold {inflated_bytes}.")


@lru_cache(maxsize=2)
def read_directory(location: S3Location, container_key: str, etag: str) -> tuple[Member, ...]:
    """Read the entries of a container's files, folders left out; kept for its next member.

    Raises:
        Rejected: CONTAINER_REFUSED if there is no directory, or it is too long or damaged.
        Retryable: If the store does not answer.
    """
    source = _Source(ObjectStore(location), container_key, etag)
    try:
        with zipfile.ZipFile(cast(BinaryIO, source)) as container:
            return members_of(container)
    except (Rejected, Retryable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - hostile bytes raise six types and more
        raise refused(f"Its directory cannot be read ({type(error).__name__}).") from None


def members_of(container: zipfile.ZipFile) -> tuple[Member, ...]:
    """The entries of a container's files, folders left out."""
    return tuple(
        Member(
            entry.header_offset,
            entry.compress_size,
            entry.file_size,
            entry.CRC,
            entry.compress_type,
            bool(entry.flag_bits & _ENCRYPTED),
        )
        for entry in container.infolist()
        if not entry.is_dir()
    )


def refused(detail: str) -> Rejected:
    """Say why a container, or a member of one, is not read."""
    return Rejected(RejectionReason.CONTAINER_REFUSED, detail)


class _Source:
    """An object as a file that is read piecewise; its tail, where directories are, at once."""

    def __init__(self, store: ObjectStore, object_key: str, etag: str) -> None:
        self._store, self._key, self._etag = store, object_key, etag
        self._size = store.size_bytes(object_key, etag)
        self._tail_start = max(self._size - _TAIL_BYTES, 0)
        self._tail = store.read_part(object_key, etag, _TAIL_BYTES, self._tail_start)
        self._position = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self._position, self._size)[whence]
        if start + offset < 0:
            raise OSError("before the start")
        self._position = start + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        start, n_left = self._position, max(self._size - self._position, 0)
        n_bytes = n_left if size < 0 else min(size, n_left)
        if n_bytes > _MAX_DIRECTORY_BYTES:
            raise refused(f"Its directory has more than {_MAX_DIRECTORY_BYTES} bytes.")
        self._position += n_bytes
        if start >= self._tail_start:
            return self._tail[start - self._tail_start :][:n_bytes]
        return self._store.read_part(self._key, self._etag, n_bytes, start) if n_bytes else b""

    def close(self) -> None:
        """Nothing is held open."""
