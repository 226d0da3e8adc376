"""The object store against real servers: rclone's, which is embedded, and moto's."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace

import boto3
import boto3.s3.transfer
import pytest

from flows.stack.servers import EmbeddedS3
from tasks.errors import Misconfigured, RejectionReason, Retryable
from tasks.ingest import object_store
from tasks.ingest.instances import read_object
from tasks.ingest.object_store import ObjectStore, ObjectSummary, S3Location
from tasks.ingest.retries import ObjectChanged
from tests.support.headers import PSEUDONYMISER, mammogram
from tests.support.moto_server import CREDENTIALS, moto_server

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module", params=["rclone", "moto"])
def store(request: pytest.FixtureRequest) -> Iterator[ObjectStore]:
    with pytest.MonkeyPatch.context() as environment:
        if request.param == "rclone":
            server: EmbeddedS3 = request.getfixturevalue("s3_server")
            environment.setenv("AWS_ACCESS_KEY_ID", server.keys.access_key)
            environment.setenv("AWS_SECRET_ACCESS_KEY", server.keys.secret_key)
            yield from made_store(server.endpoint)
        else:
            for name, value in CREDENTIALS.items():
                environment.setenv(name, value)
            with moto_server() as endpoint:
                yield from made_store(endpoint)


def made_store(endpoint: str) -> Iterator[ObjectStore]:
    store = ObjectStore(S3Location(endpoint, "us-east-1", "object-store-test"))
    store.ensure_bucket()
    store.ensure_bucket()
    yield store
    store.close()


def below(store: ObjectStore, prefix: str) -> ObjectStore:
    return ObjectStore(replace(store.location, prefix=prefix))


def written(store: ObjectStore, object_key: str, data: bytes) -> ObjectSummary:
    store.write(object_key, data)
    return next(iter(below(store, object_key).list_objects()))


def test_what_was_written_is_listed_and_read_back(store: ObjectStore):
    data = bytes(range(256)) * 4000
    listed = written(store, "read/1.dcm", data)
    assert listed.size_bytes == len(data)
    assert listed.etag == hashlib.md5(data).hexdigest()
    assert listed.last_modified_at.tzinfo is not None
    verified = store.read("read/1.dcm", listed.etag, listed.size_bytes)
    assert verified.data == data
    assert verified.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("object_key", ["odd/a b+c%20ñ.dcm", "odd/'quoted'&=?#.dcm"])
def test_odd_keys_are_read_as_they_are_listed(store: ObjectStore, object_key: str):
    listed = written(store, object_key, b"data")
    assert store.read(listed.object_key, listed.etag, 4).data == b"data"


def test_more_objects_than_a_page_are_all_listed(store: ObjectStore, monkeypatch):
    monkeypatch.setattr(object_store, "KEYS_PER_PAGE", 10)
    keys = {f"many/{number:04}.dcm" for number in range(25)}
    for key in keys:
        store.write(key, b"x")
    store.write("other/1.dcm", b"x")
    listed = [summary.object_key for summary in below(store, "many/").list_objects()]
    assert len(listed) == 25
    assert set(listed) == keys


@pytest.mark.parametrize("n_bytes", [1, 10, 11, 4096])
def test_the_head_of_an_object_is_as_long_as_asked(store: ObjectStore, n_bytes: int):
    listed = written(store, "head/1.dcm", b"0123456789a")
    assert store.read_part("head/1.dcm", listed.etag, n_bytes) == b"0123456789a"[:n_bytes]


def test_a_replaced_or_deleted_object_is_noticed(store: ObjectStore):
    listed = written(store, "changed/1.dcm", b"before")
    store.write("changed/1.dcm", b"after!")
    with pytest.raises(ObjectChanged):
        store.read(listed.object_key, listed.etag, listed.size_bytes)
    with pytest.raises(ObjectChanged):
        store.read_part("changed/none.dcm", listed.etag, 10)


def test_a_digest_of_first_sight_is_held_against_the_bytes(store: ObjectStore, monkeypatch):
    monkeypatch.setattr("tasks.ingest.retries.FIRST_WAIT_S", 0.001)
    listed = written(store, "digest/1.dcm", b"data")
    with pytest.raises(Retryable, match="first sight"):
        store.read(listed.object_key, listed.etag, 4, sha256="0" * 64)


def test_an_object_written_in_parts_is_read_without_an_md5(store: ObjectStore):
    data = bytes(6 << 20)
    client = boto3.Session().client(
        "s3", endpoint_url=store.location.endpoint, region_name="us-east-1"
    )
    transfer = boto3.s3.transfer.TransferConfig(multipart_threshold=5 << 20, use_threads=False)
    with tempfile.SpooledTemporaryFile() as file:
        file.write(data)
        file.seek(0)
        client.upload_fileobj(file, store.location.bucket, "parts/1.dcm", Config=transfer)
    client.close()
    listed = next(iter(below(store, "parts/").list_objects()))
    assert store.read(listed.object_key, listed.etag, listed.size_bytes).data == data


def test_a_bucket_that_does_not_exist_is_a_setting_to_mend(store: ObjectStore):
    nowhere = ObjectStore(replace(store.location, bucket="no-such-bucket"))
    with pytest.raises(Misconfigured, match="NoSuchBucket"):
        list(nowhere.list_objects())


def test_a_header_is_read_from_the_store(store: ObjectStore):
    listed = written(store, "header/1.dcm", mammogram())
    result = read_object(store, listed, PSEUDONYMISER)
    assert result.reason is None
    assert result.instance is not None
    assert result.instance["etag"] == listed.etag


def test_an_empty_object_is_rejected_unread(store: ObjectStore):
    listed = written(store, "empty/1.dcm", b"")
    assert read_object(store, listed, PSEUDONYMISER).reason == RejectionReason.EMPTY_OBJECT
