"""One model version over Triton's gRPC: describe, infer, reload. Connects when first used.

It tries nothing twice: patience is `tasks.score.triton`'s. It can be sent to another process.
Images go through shared memory where the server is on this host and maps it, else as bytes.
"""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import (
    InferenceServerClient,
    InferInput,
    InferRequestedOutput,
    InferResult,
)
from tritonclient.utils import InferenceServerException

from models.contract import IMAGE, OUTPUTS
from tasks.errors import Retryable
from tasks.score.shared_batch import HOSTS, SharedBatch

CHANNEL_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    (
        "grpc.max_reconnect_backoff_ms",
        1000,
    ),  # a restarted server is found in seconds, not minutes
]


class TritonConnection:
    """A channel to one version of a model; threads may share it.

    Args:
        url: host:port of Triton's gRPC.
        name: As Triton knows the model.
        version: The only one that is asked.
        request_timeout_s: For one request, its place in Triton's queue included.
    """

    def __init__(self, url: str, name: str, version: str, request_timeout_s: float) -> None:
        self.url = url
        self.name = name
        self.version = version
        self.request_timeout_s = request_timeout_s
        self._opened: InferenceServerClient | None = None
        self._lock = Lock()
        self._shared: deque[SharedBatch] = deque()  # those of no request
        self._may_share = self._is_here()
        self._reloaded_at_s = float("-inf")

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Travel without the channel."""
        return (type(self), (self.url, self.name, self.version, self.request_timeout_s))

    def close(self) -> None:
        """Close the channel, if there is one."""
        with self._lock:
            for shared in self._shared:
                shared.close()
            self._shared.clear()
            self._may_share = self._is_here()
            if self._opened:
                self._opened.close()
            self._opened = None

    def describe(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Ask for the version's metadata and configuration.

        Raises:
            InferenceServerException: If Triton is away or does not serve it.
        """
        client = self._open()
        timeout_s = self.request_timeout_s
        metadata = client.get_model_metadata(
            self.name, self.version, as_json=True, client_timeout=timeout_s
        )
        config = client.get_model_config(
            self.name, self.version, as_json=True, client_timeout=timeout_s
        )
        return cast("dict[str, Any]", metadata), cast("dict[str, Any]", config)

    def infer(self, batch: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32] | None]:
        """Have one batch scored; None where the answer lacks an output.

        Raises:
            InferenceServerException: If it was not.
        """
        image = InferInput(IMAGE.name, list(batch.shape), IMAGE.triton_dtype)
        shared = self._take_shared()
        if shared is None:
            image.set_data_from_numpy(batch)
            return self._ask(image)
        shared.hold(batch, image)
        try:
            answer = self._ask(image)
        except InferenceServerException as error:
            # It may still be read, or its server is another one now: it is not used again.
            shared.leave()
            self._shared.clear()
            if not _is_forgotten(error):
                raise
            image.set_data_from_numpy(batch)
            return self._ask(image)
        self._shared.append(shared)
        return answer

    def _ask(self, image: InferInput) -> Mapping[str, NDArray[np.float32] | None]:
        result = self._open().infer(
            self.name,
            [image],
            model_version=self.version,
            outputs=[InferRequestedOutput(tensor.name) for tensor in OUTPUTS],
            client_timeout=self.request_timeout_s,
        )
        result = cast("InferResult", result)
        answer = {tensor.name: result.as_numpy(tensor.name) for tensor in OUTPUTS}
        return cast("dict[str, NDArray[np.float32] | None]", answer)  # checked by the caller

    def reload(self, failed_from_s: float) -> None:
        """Unload and load the model, unless that was done since a request began that failed.

        Args:
            failed_from_s: When it began, by the monotonic clock.

        Raises:
            Retryable: If Triton does not do so.
        """
        client = self._open()
        with self._lock:
            if self._reloaded_at_s > failed_from_s:
                return
            try:
                client.unload_model(self.name)
                client.load_model(self.name, client_timeout=self.request_timeout_s)
            except InferenceServerException as error:
                raise Retryable(
                    f"The process of {self.name} at {self.url} is gone and Triton does not "
                    f"load it again: {error.message()}. Restart Triton."
                ) from error
            self._reloaded_at_s = monotonic()

    def _take_shared(self) -> SharedBatch | None:
        """Memory that no other request uses; None where the server is asked by bytes."""
        with suppress(IndexError):
            return self._shared.pop()
        if self._may_share:
            try:
                return SharedBatch(self._open(), self.request_timeout_s)
            except (OSError, InferenceServerException):
                self._may_share = False
        return None

    def _is_here(self) -> bool:
        return self.url.rpartition(":")[0] in HOSTS

    def _open(self) -> InferenceServerClient:
        with self._lock:
            self._opened = self._opened or InferenceServerClient(
                self.url, channel_args=CHANNEL_OPTIONS
            )
            return self._opened


def _is_forgotten(error: InferenceServerException) -> bool:
    """Whether a server that was started anew lacks the memory that a request names."""
    return "Unable to find shared memory region" in str(error.message())
