"""A thousand flipped bits on the way from the store, each one noticed."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tasks.ingest import retries
from tasks.ingest.object_store import ObjectStore, S3Location
from tests.support.headers import mammogram
from tests.support.scripted_s3 import Answer, scripted_s3

DATA = mammogram()
MD5 = hashlib.md5(DATA).hexdigest()
IN_ONE_PART = hashlib.md5(hashlib.md5(DATA).digest()).hexdigest() + "-1"
OPAQUE = "0123-opaque"
N_FLIPS = 250


@dataclass
class Wire:
    """A store whose next answer has one bit flipped, then right ones."""

    store: ObjectStore
    dice: random.Random = field(default_factory=lambda: random.Random(20261124))
    etag: str = MD5
    is_next_flipped: bool = False
    n_flipped: int = 0

    def answer(self) -> Answer:
        body = bytearray(DATA)
        if self.is_next_flipped:
            body[self.dice.randrange(len(body))] ^= 1 << self.dice.randrange(8)
            self.is_next_flipped = False
            self.n_flipped += 1
        return Answer(bytes(body), headers={"ETag": f'"{self.etag}"'})


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 0.0)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with scripted_s3(lambda *_: wire.answer()) as (endpoint, _):
        wire = Wire(ObjectStore(S3Location(endpoint, "us-east-1", "bucket")))
        yield wire
        wire.store.close()


@pytest.mark.parametrize(
    ("etag", "sha256"),
    [
        (MD5, None),
        (IN_ONE_PART, None),
        (OPAQUE, None),
        (OPAQUE, hashlib.sha256(DATA).hexdigest()),
    ],
    ids=["md5", "md5 of parts", "nothing known", "digest of first sight"],
)
def test_no_flipped_bit_passes_in_a_whole_object(wire: Wire, etag: str, sha256: str | None):
    wire.etag = etag
    for _ in range(N_FLIPS):
        wire.is_next_flipped = True
        assert wire.store.read("a", etag, len(DATA), sha256).data == DATA
    assert wire.n_flipped == N_FLIPS


def test_no_flipped_bit_passes_in_a_head(wire: Wire):
    for _ in range(N_FLIPS):
        wire.is_next_flipped = True
        assert wire.store.read_part("a", MD5, len(DATA)) == DATA
    assert wire.n_flipped == N_FLIPS
