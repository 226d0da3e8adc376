"""Reads against a store that misbehaves."""

import hashlib
import pickle
from collections.abc import Iterator

import pytest

from tasks.errors import Misconfigured, Retryable
from tasks.ingest import retries
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.ingest.retries import ObjectChanged
from tests.support.scripted_s3 import Answer, scripted_s3

DATA = bytes(range(256)) * 8
MD5 = hashlib.md5(DATA).hexdigest()
SHA256 = hashlib.sha256(DATA).hexdigest()
ETAG = {"ETag": f'"{MD5}"'}
GOOD = Answer(DATA, headers=ETAG)
FLIPPED = Answer(b"\xff" + DATA[1:], headers=ETAG)
ERROR_PAGE = b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>"


class Scripted:
    """A store, and the answers that it gives one after the other, the last one for ever."""

    def __init__(self, endpoint: str, requests: list[str], answers: list[Answer]) -> None:
        self.store = ObjectStore(S3Location(endpoint, "us-east-1", "bucket"))
        self._requests, self._answers = requests, answers

    def follow(self, *answers: Answer) -> ObjectStore:
        self._requests.clear()
        self._answers[:] = answers
        return self.store

    @property
    def n_requests(self) -> int:
        return len(self._requests)

    def read(self, *answers: Answer, etag: str = MD5, sha256: str | None = None) -> bytes:
        return self.follow(*answers).read("a", etag, len(DATA), sha256).data


@pytest.fixture(scope="module")
def scripted() -> Iterator[Scripted]:
    answers: list[Answer] = []

    def script(number: int, _request: object) -> Answer:
        return answers[min(number, len(answers) - 1)]

    with pytest.MonkeyPatch.context() as patch, scripted_s3(script) as (endpoint, requests):
        patch.setattr(retries, "FIRST_WAIT_S", 0.001)
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        scripted = Scripted(endpoint, requests, answers)
        yield scripted
        scripted.store.close()


@pytest.mark.parametrize(
    "fault",
    [
        FLIPPED,
        Answer(DATA[:-1], headers=ETAG),
        Answer(DATA + b"x", headers=ETAG),
        Answer(DATA[:9], headers=ETAG | {"Content-Length": str(len(DATA))}),
        Answer(DATA * 2000, headers=ETAG | {"Content-Length": str(1 << 40)}),
        Answer(ERROR_PAGE),
        Answer(ERROR_PAGE, headers=ETAG),
        Answer(ERROR_PAGE, status=500),
        Answer(ERROR_PAGE, status=503),
        Answer(b"not XML", status=429),
    ],
    ids=[
        "flip",
        "short",
        "long",
        "torn",
        "terabyte",
        "page",
        "page and ETag",
        "500",
        "503",
        "429",
    ],
)
def test_a_fault_in_transit_is_read_again(scripted: Scripted, fault: Answer):
    assert scripted.read(fault, fault, GOOD) == DATA


@pytest.mark.parametrize("fault", [FLIPPED, Answer(ERROR_PAGE), Answer(ERROR_PAGE, status=500)])
def test_a_fault_that_stays_is_retryable_after_five_tries(scripted: Scripted, fault: Answer):
    with pytest.raises(Retryable, match="Reading a failed 5 times"):
        scripted.read(fault)
    assert scripted.n_requests == 5


@pytest.mark.parametrize(
    "answer",
    [
        Answer(DATA, headers={"ETag": '"another"'}),
        Answer(b"<Error><Code>NoSuchKey</Code></Error>", status=404),
        Answer(b"<Error><Code>PreconditionFailed</Code></Error>", status=412),
    ],
    ids=["other ETag", "gone", "precondition"],
)
def test_a_replaced_object_is_told_from_a_fault(scripted: Scripted, answer: Answer):
    with pytest.raises(ObjectChanged):
        scripted.read(answer)
    assert scripted.n_requests == 1


def test_an_etag_that_is_no_md5_leaves_the_digest_of_first_sight(scripted: Scripted):
    parts = {"ETag": '"abc-2"'}
    good, flipped = Answer(DATA, headers=parts), Answer(FLIPPED.body, headers=parts)
    assert scripted.read(flipped, good, etag="abc-2", sha256=SHA256) == DATA


def test_an_etag_of_an_encrypted_object_is_not_taken_for_an_md5(scripted: Scripted):
    encrypted = {"ETag": f'"{"0" * 32}"', "x-amz-server-side-encryption": "aws:kms"}
    assert scripted.read(Answer(DATA, headers=encrypted), etag="0" * 32) == DATA


def test_the_digest_of_what_was_read_comes_with_it(scripted: Scripted):
    verified = scripted.follow(GOOD).read("a", MD5, len(DATA))
    assert verified.sha256 == SHA256


def ranged(body: bytes, n_total: int = len(DATA)) -> Answer:
    last = len(body) - 1
    return Answer(body, 206, ETAG | {"Content-Range": f"bytes 0-{last}/{n_total}"})


@pytest.mark.parametrize(
    "answers",
    [
        [ranged(DATA[:100])],
        [GOOD],
        [ranged(DATA[:99]), ranged(DATA[:100])],
        [Answer(ERROR_PAGE), ranged(DATA[:100])],
    ],
    ids=["range", "store that ignores ranges", "short", "page"],
)
def test_a_range_is_read_whole(scripted: Scripted, answers: list[Answer]):
    assert scripted.follow(*answers).read_part("a", MD5, 100) == DATA[:100]


def test_a_range_over_the_end_is_the_whole_object(scripted: Scripted):
    head = scripted.follow(ranged(DATA)).read_part("a", MD5, 1 << 20)
    assert head == DATA


@pytest.mark.parametrize("code", ["NoSuchBucket", "AccessDenied", "SignatureDoesNotMatch"])
def test_a_bucket_that_cannot_be_listed_is_a_setting_to_mend(scripted: Scripted, code: str):
    answer = Answer(f"<Error><Code>{code}</Code></Error>".encode(), status=403)
    with pytest.raises(Misconfigured, match="SMART_MAMMO_S3_BUCKET"):
        list(scripted.follow(answer).list_objects())


def test_a_store_that_is_away_is_retryable(scripted: Scripted):
    store = ObjectStore(S3Location("http://127.0.0.1:9", "us-east-1", "bucket"))
    with pytest.raises(Retryable, match="Listing bucket failed 5 times"):
        list(store.list_objects())
    store.close()


def test_missing_credentials_are_a_setting_to_mend(monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(Misconfigured, match="AWS_ACCESS_KEY_ID"):
        list(ObjectStore(S3Location("http://127.0.0.1:9", "eu-1", "b")).list_objects())


def test_a_store_travels_to_a_worker():
    store = ObjectStore(S3Location("http://127.0.0.1:9", "us-east-1", "bucket", "2026/"))
    assert pickle.loads(pickle.dumps(store)).location == store.location


def test_waits_grow(monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 0.2)
    monkeypatch.setattr(retries.time, "sleep", waits.append)
    with pytest.raises(Retryable):
        retries.retried("It", lambda: (_ for _ in ()).throw(OSError("away")))
    assert len(waits) == 4
    assert all(0.1 * 3**n <= wait <= 0.2 * 3**n for n, wait in enumerate(waits))
