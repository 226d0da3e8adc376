"""A proxy before a real Triton that keeps every request, as bytes, and changes none."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass
class RecordingTriton(grpc.GenericRpcHandler):
    """Passes calls of any method on.

    Args:
        channel: To the real server.
        url: host:port of this one's gRPC.
        requests: By the method's name: what was sent, each with its headers behind it.
    """

    channel: grpc.Channel
    url: str = ""
    requests: dict[str, list[bytes]] = field(default_factory=dict)

    def service(self, handler_call_details):
        method = handler_call_details.method
        call = self.channel.unary_unary(method)  # no serialiser: bytes stay bytes

        def forward(request, context):
            headers = repr(context.invocation_metadata()).encode()
            name = method.rpartition("/")[2]
            self.requests.setdefault(name, []).append(request + headers)
            try:
                return call(request, timeout=context.time_remaining())
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())

        return grpc.unary_unary_rpc_method_handler(forward)


@contextmanager
def recording_triton(upstream: str) -> Iterator[RecordingTriton]:
    """Serve on a free port of loopback as long as the context."""
    with grpc.insecure_channel(upstream, UNLIMITED) as channel:
        recorder = RecordingTriton(channel)
        server = grpc.server(ThreadPoolExecutor(4), options=UNLIMITED)
        server.add_generic_rpc_handlers((recorder,))
        recorder.url = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        yield recorder
        server.stop(grace=0).wait()
