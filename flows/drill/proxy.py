"""A proxy before an S3 store that spoils some of its answers, by a seeded chance.

It passes requests on as they are, signatures included; nothing is spoilt until `share` is set.
"""

import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import NamedTuple
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
TRICKLE_S = 0.3
_UPSTREAM_TIMEOUT_S = 30
_PER_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Answer(NamedTuple):
    """What a store answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class FaultProxy:
    """Answers for a store as long as its context lasts.

    Args:
        upstream: URL of the store.
        seed: Of the chances.

    Attributes:
        share: Of the answers to GET that are spoilt, 0-1.
        n_lists_refused: How many of the listings that come are told to slow down.
        counts: How often each fault was dealt out.
    """

    def __init__(self, upstream: str, seed: int) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.share = 0.0
        self.n_lists_refused = 0
        self.counts: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311  # a drill's chance, no secret
        self._lock = threading.Lock()

    def draw(self, method: str, path: str = "") -> str | None:
        """Choose the fault of one answer, or none."""
        with self._lock:
            if self.n_lists_refused and "list-type=" in path:
                self.n_lists_refused -= 1
                self.counts["slow_down"] += 1
                return "slow_down"
            if method != "GET" or self._chance.random() >= self.share:
                return None
            fault = self._chance.choice(sorted(FAULTS))
            self.counts[fault] += 1
            return fault

    @contextmanager
    def serving(self) -> Generator[str]:
        """Serve; yields the URL."""
        proxy = self

        class Handler(_Handler):
            owner = proxy

        with _Server((LOOPBACK, 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield f"http://{LOOPBACK}:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


class _Server(ThreadingHTTPServer):
    """Threads end with the drill; a client that is killed is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of broken connections."""


class _Handler(BaseHTTPRequestHandler):
    """One connection: every request is asked of the store on a connection of its own."""

    owner: FaultProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    do_HEAD = do_PUT = do_DELETE = do_POST = do_GET  # noqa: N815  # the library's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Keep quiet: requests name objects."""

    def _answer(self) -> None:
        try:
            answer = self._ask()
        except (OSError, HTTPException):  # the store is away: so is its proxy
            self.close_connection = True
            return
        fault = self.owner.draw(self.command, self.path)
        with suppress(OSError):  # the client went away
            (FAULTS[fault] if fault else _send)(self, answer)

    def _ask(self) -> Answer:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = HTTPConnection(self.owner.upstream, timeout=_UPSTREAM_TIMEOUT_S)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()


def _send(handler: _Handler, answer: Answer, *, n_sent: int | None = None) -> None:
    handler.send_response_only(answer.status)
    for name, value in answer.headers:
        if name.lower() not in _PER_CONNECTION:
            handler.send_header(name, value)
    stated = dict(answer.headers).get("Content-Length", "0")
    length = stated if handler.command == "HEAD" else str(len(answer.body))
    handler.send_header("Content-Length", length)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(answer.body[:n_sent])
    if n_sent is not None:
        handler.close_connection = True


def _server_error(handler: _Handler, _: Answer) -> None:
    _send(handler, Answer(500, [], b"<Error><Code>InternalError</Code></Error>"))


def _slow_down(handler: _Handler, _: Answer) -> None:
    _send(handler, Answer(503, [], b"<Error><Code>SlowDown</Code></Error>"))


def _error_as_success(handler: _Handler, answer: Answer) -> None:
    _send(handler, answer._replace(body=b"<Error><Code>InternalError</Code></Error>"))


def _reset(handler: _Handler, _: Answer) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def _truncated(handler: _Handler, answer: Answer) -> None:
    _send(handler, answer, n_sent=len(answer.body) // 2)


def _flipped_bit(handler: _Handler, answer: Answer) -> None:
    body = bytearray(answer.body)
    if body:
        body[len(body) // 3] ^= 1
    _send(handler, answer._replace(body=bytes(body)))


def _wrong_etag(handler: _Handler, answer: Answer) -> None:
    headers = [
        (name, f'"{"0" * 32}"' if name.lower() == "etag" else value)
        for name, value in answer.headers
    ]
    _send(handler, answer._replace(headers=headers))


def _trickle(handler: _Handler, answer: Answer) -> None:
    sleep(TRICKLE_S)
    _send(handler, answer)


FAULTS: dict[str, Callable[[_Handler, Answer], None]] = {
    "server_error": _server_error,
    "slow_down": _slow_down,
    "error_as_success": _error_as_success,
    "reset": _reset,
    "truncated": _truncated,
    "flipped_bit": _flipped_bit,
    "wrong_etag": _wrong_etag,
    "trickle": _trickle,
}
"""What a store may do to an answer."""
