"""Objects of any S3-compatible store: listed, read with proof, written.

Bytes that differ from what was listed never leave here; it knows nothing of DICOM.

boto3's own retries end where a body begins, and a store may send a short or flipped body, or an
error page, as success. So every read is tried and verified as a whole.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.utils import parse_timestamp

from tasks.errors import Misconfigured
from tasks.ingest.etags import md5, proves
from tasks.ingest.retries import DamagedInTransit, ObjectChanged, error_code, retried

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
MAX_CONNECTIONS = 16
KEYS_PER_PAGE = 1000

_REFUSALS = frozenset(
    {"NoSuchBucket", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"}
)


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

    def read_part(
        self, object_key: str, etag: str, n_bytes: int, start: int = 0, *, twice: bool = True
    ) -> bytes:
        """Read some of an object's bytes; fewer if it ends before.

        Args:
            object_key: Of the object.
            etag: As listed.
            n_bytes: How many; at least 1.
            start: From which byte on.
            twice: Until two answers agree: no digest covers a part. Not where the caller has
                a proof of its own.

        Raises:
            ObjectChanged: If another object is there by now, or none.
            Retryable: If the store does not answer, or never with the same whole range.
        """

        def attempt() -> bytes:
            data = self._part(object_key, etag, start, n_bytes)
            if twice and self._part(object_key, etag, start, n_bytes) != data:
                raise DamagedInTransit("two answers differ")
            return data

        return retried(f"Reading a part of {object_key}", attempt)

    def read(
        self, object_key: str, etag: str, size_bytes: int, sha256: str | None = None
    ) -> VerifiedObject:
        """Read an object whole, and prove that it is the one listed.

        Args:
            object_key: Of the object.
            etag: As listed. Bytes read for the first time are held to it; where it is no MD5,
                whole or in parts, two answers must agree.
            size_bytes: As listed.
            sha256: Digest of the bytes at first sight, hexadecimal, if they were read before.

        Raises:
            ObjectChanged: If another object is there by now, or none.
            Retryable: If the store does not answer, or never with those bytes.
        """

        def attempt() -> VerifiedObject:
            data, is_proven = self._whole(object_key, etag, size_bytes)
            digest = hashlib.sha256(data).hexdigest()
            if sha256 not in (None, digest):
                raise DamagedInTransit("not the bytes that were read at first sight")
            if sha256 is None and not is_proven:
                again, _ = self._whole(object_key, etag, size_bytes)
                if hashlib.sha256(again).hexdigest() != digest:
                    raise DamagedInTransit("two answers differ")
            return VerifiedObject(data, digest)

        return retried(f"Reading {object_key}", attempt)

    def size_bytes(self, object_key: str, etag: str) -> int:
        """Tell an object's size.

        Raises:
            ObjectChanged: If another object is there by now, or none.
            Retryable: If the store does not answer.
        """

        def attempt() -> int:
            answer = self._get(object_key, etag, Range="bytes=0-0")
            answer["Body"].close()
            return _total_bytes(answer)

        return retried(f"Measuring {object_key}", attempt)

    def write(self, object_key: str, data: bytes) -> str:
        """Write an object, with a digest that the store checks; its ETag.

        Raises:
            Retryable: If the store does not take it.
        """
        digest = base64.b64encode(md5(data)).decode()

        def attempt() -> str:
            answer = self._client.put_object(
                Bucket=self.location.bucket, Key=object_key, Body=data, ContentMD5=digest
            )
            return _plain(answer["ETag"])

        return retried(f"Writing {object_key}", attempt)

    def delete(self, object_key: str) -> int:
        """Delete an object in all versions that the store keeps; how many those were.

        Raises:
            Retryable: If the store does not answer or refuses.
        """

        def attempt() -> int:
            versions = self._versions(object_key) or [{}]
            for version in versions:
                self._client.delete_object(
                    Bucket=self.location.bucket, Key=object_key, **version
                )
            return len(versions)

        return retried(f"Deleting {object_key}", attempt)

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

    def _versions(self, object_key: str) -> list[dict[str, str]]:
        """Name each version of an object, delete markers too; none where a store keeps none."""
        pages = self._client.get_paginator("list_object_versions")
        found: list[dict[str, str]] = []
        try:
            for page in pages.paginate(Bucket=self.location.bucket, Prefix=object_key):
                entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                found += [
                    {"VersionId": entry["VersionId"]}
                    for entry in entries
                    if entry["Key"] == object_key
                ]
        except ClientError as error:
            if error_code(error) not in {"NotImplemented", "501"}:
                raise
        return found

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

    def _part(self, object_key: str, etag: str, start: int, n_bytes: int) -> bytes:
        answer = self._get(object_key, etag, Range=f"bytes={start}-{start + n_bytes - 1}")
        is_whole = "ContentRange" not in answer  # the store does not know ranges
        with closing(answer["Body"]) as body:
            if is_whole:
                body.read(start)
            data = body.read(n_bytes)
        if len(data) != min(n_bytes, _total_bytes(answer) - start):
            raise DamagedInTransit(f"{len(data)} of {n_bytes} bytes arrived")
        return data

    def _whole(self, object_key: str, etag: str, size_bytes: int) -> tuple[bytes, bool]:
        """An object's bytes, and whether its ETag is theirs."""
        answer = self._get(object_key, etag)
        with closing(answer["Body"]) as body:
            data = body.read(size_bytes + 1)
        if len(data) != size_bytes:
            raise DamagedInTransit(f"not the {size_bytes} bytes listed")
        is_digest = "aws:kms" not in answer.get("ServerSideEncryption", "")
        is_proven = proves(etag if is_digest else "", data)
        if is_proven is False:
            raise DamagedInTransit("not the bytes that the ETag is the MD5 of")
        return data, bool(is_proven)

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


def _total_bytes(answer: dict[str, Any]) -> int:
    """The object's size, from an answer with some of it or all."""
    return int(str(answer.get("ContentRange", answer["ContentLength"])).split("/")[-1])


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
    session = get_session()
    session.get_component("response_parser_factory").set_parser_defaults(
        timestamp_parser=_moment
    )
    return boto3.Session(botocore_session=session).client(
        "s3", endpoint_url=endpoint or None, region_name=region, config=config
    )


def _moment(value: str) -> datetime:
    """Read a time of an answer; botocore's own way is four fifths of a listing's work."""
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return parse_timestamp(value)
    return moment if moment.tzinfo else parse_timestamp(value)


def _plain(etag: str) -> str:
    return etag.removeprefix("W/").strip('"')
