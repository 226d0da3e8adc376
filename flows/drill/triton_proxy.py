"""A proxy before Triton that is slow, refuses or answers without numbers, by a seeded chance.

It passes every call on as bytes; nothing is spoilt until a fault is set.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from typing import Any

import grpc
import numpy as np
from tritonclient.grpc import service_pb2

LOOPBACK = "127.0.0.1"
SLOW_S = 3.0
TIMEOUT_S = 120
_INFER = "/inference.GRPCInferenceService/ModelInfer"
_UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]

Context = Any
"""grpc's own types are not declared."""


class TritonProxy(grpc.GenericRpcHandler):
    """Answers for a Triton as long as its context lasts.

    Args:
        upstream: Tells host:port of Triton's gRPC; asked anew for each call, as a server that
            comes back may be elsewhere.
        seed: Of the chances.

    Attributes:
        fault: One of `FAULTS`, or None.
        share: Of the inferences that are spoilt while there is a fault, 0-1.
        counts: How often each fault was dealt out.
    """

    def __init__(self, upstream: Callable[[], str], seed: int) -> None:
        self.fault: str | None = None
        self.share = 0.5
        self.counts: Counter[str] = Counter()
        self._upstream = upstream
        self._channels: dict[str, Any] = {}
        self._chance = random.Random(seed)  # noqa: S311  # a drill's chance, no secret
        self._lock = threading.Lock()

    @contextmanager
    def serving(self) -> Generator[str]:
        """Serve; yields host:port."""
        server: Any = grpc.server(ThreadPoolExecutor(16), handlers=[self], options=_UNLIMITED)
        port = server.add_insecure_port(f"{LOOPBACK}:0")
        server.start()
        try:
            yield f"{LOOPBACK}:{port}"
        finally:
            server.stop(None).wait()
            for channel in self._channels.values():
                channel.close()

    def service(self, handler_call_details: Any) -> Any:
        """Handle a call of any name."""
        method = handler_call_details.method

        def handle(request: bytes, context: Context) -> bytes:
            fault = self._draw(method)
            if fault:
                return FAULTS[fault](self, method, request, context)
            return self.ask(method, request, context)

        return grpc.unary_unary_rpc_method_handler(handle)

    def ask(self, method: str, request: bytes, context: Context) -> bytes:
        """Pass a call on, and its error back."""
        try:
            return self._channel().unary_unary(method)(request, timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            told: Any = error
            return context.abort(told.code(), told.details())

    def _draw(self, method: str) -> str | None:
        with self._lock:
            if not self.fault or method != _INFER or self._chance.random() >= self.share:
                return None
            self.counts[self.fault] += 1
            return self.fault

    def _channel(self) -> Any:
        with self._lock:
            url = self._upstream()
            if url not in self._channels:
                self._channels[url] = grpc.insecure_channel(url, options=_UNLIMITED)
            return self._channels[url]


def _slow(proxy: TritonProxy, method: str, request: bytes, context: Context) -> bytes:
    sleep(SLOW_S)
    return proxy.ask(method, request, context)


def _refuse(_: TritonProxy, _method: str, _request: bytes, context: Context) -> bytes:
    return context.abort(grpc.StatusCode.UNAVAILABLE, "Overloaded.")


def _without_numbers(
    proxy: TritonProxy, method: str, request: bytes, context: Context
) -> bytes:
    messages: Any = service_pb2
    answer = messages.ModelInferResponse.FromString(proxy.ask(method, request, context))
    for place, content in enumerate(answer.raw_output_contents):
        numbers = np.full(len(content) // 4, np.nan, np.float32)
        answer.raw_output_contents[place] = numbers.tobytes()
    return answer.SerializeToString()


FAULTS: dict[str, Callable[[TritonProxy, str, bytes, Context], bytes]] = {
    "triton_slow": _slow,
    "triton_refuses": _refuse,
    "triton_nan": _without_numbers,
}
"""What a Triton may do to an inference."""
