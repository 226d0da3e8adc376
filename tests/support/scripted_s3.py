"""A store that answers as scripted: the faults that a real one only shows now and then."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """One HTTP answer.

    Args:
        body: What is sent.
        status: HTTP status.
        headers: Added to Content-Length, which tells the length of `body` unless given.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Script = Callable[[int, BaseHTTPRequestHandler], Answer]
"""From the request's number and the request to its answer."""


@contextmanager
def scripted_s3(script: Script) -> Iterator[tuple[str, list[str]]]:
    """Serve as long as the context; the URL, and the requests' lines as they come."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = script(len(requests), self)
            requests.append(self.requestline)
            self.send_response(answer.status)
            for name, value in {
                "Content-Length": str(len(answer.body)),
                "Connection": "close",
                **answer.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False  # closing waits until every answer was sent
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()
            thread.join()
