"""A certificate authority of a test's own, and TLS before any server on loopback."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import trustme


class LocalAuthority:
    """Signs for this machine's names; its certificate lies in `ca_file`."""

    def __init__(self, folder: Path) -> None:
        self.ca_file = folder / "ca.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(self._context)

    def trusting(self) -> ssl.SSLContext:
        """What a client needs that knows this authority."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    @contextmanager
    def before(self, url: str) -> Iterator[str]:
        """Take TLS for a server that speaks plainly; the https URL."""
        port, context = urlsplit(url).port, self._context

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with (
                    suppress(OSError),  # a client that trusts nobody here hangs up
                    context.wrap_socket(self.request, server_side=True) as outer,
                    socket.create_connection(("127.0.0.1", port)) as inner,
                ):
                    back = threading.Thread(target=pump, args=(inner, outer))
                    back.start()
                    pump(outer, inner)
                    back.join()

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            yield f"https://localhost:{server.server_address[1]}"
            server.shutdown()
            thread.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy until one side ends."""
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
