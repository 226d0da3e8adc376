"""Every fault of a store at 5 % over many reads: exact bytes or a stated failure."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from flows.drill import proxy as fault_proxy
from flows.drill.proxy import FAULTS, FaultProxy
from flows.stack.servers import EmbeddedS3
from tasks.errors import Retryable
from tasks.ingest import retries
from tasks.ingest.object_store import ObjectStore, S3Location

pytestmark = pytest.mark.integration

SHARE_OF_EACH = 0.05
N_OBJECTS = 20


@pytest.fixture
def spoilt(
    s3_server: EmbeddedS3, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[FaultProxy, ObjectStore]]:
    """A store behind a proxy, and the proxy."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.keys.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.keys.secret_key)
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 0.0001)
    monkeypatch.setattr(fault_proxy, "TRICKLE_S", 0.01)
    proxy = FaultProxy(s3_server.endpoint, seed=5)
    with proxy.serving() as url:
        store = ObjectStore(S3Location(url, "us-east-1", "faults"))
        store.ensure_bucket()
        yield proxy, store
        store.close()


@pytest.mark.parametrize("n_reads", [200, pytest.param(2000, marks=pytest.mark.long)])
def test_a_read_is_exact_or_reported(spoilt, n_reads):
    proxy, store = spoilt
    chance = random.Random(5)
    stored = {f"exam/{n}.dcm": chance.randbytes(chance.randrange(1, 4000)) for n in range(20)}
    etags = {key: store.write(key, data) for key, data in stored.items()}
    asked = count_requests(proxy)
    proxy.share = SHARE_OF_EACH * len(FAULTS)
    outcomes: Counter[str] = Counter()
    for n in range(n_reads):
        key = f"exam/{n % N_OBJECTS}.dcm"
        before = asked.total()
        try:
            data = store.read(key, etags[key], len(stored[key])).data
            outcomes["exact" if data == stored[key] else "silent"] += 1
        except Retryable:
            outcomes["reported"] += 1
        assert asked.total() - before <= retries.N_TRIES
    assert outcomes["silent"] == 0
    assert outcomes["exact"] >= 0.9 * n_reads
    assert outcomes.total() == n_reads
    assert set(proxy.counts) == set(FAULTS)


def count_requests(proxy: FaultProxy) -> Counter[str]:
    """Count what is asked of the proxy from now on."""
    asked: Counter[str] = Counter()
    draw = proxy.draw

    def counting(method: str, path: str = "") -> str | None:
        asked[method] += 1
        return draw(method, path)

    proxy.draw = counting
    return asked
