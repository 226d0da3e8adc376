"""One model version over Triton's gRPC: describe, infer, reload. Connects when first used.

It tries nothing twice: patience is `tasks.score.triton`'s. It can be sent to another process.
"""

from collections.abc import Mapping
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
        self._reloaded_at_s = float("-inf")

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Travel without the channel."""
        return (type(self), (self.url, self.name, self.version, self.request_timeout_s))

    def close(self) -> None:
        """Close the channel, if there is one."""
        with self._lock:
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
        image.set_data_from_numpy(batch)
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

    def _open(self) -> InferenceServerClient:
        with self._lock:
            self._opened = self._opened or InferenceServerClient(
                self.url, channel_args=CHANNEL_OPTIONS
            )
            return self._opened
