"""What ETags prove."""

import hashlib

import pytest

from tasks.ingest.etags import MEBIBYTE, proves

DATA = bytes(range(256)) * 4 * 1024 * 9  # 9 MiB


def in_parts(data: bytes, size_bytes: int) -> str:
    parts = [data[start : start + size_bytes] for start in range(0, len(data), size_bytes)]
    digests = b"".join(hashlib.md5(part).digest() for part in parts)
    return f"{hashlib.md5(digests).hexdigest()}-{len(parts)}"


@pytest.mark.parametrize("size_mib", [5, 8])
def test_parts_of_a_usual_size_are_proven(size_mib: int):
    assert proves(in_parts(DATA, size_mib * MEBIBYTE), DATA) is True


def test_an_md5_proves_or_disproves():
    etag = hashlib.md5(DATA).hexdigest()
    assert proves(etag, DATA) is True
    assert proves(etag, DATA[:-1] + b"\0") is False


@pytest.mark.parametrize(
    "etag", ["", "opaque", in_parts(DATA, 3 * MEBIBYTE), in_parts(DATA[1:], 8 * MEBIBYTE)]
)
def test_other_etags_tell_nothing(etag: str):
    assert proves(etag, DATA) is None
