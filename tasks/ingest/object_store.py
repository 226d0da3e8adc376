"""Objects of any S3-compatible store: listed, read with proof, written.

Bytes that differ from what was listed never leave here; it knows nothing of DICOM.

boto3's own retries end where a body begins, and a store may send a short or flipped body, or an
error page, as success. So every read is tried and verified as a whole.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tasks.errors import Misconfigured
from tasks.ingest.retries import DamagedInTransit, ObjectChanged, error_code, retried

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
MAX_CONNECTIONS = 16
KEYS_PER_PAGE = 1000

_REFUSALS = frozenset(
    {"NoSuchBucket", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"}
)
_MD5 = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class S3Location:
    """Where the campaign's objects are.

    Args:
        endpoint: URL of the store; "" for AWS.
        region: Of the bucket.
        bucket: Its name.
        prefix: Only keys below it are listed.
    """

    endpoint: str
    region: str
    bucket: str
    prefix: str = ""


@dataclass(frozen=True)
class ObjectSummary:
    """An object as listed."""

    object_key: str
    etag: str
    size_bytes: int
    last_modified_at: datetime


@dataclass(frozen=True)
class VerifiedObject:
    """An object's bytes, proven to be those listed, with their digest (hexadecimal)."""

    data: bytes
    sha256: str


class ObjectStore:
    """A bucket; picklable, usable from several threads and processes.

    Credentials come from boto3's standard chain, when first needed.
    """

    def __init__(self, location: S3Location) -> None:
        self.location = location

    def list_objects(self) -> Iterator[ObjectSummary]:
        """List every object below the prefix, but for folders' place holders.

        Raises:
            Misconfigured: If the bucket does not exist or refuses these credentials.
            Retryable: If the store does not answer.
        """
        token: dict[str, str] = {}
        while True:
            page = self._page(token)
            for entry in page.get("Contents", []):
                if not entry["Key"].endswith("/"):
                    yield ObjectSummary(
                        entry["Key"],
                        _plain(entry["ETag"]),
                        entry["Size"],
                        entry["LastModified"],
                    )
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def read_range(self, object_key: str, etag: str, n_bytes: int) -> bytes:
        """Read an object's first bytes; all of them if there are fewer.

        Raises:
            ObjectChanged: If another object is there by now, or none.
            Retryable: If the store does not answer, or never with the whole range.
        """

        def attempt() -> bytes:
            answer = self._get(object_key, etag, Range=f"bytes=0-{n_bytes - 1}")
            with closing(answer["Body"]) as body:
                data = body.read(n_bytes)
            total = str(answer.get("ContentRange", answer["ContentLength"])).split("/")[-1]
            if len(data) != min(n_bytes, int(total)):
                raise DamagedInTransit(f"{len(data)} of {n_bytes} bytes arrived")
            return data

        return retried(f"Reading the head of {object_key}", attempt)

    def read(
        self, object_key: str, etag: str, size_bytes: int, sha256: str | None = None
    ) -> VerifiedObject:
        """Read an object whole, and prove that it is the one listed.

        Args:
            object_key: Of the object.
            etag: As listed; where it is an MD5, bytes read for the first time are held to it.
            size_bytes: As listed.
            sha256: Digest of the bytes at first sight, hexadecimal, if they were read before.

        Raises:
            ObjectChanged: If another object is there by now, or none.
            Retryable: If the store does not answer, or never with those bytes.
        """

        def attempt() -> VerifiedObject:
            answer = self._get(object_key, etag)
            with closing(answer["Body"]) as body:
                data = body.read(size_bytes + 1)
            is_md5 = "aws:kms" not in answer.get("ServerSideEncryption", "")
            return _verified(data, etag if is_md5 else "", size_bytes, sha256)

        return retried(f"Reading {object_key}", attempt)

    def write(self, object_key: str, data: bytes) -> str:
        """Write an object, with a digest that the store checks; its ETag.

        Raises:
            Retryable: If the store does not take it.
        """
        md5 = base64.b64encode(_md5(data)).decode()

        def attempt() -> str:
            answer = self._client.put_object(
                Bucket=self.location.bucket, Key=object_key, Body=data, ContentMD5=md5
            )
            return _plain(answer["ETag"])

        return retried(f"Writing {object_key}", attempt)

    def ensure_bucket(self) -> None:
        """Make the bucket where there is none.

        Raises:
            Retryable: If the store does not answer.
        """

        def attempt() -> None:
            try:
                self._client.head_bucket(Bucket=self.location.bucket)
            except ClientError as error:
                if error_code(error) not in {"404", "NoSuchBucket"}:
                    raise
                self._client.create_bucket(Bucket=self.location.bucket)

        retried(f"Making the bucket {self.location.bucket}", attempt)

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._client.close()
        _client.cache_clear()

    @property
    def _client(self) -> Any:
        return _client(self.location.endpoint, self.location.region, os.getpid())

    def _page(self, token: dict[str, str]) -> dict[str, Any]:
        def attempt() -> dict[str, Any]:
            try:
                return self._client.list_objects_v2(
                    Bucket=self.location.bucket,
                    Prefix=self.location.prefix,
                    MaxKeys=KEYS_PER_PAGE,
                    **token,
                )
            except ClientError as error:
                if error_code(error) in _REFUSALS:
                    raise Misconfigured(
                        f"The bucket {self.location.bucket} cannot be listed "
                        f"({error_code(error)}): check SMART_MAMMO_S3_ENDPOINT, "
                        "SMART_MAMMO_S3_BUCKET and the credentials."
                    ) from error
                raise

        return retried(f"Listing {self.location.bucket}", attempt)

    def _get(self, object_key: str, etag: str, **options: str) -> dict[str, Any]:
        """Open an object, and compare the ETag that came with it.

        Not every store heeds If-Match; where one does, it saves sending another object.
        """
        answer: dict[str, Any] = self._client.get_object(
            Bucket=self.location.bucket, Key=object_key, IfMatch=f'"{etag}"', **options
        )
        arrived = _plain(answer.get("ETag", ""))
        if arrived == etag:
            return answer
        answer["Body"].close()
        if not arrived:
            raise DamagedInTransit("the answer has no ETag")
        raise ObjectChanged(f"{object_key} was replaced since it was listed.")


def _verified(
    data: bytes, etag: str, size_bytes: int, known_sha256: str | None
) -> VerifiedObject:
    if len(data) != size_bytes:
        raise DamagedInTransit(f"not the {size_bytes} bytes listed")
    sha256 = hashlib.sha256(data).hexdigest()
    if known_sha256 not in (None, sha256):
        raise DamagedInTransit("not the bytes that were read at first sight")
    if known_sha256 is None and _MD5.fullmatch(etag) and _md5(data).hex() != etag:
        raise DamagedInTransit("not the bytes that the ETag is the MD5 of")
    return VerifiedObject(data, sha256)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


@lru_cache(maxsize=8)
def _client(endpoint: str, region: str, process_id: int) -> Any:
    """One client a process: connections do not survive a fork."""
    del process_id
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"total_max_attempts": 1},
        max_pool_connections=MAX_CONNECTIONS,
        # Other stores than AWS refuse or ignore the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if endpoint else {},
    )
    return boto3.Session().client(
        "s3", endpoint_url=endpoint or None, region_name=region, config=config
    )


def _plain(etag: str) -> str:
    return etag.removeprefix("W/").strip('"')
