"""Originals out of a real S3 server by real workers: exact, kept within a bound, or refused."""

import hashlib
import zlib
from collections.abc import Iterator

import numpy as np
import pytest

from flows.stack.servers import EmbeddedS3
from reports_app.exam_records import Original
from reports_app.originals import Originals
from tasks.errors import Rejected, Retryable
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.preprocess.geometry import Geometry
from tasks.preprocess.reading import ReadLimits
from tasks.preprocess.workers import WorkerPool
from tasks.synthetic.dicom import build_mammogram_bytes
from tests.support.mammograms import draw_breast

pytestmark = pytest.mark.integration

WHOLE = Geometry(0, 0, 320, 240, is_flipped=False, scale=1.0)


@pytest.fixture(scope="module")
def store(s3_server: EmbeddedS3) -> Iterator[ObjectStore]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", s3_server.keys.access_key)
        environment.setenv("AWS_SECRET_ACCESS_KEY", s3_server.keys.secret_key)
        store = ObjectStore(S3Location(s3_server.endpoint, "us-east-1", "originals-test"))
        store.ensure_bucket()
        yield store
        store.close()


@pytest.fixture(scope="module")
def pool(store: ObjectStore) -> Iterator[WorkerPool]:
    with WorkerPool(1, 20, 3 << 30) as pool:
        yield pool


def put(store: ObjectStore, key: str, data: bytes) -> Original:
    digest = hashlib.sha256(data).hexdigest()
    return Original(key, store.write(key, data), len(data), digest, WHOLE)


def test_an_original_is_exact_and_kept_until_others_need_the_room(store, pool):
    stored = draw_breast()
    first = put(store, "1.dcm", build_mammogram_bytes(stored))
    second = put(store, "2.dcm", build_mammogram_bytes(draw_breast(seed=2)))
    originals = Originals(store.location, pool, ReadLimits(), max_kept_bytes=1)
    view = originals.view(first, is_turned=False)
    codes = np.frombuffer(zlib.decompress(view, 16 + zlib.MAX_WBITS)[-2 * stored.size :], "<u2")
    np.testing.assert_array_equal(codes.reshape(stored.shape), stored)
    store.delete("1.dcm")
    assert originals.view(first, is_turned=False) is view
    originals.view(second, is_turned=False)
    with pytest.raises(Retryable):
        originals.view(first, is_turned=False)


def test_a_damaged_original_is_refused(store, pool):
    damaged = put(store, "3.dcm", build_mammogram_bytes(draw_breast())[:9000])
    originals = Originals(store.location, pool, ReadLimits())
    with pytest.raises(Rejected):
        originals.view(damaged, is_turned=True)
