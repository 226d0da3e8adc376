"""What an ETag proves of an object's bytes: their MD5, the MD5 of its parts' MD5s, or nothing.

It judges bytes and fetches none.
"""

import hashlib
import re

MEBIBYTE = 1 << 20
PART_SIZES_BYTES = tuple(
    n * MEBIBYTE for n in (5, 6, 7, 8, 10, 12, 15, 16, 20, 25, 32, 50, 64, 100, 128, 256, 512)
)
"""Parts as clients cut them: boto3 and AWS 8 MiB, rclone 5, s3cmd 15, MinIO's 16, Ceph's 15."""

_WHOLE = re.compile("[0-9a-f]{32}")
_IN_PARTS = re.compile(r"([0-9a-f]{32})-(\d{1,5})")


def proves(etag: str, data: bytes) -> bool | None:
    """Hold bytes to an ETag.

    Args:
        etag: Without quotes; "" where the store's encryption makes it no digest.
        data: The whole object, as it arrived.

    Returns:
        True if the ETag is theirs, False if it is the MD5 of others, None if it does not tell.
    """
    if _WHOLE.fullmatch(etag):
        return md5(data).hex() == etag
    if (in_parts := _IN_PARTS.fullmatch(etag)) and _is_of_parts(data, *in_parts.groups()):
        return True
    return None


def md5(data: bytes) -> bytes:
    """The digest that S3's ETags are made of; nothing here is secret."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def _is_of_parts(data: bytes, digest: str, n_parts: str) -> bool:
    sizes = [size for size in PART_SIZES_BYTES if -(-len(data) // size) == int(n_parts)]
    return any(_digest_of_parts(data, size) == digest for size in sizes)


def _digest_of_parts(data: bytes, size_bytes: int) -> str:
    view = memoryview(data)
    starts = range(0, len(data), size_bytes)
    return md5(b"".join(md5(bytes(view[start : start + size_bytes])) for start in starts)).hex()
