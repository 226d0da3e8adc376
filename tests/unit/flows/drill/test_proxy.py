"""The fault proxy: as the store while quiet, and each fault as it is named."""

from collections.abc import Iterator
from http.client import HTTPException

import httpx
import pytest

from flows.drill.proxy import FAULTS, FaultProxy
from tests.support.scripted_s3 import Answer, scripted_s3

BODY = bytes(range(256)) * 40


@pytest.fixture
def proxy() -> Iterator[tuple[FaultProxy, str]]:
    with scripted_s3(lambda *_: Answer(BODY, headers={"ETag": '"abc"'})) as (url, _):
        made = FaultProxy(url, seed=1)
        with made.serving() as own_url:
            yield made, own_url


def only(proxy: FaultProxy, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "draw", lambda _method, _path: fault)


def test_answers_pass_unchanged_while_nothing_is_spoilt(proxy: tuple[FaultProxy, str]) -> None:
    answer = httpx.get(proxy[1])
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["ETag"] == '"abc"'


@pytest.mark.parametrize(
    ("fault", "status"), [("server_error", 500), ("slow_down", 503), ("error_as_success", 200)]
)
def test_error_pages(
    fault: str, status: int, proxy: tuple[FaultProxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(proxy[0], fault, monkeypatch)
    answer = httpx.get(proxy[1])
    assert answer.status_code == status
    assert b"<Code>" in answer.content


@pytest.mark.parametrize("fault", ["reset", "truncated"])
def test_broken_connections(
    fault: str, proxy: tuple[FaultProxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(proxy[0], fault, monkeypatch)
    with pytest.raises((httpx.HTTPError, HTTPException)):
        httpx.get(proxy[1])


def test_one_bit_differs(
    proxy: tuple[FaultProxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(proxy[0], "flipped_bit", monkeypatch)
    content = httpx.get(proxy[1]).content
    flips = [a ^ b for a, b in zip(content, BODY, strict=True) if a != b]
    assert flips == [1]


def test_another_etag(proxy: tuple[FaultProxy, str], monkeypatch: pytest.MonkeyPatch) -> None:
    only(proxy[0], "wrong_etag", monkeypatch)
    answer = httpx.get(proxy[1])
    assert answer.headers["ETag"] == f'"{"0" * 32}"'
    assert answer.content == BODY


def test_faults_are_dealt_out_by_seed_and_share() -> None:
    def dealt(seed: int) -> list[str | None]:
        one = FaultProxy("http://127.0.0.1:1", seed)
        one.share = 0.3
        return [one.draw("GET") for _ in range(400)]

    assert dealt(1) == dealt(1) != dealt(2)
    assert 80 <= sum(fault is not None for fault in dealt(1)) <= 160
    assert set(dealt(1)) == {None, *FAULTS}


def test_listings_are_throttled_so_often_as_told(proxy: tuple[FaultProxy, str]) -> None:
    proxy[0].n_lists_refused = 2
    url = f"{proxy[1]}/campaign?list-type=2"
    assert [httpx.get(url).status_code for _ in range(3)] == [503, 503, 200]
    assert proxy[0].counts == {"slow_down": 2}
